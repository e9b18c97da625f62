"""An accelerator that is none: it computes on the CPU, and says what a GPU
would have waited for and what it would have refused.

Its tensors say that they are on the device "meta", but hold numbers. So a
whole training runs, whatever it decides by the numbers, on any machine.
"""

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

DEVICE = torch.device("meta")
CPU = torch.device("cpu")

# What has a result, or the size of one, that the processor must wait for.
WAITING = {
    "_local_scalar_dense", "bincount", "equal", "masked_select", "nonzero",
    "_unique2", "unique_consecutive", "unique_dim",
}  # fmt: skip
# What may read tensors of two devices; indices on the CPU are moved first.
MIXING = {
    "_to_copy", "copy_", "index", "index_put", "index_put_",
    "_index_put_impl_", "_pack_padded_sequence",
}  # fmt: skip


class Remote(torch.Tensor):
    """A tensor that is said to be on the accelerator; `held` is on the CPU."""

    is_meta = False  # for code that would spare itself the numbers

    @staticmethod
    def __new__(cls, held):
        remote = torch.Tensor._make_wrapper_subclass(
            cls,
            held.shape,
            strides=held.stride(),
            storage_offset=held.storage_offset(),
            dtype=held.dtype,
            device=DEVICE,
        )
        remote.held = held
        return remote

    def __repr__(self):
        return f"Remote({self.held})"

    def __tensor_flatten__(self):
        return ["held"], None

    @staticmethod
    def __tensor_unflatten__(tensors, context, size, stride):
        return Remote(tensors["held"])

    def __format__(self, spec):
        return format(self.item() if self.ndim == 0 else self.held, spec)

    def tolist(self):
        return self.cpu().tolist()

    @classmethod
    def __torch_dispatch__(cls, function, types, args=(), kwargs=None):
        raise RuntimeError(f"{function} outside of `with Accelerator()`")


class Accelerator(TorchDispatchMode):
    """While it is active, DEVICE computes; `waits` names what was waited for.

    Raises:
        RuntimeError: in torch's words, where tensors of both devices meet.
            A tensor of one number on the CPU may, as on a GPU.
    """

    def __init__(self):
        super().__init__()
        self.waits = []
        self.data = Data()

    def __enter__(self):
        self.data.__enter__()
        return super().__enter__()

    def __exit__(self, *error):
        super().__exit__(*error)
        self.data.__exit__(*error)

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = function.overloadpacket.__name__
        tensors = tensors_in([*args, *kwargs.values()])
        remote = [t for t in tensors if isinstance(t, Remote)]
        is_mixed = any(t.ndim and not isinstance(t, Remote) for t in tensors)
        if remote and is_mixed and name not in MIXING:
            raise RuntimeError(
                "Expected all tensors to be on the same device, but found at "
                f"least two devices, {DEVICE} and cpu, in {name}"
            )
        to = kwargs.get("device")
        is_remote = bool(remote) if to is None else torch.device(to) == DEVICE
        if remote or is_remote:
            self.count(name, args, kwargs, is_remote)
        if to is not None:
            kwargs = {**kwargs, "device": CPU}
        kwargs = {key: held(value) for key, value in kwargs.items()}
        result = function(*held(args), **kwargs)
        if not is_remote:
            return result
        known = {id(t.held): t for t in remote}  # of operations in place
        if name == "_pack_padded_sequence":
            packed, sizes = result  # which PyTorch wants on the CPU
            return remote_of(packed, known), sizes
        return remote_of(result, known)

    def count(self, name, args, kwargs, is_remote):
        """Note `name` if a GPU would make the processor wait for it."""
        if name == "_to_copy":
            crosses = is_remote != isinstance(args[0], Remote)
            waits = crosses and not (is_remote and kwargs.get("non_blocking"))
        elif name == "copy_":
            to, source, *non_blocking = args
            crosses = isinstance(to, Remote) != isinstance(source, Remote)
            waits = crosses and not (isinstance(to, Remote) and non_blocking)
        elif name.endswith(("index", "index_put", "index_put_", "_impl_")):
            waits = any(
                not isinstance(index, Remote) or index.dtype == torch.bool
                for index in tensors_in(args[1])
            )
        else:
            waits = name in WAITING
        if waits:
            self.waits.append(name)


class Data(TorchFunctionMode):
    """Numbers of Python reach DEVICE by way of the CPU.

    PyTorch itself makes a tensor of shape and nothing else of them.
    """

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if function in (torch.tensor, torch.as_tensor):
            device = torch.device(kwargs.pop("device", None) or CPU)
            return function(*args, **kwargs).to(device)
        if function is torch.Tensor.new_tensor:
            like, data = args
            return torch.tensor(data, dtype=like.dtype).to(like.device)
        if function in (torch.Tensor.__getitem__, torch.Tensor.__setitem__):
            tensor, index, *value = args
            if isinstance(index, list):
                index = torch.tensor(index)
            return function(tensor, index, *value)
        return function(*args, **kwargs)


def tensors_in(value) -> list:
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, tuple | list):
        return [tensor for item in value for tensor in tensors_in(item)]
    return []


def held(value):
    """`value` with what the accelerator holds in place of its tensors."""
    if isinstance(value, Remote):
        return value.held
    if isinstance(value, tuple | list):
        return type(value)(map(held, value))
    return value


def state_of(model) -> dict:
    """A copy of the state of `model`, on the CPU."""
    with Accelerator():
        state = model.state_dict()
    return {name: held(tensor).clone() for name, tensor in state.items()}


def remote_of(value, known: dict):
    """`value` on the accelerator; the same tensor as before if it is known."""
    if isinstance(value, torch.Tensor):
        return known[id(value)] if id(value) in known else Remote(value)
    if isinstance(value, tuple | list):
        return type(value)(remote_of(item, known) for item in value)
    return value


def assert_same_on_both(function):
    """`function(device)` returns tensors, all on the device, the same."""
    torch.manual_seed(0)
    expected = function(CPU)
    torch.manual_seed(0)
    with Accelerator():
        result = function(DEVICE)
    assert_remote(result)
    torch.testing.assert_close(held(result), expected, equal_nan=True)


def assert_remote(value):
    if isinstance(value, torch.Tensor):
        assert isinstance(value, Remote), "a result is on the CPU"
    elif isinstance(value, tuple | list):
        for item in value:
            assert_remote(item)
