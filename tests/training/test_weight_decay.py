"""Weight decay: what shrinks and what stays."""

import torch
from torch import nn

from dlbook.training.weight_decay import decay_groups


def test_weights_shrink_and_parameters_with_one_axis_stay():
    model = nn.Sequential(
        nn.Conv2d(2, 3, 2), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(12, 5)
    )
    for parameter in model.parameters():
        nn.init.constant_(parameter, 2.0)
        parameter.grad = torch.zeros_like(parameter)
    groups = decay_groups(model, 0.5)
    torch.optim.SGD(groups, lr=0.1).step()
    for parameter in model.parameters():
        expected = 2 * (1 - 0.1 * 0.5) if parameter.ndim > 1 else 2.0
        torch.testing.assert_close(
            parameter.detach(), torch.full_like(parameter, expected)
        )


def test_every_parameter_is_in_one_group():
    model = nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4))
    weights, others = decay_groups(model, 0.1)
    assert [p.shape for p in weights["params"]] == [(4, 3)]
    assert [p.shape for p in others["params"]] == [(4,), (4,), (4,)]
    assert (weights["weight_decay"], others["weight_decay"]) == (0.1, 0.0)
