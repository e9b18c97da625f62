"""Mistakes that PyTorch reports late or in words that help nobody new."""

import torch


def check_loader(loader, purpose: str):
    """Refuse a loader that hands out no batch."""
    if len(loader) == 0:
        size = getattr(loader, "dataset", ())
        raise ValueError(
            f"the {purpose} loader has 0 batches: its set has {len(size)} "
            "examples; use a smaller batch, or drop_last=False"
        )


def check_labels(logits, labels):
    """Refuse labels that do not fit logits (B, K): names both shapes."""
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
    if low < 0 or high >= classes:
        raise ValueError(
            f"labels run from {low.item()} to {high.item()}, but the model "
            f"has {classes} outputs, for labels 0 to {classes - 1}"
        )


def call_objective(objective, model, batch):
    """objective(model, batch), whose errors name the shapes in the batch."""
    try:
        return objective(model, batch)
    except torch.OutOfMemoryError:
        raise
    except RuntimeError as error:
        raise RuntimeError(
            f"{error}\nThis happened on a batch of shapes {shapes(batch)}; "
            "compare them with what the first layer of the model takes "
            "(nn.Flatten turns images into vectors)"
        ) from error


def check_finite(loss, batch, position: str, optimizer):
    """Refuse a loss that is infinite or not a number, before the step."""
    if torch.isfinite(loss).all():
        return
    if all(tensor.isfinite().all() for tensor in tensors(batch)):
        lr = float(optimizer.param_groups[0]["lr"])
        cause = (
            f"likely causes: a learning rate too large (it is {lr:g}), "
            "inputs that were not scaled, the logarithm of zero"
        )
    else:
        cause = "the batch itself holds values that are not finite"
    raise FloatingPointError(
        f"the loss is {loss.item()} in {position}: {cause}. "
        "The weights are those before this batch"
    )


def tensors(batch) -> list[torch.Tensor]:
    """All tensors of a batch, whatever tuples, lists and dicts hold them."""
    if isinstance(batch, torch.Tensor):
        return [batch]
    if isinstance(batch, dict):
        batch = batch.values()
    if not hasattr(batch, "__iter__") or isinstance(batch, str):
        return []
    return [tensor for part in batch for tensor in tensors(part)]


def shapes(batch) -> str:
    return ", ".join(str(tuple(tensor.shape)) for tensor in tensors(batch))
