"""What every page asks of the machine, of its parameters and of a model."""

import itertools
import os
import random
import time

import numpy as np
import torch
from torch import Tensor, nn

# One of these is set where a person looks at the page while it runs.
FRONT_ENDS = (
    "JPY_SESSION_NAME",
    "COLAB_RELEASE_TAG",
    "KAGGLE_KERNEL_RUN_TYPE",
    "VSCODE_PID",
    "VSCODE_CWD",
)


def default_device() -> torch.device:
    """The accelerator of this machine (CUDA, MPS, ...), or else its CPU.

    The environment variable DLBOOK_DEVICE, such as "cpu", overrides both.
    """
    if os.environ.get("DLBOOK_DEVICE"):
        return torch.device(os.environ["DLBOOK_DEVICE"])
    if torch.accelerator.is_available():
        return torch.accelerator.current_accelerator()
    return torch.device("cpu")


def set_seed(seed: int) -> None:
    """Make the random numbers of Python, NumPy and PyTorch repeatable.

    Raises:
        TypeError, ValueError: `seed` is not a whole number in 0..2**32 - 1,
            the range that all three generators accept.
    """
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise TypeError(f"seed = {seed!r} is not a whole number; try seed = 0")
    if not 0 <= seed < 2**32:
        raise ValueError(f"seed = {seed} is not in 0..{2**32 - 1}")
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def check_parameters(*, quick: bool, seed: int) -> None:
    """Refuse wrong parameters of a chapter before anything is trained.

    `quick` is True (minutes on a CPU) or False (the full run); `seed` is what
    `set_seed` accepts, and is set.
    """
    if not isinstance(quick, bool):
        raise TypeError(
            f"quick = {quick!r} is neither True (minutes on a CPU) "
            "nor False (the full run, for a GPU)"
        )
    set_seed(seed)


def parameters() -> dict:
    """`quick` and `seed` of the running notebook, None where it has none."""
    import __main__

    return {name: getattr(__main__, name, None) for name in ("quick", "seed")}


def is_set(variable: str) -> bool:
    """Whether an environment variable is there, and neither empty nor 0."""
    return os.environ.get(variable, "0") not in ("", "0")


def rehearsing() -> bool:
    """Whether the environment variable DLBOOK_REHEARSE asks for a rehearsal.

    A rehearsal runs every line of a page in miniature: loops stop after two
    batches and one epoch, and no number is judged.
    """
    return is_set("DLBOOK_REHEARSE")


def limited(count: int, most: int = 2) -> int:
    """`count`, but at most `most` in a rehearsal: for loops outside `fit`."""
    return min(count, most) if rehearsing() else count


def limited_batches(loader):
    """`loader`; in a rehearsal a list of its first two batches."""
    return list(itertools.islice(loader, 2)) if rehearsing() else loader


def has_reader() -> bool:
    """Whether a front end (Jupyter, Colab, Kaggle, VS Code) runs this page."""
    return any(name in os.environ for name in FRONT_ENDS)


def seconds(function, *, repeat: int = 5) -> float:
    """Shortest time of `repeat` calls of `function()`, after a first one.

    The first call warms caches up. Waits for the accelerator, if there is
    one, before it stops the clock. A rehearsal measures one call.
    """
    times = []
    for _ in range(1 + limited(repeat, 1)):
        start = time.perf_counter()
        function()
        if torch.accelerator.is_available():
            torch.accelerator.synchronize()
        times.append(time.perf_counter() - start)
    return min(times[1:])


def to_device(batch, device):
    """Move a tensor, or nested tuples, lists and dicts of them, to `device`.

    What is not a tensor (a string, a number, None) passes unchanged.
    """
    if isinstance(batch, Tensor):
        return batch.to(device, non_blocking=True)
    if isinstance(batch, dict):
        return {key: to_device(item, device) for key, item in batch.items()}
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):  # namedtuple
        return type(batch)(*(to_device(item, device) for item in batch))
    if isinstance(batch, tuple | list):
        return type(batch)(to_device(item, device) for item in batch)
    return batch


def count_parameters(model: nn.Module) -> int:
    """Number of trainable scalars in `model`."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def has_fast_bfloat16(device) -> bool:
    """Whether the arithmetic unit of `device` itself knows bfloat16.

    Others imitate it, and are slower for it. Where PyTorch is too old to ask
    a processor, the answer is no.
    """
    kind = torch.device(device).type
    if kind == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if kind != "cpu" or not hasattr(torch.cpu, "get_capabilities"):
        return False
    known = torch.cpu.get_capabilities()
    return bool(known.get("avx512_bf16") or known.get("amx_bf16"))


@torch.no_grad()
def multiply_adds(model, images) -> int:
    """Products that `model` forms for one of the images (B, C, H, W).

    Convolutions and linear layers are counted: every number that such a layer
    gives is a sum of as many products as the layer has weights per output.
    """
    total = 0

    def count(layer, _, output):
        nonlocal total
        total += output[0].numel() * layer.weight[0].numel()

    layers = [
        layer for layer in model.modules()
        if isinstance(layer, nn.Conv1d | nn.Conv2d | nn.Conv3d | nn.Linear)
    ]  # fmt: skip
    hooks = [layer.register_forward_hook(count) for layer in layers]
    was_training = model.training
    try:
        model.eval()(images)
    finally:
        model.train(was_training)
        for hook in hooks:
            hook.remove()
    return total
