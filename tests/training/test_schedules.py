import pytest
import torch
from torch import nn

from dlbook.training.schedules import one_cycle


def optimizers():
    """Two parameter groups with two learning rates, twice."""
    for _ in range(2):
        small, large = nn.Linear(2, 2), nn.Linear(2, 2)
        groups = [{"params": small.parameters(), "lr": 0.02}]
        groups.append({"params": large.parameters()})
        yield torch.optim.SGD(groups, lr=0.5, momentum=0.9)


def course(optimizer, scheduler, steps):
    """(lr, momentum) of every group at each step."""
    values = []
    for _ in range(steps):
        groups = optimizer.param_groups
        values.append([(group["lr"], group["momentum"]) for group in groups])
        optimizer.step()
        scheduler.step()
    return values


def test_it_is_torchs_schedule_with_the_optimizers_own_peak():
    ours, theirs = optimizers()
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        theirs, max_lr=[0.02, 0.5], total_steps=50
    )
    expected = course(theirs, scheduler, 49)
    assert course(ours, one_cycle(ours, 50), 49) == expected


def test_it_warms_up_to_the_peak_and_ends_near_zero():
    optimizer, _ = optimizers()
    values = course(optimizer, one_cycle(optimizer, 101), 100)
    rates = [lr for _, (lr, _) in values]
    momenta = [momentum for _, (_, momentum) in values]
    assert rates[0] == pytest.approx(0.5 / 25)
    assert max(rates) == pytest.approx(0.5, rel=1e-3)
    assert 28 <= rates.index(max(rates)) <= 30
    assert rates[-1] < 1e-3
    assert momenta.index(min(momenta)) == rates.index(max(rates))


def test_a_run_longer_than_its_schedule_is_named():
    optimizer, _ = optimizers()
    with pytest.raises(ValueError, match="total_steps|Tried to step"):
        course(optimizer, one_cycle(optimizer, 10), 12)
