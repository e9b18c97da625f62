"""Mistakes that PyTorch reports late or in words that help nobody new."""

from contextvars import ContextVar
from copy import deepcopy

import torch
from torch import Tensor

# The checks of the loop that is calling an objective, if they come late.
LATE = ContextVar("LATE", default=None)


def check_loader(loader, purpose: str):
    """Refuse a loader that hands out no batch."""
    if len(loader) == 0:
        size = getattr(loader, "dataset", ())
        raise ValueError(
            f"the {purpose} loader has 0 batches: its set has {len(size)} "
            "examples; use a smaller batch, or drop_last=False"
        )


def check_labels(logits, labels) -> Tensor:
    """Refuse labels that do not fit logits (B, K): names both shapes.

    Returns the labels. Where their range is checked late (see `Checks`), a
    label outside is moved inside: a GPU that meets one stops for good.
    """
    if logits.ndim != 2 or labels.shape != logits.shape[:1]:
        raise ValueError(
            f"a classifier gives logits (B, K) for labels (B,), but here "
            f"logits are {tuple(logits.shape)} and labels "
            f"{tuple(labels.shape)}; is a Flatten missing, or an axis left?"
        )
    if labels.is_floating_point():
        raise ValueError(
            f"labels are {labels.dtype}, class numbers are torch.int64; "
            "convert them with labels.long()"
        )
    low, high = labels.aminmax()
    classes = logits.shape[1]

    def error():
        return ValueError(
            f"labels run from {low.item()} to {high.item()}, but the model "
            f"has {classes} outputs, for labels 0 to {classes - 1}"
        )

    late = LATE.get()
    if late is not None:
        late.require((low >= 0) & (high < classes), error)
        return labels.clamp(0, classes - 1)
    if low < 0 or high >= classes:
        raise error()
    return labels


class Checks:
    """The checks of one pass over a loader; `where` says which, in words.

    On a CPU they raise at once, before the step. On an accelerator the loop
    runs ahead of the numbers, and to look at one is to wait for it. So the
    checks collect there until `look` is called; if one has failed, `look`
    gives `model` the weights back that it had at the look before.
    """

    def __init__(self, device, where: str, model=None):
        self.late = torch.device(device).type != "cpu"
        self.where, self.model = where, model
        self.batch, self.pending = 0, []
        self.keep_weights()

    def call(self, objective, model, batch):
        """objective(model, batch), whose errors name the batch's shapes."""
        self.batch += 1
        token = LATE.set(self if self.late else None)
        try:
            return objective(model, batch)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            raise RuntimeError(
                f"{error}\nThis happened on a batch of shapes "
                f"{shapes(batch)}; compare them with what the first layer of "
                "the model takes (nn.Flatten turns images into vectors)"
            ) from error
        finally:
            LATE.reset(token)

    def finite(self, loss, batch, optimizer):
        """Refuse a loss that is infinite or not a number."""
        loss = loss.detach()
        place = f" in {self.where}, batch {self.batch}"
        kept = ". The weights are those before this batch"
        if self.late:
            place, kept, batch = "", "", ()  # `look` says them; no batch kept

        def error():
            cause = likely_cause(batch, optimizer)
            return FloatingPointError(
                f"the loss is {loss.item()}{place}: {cause}{kept}"
            )

        self.require(loss.isfinite().all(), error)

    def require(self, holds: Tensor, error):
        """Raise what `error()` returns unless `holds`, one truth value."""
        if self.late:
            self.pending.append((holds, error, self.batch))
        elif not holds:
            raise error()

    def look(self):
        """Raise the first error since the last look; waits only once."""
        if not self.pending:
            return
        outcomes = torch.stack([holds for holds, _, _ in self.pending])
        for holds, (_, error, batch) in zip(
            outcomes.tolist(), self.pending, strict=True
        ):
            if not holds:
                raise self.noticed(error(), batch)
        self.pending.clear()
        self.keep_weights()

    def noticed(self, error, batch: int):
        """`error`, its batch, and what has happened until the look."""
        story = (
            f"{self.where}, batch {batch}: {error}. "
            f"Noticed after batch {self.batch}, as this is no CPU"
        )
        if self.model is not None:
            self.model.load_state_dict(self.weights)
            story += (
                f"; the weights are those before batch {self.seen + 1}, "
                "the optimizer has gone on"
            )
        return type(error)(story)

    def keep_weights(self):
        """Copy the weights: no failed check so far has touched them."""
        self.seen = self.batch
        if self.late and self.model is not None:
            self.weights = deepcopy(self.model.state_dict())


def likely_cause(batch, optimizer) -> str:
    """Why the loss of `batch` may not be finite, in words."""
    if not all(tensor.isfinite().all() for tensor in tensors(batch)):
        return "the batch itself holds values that are not finite"
    lr = float(optimizer.param_groups[0]["lr"])
    return (
        f"likely causes: a learning rate too large (it is {lr:g}), inputs "
        "that were not scaled, the logarithm of zero"
    )


def tensors(batch) -> list[Tensor]:
    """All tensors of a batch, whatever tuples, lists and dicts hold them."""
    if isinstance(batch, Tensor):
        return [batch]
    if isinstance(batch, dict):
        batch = batch.values()
    if not hasattr(batch, "__iter__") or isinstance(batch, str):
        return []
    return [tensor for item in batch for tensor in tensors(item)]


def shapes(batch) -> str:
    return ", ".join(str(tuple(tensor.shape)) for tensor in tensors(batch))
