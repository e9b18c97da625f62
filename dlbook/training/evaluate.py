"""Means of loss and metrics over all examples of a loader."""

from collections import defaultdict

import torch
from torch import Tensor

from dlbook.runtime import default_device, limited_batches, to_device
from dlbook.training.checks import Checks, check_loader, tensors
from dlbook.training.objectives import classification


@torch.no_grad()
def evaluate(
    model, loader, *, objective=classification, device=None
) -> dict[str, float]:
    """Mean loss and metrics over all examples of `loader`.

    The model is in evaluation mode meanwhile, and comes back as it was. In a
    rehearsal two batches stand for all.
    """
    device = device or default_device()
    check_loader(loader, "evaluation")
    was_training = model.training
    model.to(device).eval()
    checks, mean = Checks(device, "the evaluation"), RunningMean()
    for batch in limited_batches(loader):
        batch = to_device(batch, device)
        loss, metrics = checks.call(objective, model, batch)
        mean.update(example_count(batch, metrics), loss=loss, **metrics)
    checks.look()
    model.train(was_training)
    return mean.result()


def example_count(batch, metrics):
    """What a batch counts for: its "count" if it says so, else its length."""
    return metrics.pop("count", len(tensors(batch)[0]))


class RunningMean:
    """Means over examples: each batch counts by its size.

    Values are numbers or tensors of one number. The sums of tensors stay on
    their device, and only `result` waits for them.
    """

    def __init__(self):
        self.count, self.sums = 0, defaultdict(float)

    def update(self, count, **values):
        self.count += count
        for name, value in values.items():
            self.sums[name] += count * precise(value)

    def result(self) -> dict[str, float]:
        if self.count == 0:
            raise ValueError("there were 0 examples to average over")
        return {
            name: float(total / self.count)
            for name, total in self.sums.items()
        }


def precise(value):
    """A number as it is; a tensor in the digits a sum needs, its graph cut."""
    if not isinstance(value, Tensor):
        return value
    has_double = value.device.type != "mps"
    return value.detach().to(torch.float64 if has_double else torch.float32)
