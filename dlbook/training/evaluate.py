"""Means of loss and metrics over all examples of a loader."""

from collections import defaultdict

import torch

from dlbook.runtime import default_device, to_device
from dlbook.training.checks import (
    call_objective,
    check_loader,
    tensors,
)
from dlbook.training.objectives import classification


@torch.no_grad()
def evaluate(
    model, loader, *, objective=classification, device=None
) -> dict[str, float]:
    """Mean loss and metrics over all examples of `loader`.

    The model is in evaluation mode meanwhile, and comes back as it was.
    """
    device = device or default_device()
    check_loader(loader, "evaluation")
    was_training = model.training
    model.to(device).eval()
    mean = RunningMean()
    for batch in loader:
        batch = to_device(batch, device)
        loss, metrics = call_objective(objective, model, batch)
        mean.update(example_count(batch, metrics), loss=loss, **metrics)
    model.train(was_training)
    return mean.result()


def example_count(batch, metrics) -> int:
    """What a batch counts for: its "count" if it says so, else its length."""
    return int(metrics.pop("count", len(tensors(batch)[0])))


class RunningMean:
    """Means over examples: each batch counts by its size."""

    def __init__(self):
        self.count, self.sums = 0, defaultdict(float)

    def update(self, count: int, **values):
        self.count += count
        for name, value in values.items():
            self.sums[name] += count * torch.as_tensor(value).item()

    def result(self) -> dict[str, float]:
        if self.count == 0:
            raise ValueError("there were 0 examples to average over")
        return {name: total / self.count for name, total in self.sums.items()}
