"""The pretended accelerator counts what a GPU makes the processor wait for."""

import pytest
import torch
from accelerator import DEVICE, Accelerator


def waits(function):
    with Accelerator() as accelerator:
        x = torch.arange(4.0, device=DEVICE)
        accelerator.waits.clear()
        function(x)
    return accelerator.waits


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.sum().item(),
        lambda x: float(x[0]),
        lambda x: bool(x[0] > 3),
        lambda x: x.tolist(),
        lambda x: x.cpu(),
        lambda x: x.to("cpu", non_blocking=True),
        lambda x: torch.zeros(4).copy_(x),
        lambda x: torch.zeros(4).to(x.device),
        lambda x: torch.tensor([1.0], device=x.device),
        lambda x: x[x > 1],
        lambda x: x[torch.tensor([1, 2])],
        lambda x: x[[1, 2]],
        lambda x: x.nonzero(),
        lambda x: torch.equal(x, x),
        lambda x: f"{x.sum():.2f}",
    ],
)
def test_the_pretended_accelerator_counts_what_a_gpu_waits_for(function):
    assert len(waits(function)) == 1


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.sum() + 2,
        lambda x: x[1:] + x[0],
        lambda x: x[torch.arange(2, device=x.device)],
        lambda x: torch.where(x > 1, x, 0.0).isfinite().all(),
        lambda x: x.masked_fill_(x > 1, 0.0).add_(1),
        lambda x: torch.zeros(4).to(x.device, non_blocking=True),
        lambda x: x.clone().copy_(x),
        lambda x: torch.ones(4).sum().item(),
        lambda x: torch.randn(3, device=x.device),
    ],
)
def test_the_pretended_accelerator_counts_nothing_else(function):
    assert waits(function) == []
