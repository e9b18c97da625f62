"""Batch norm written out, against torch's."""

import pytest
import torch
from torch import nn

from dlbook.layers.batch_norm import BatchNorm

SHAPES = {"2-D": (7, 5), "4-D": (2, 5, 3, 4)}
THEIRS = {2: nn.BatchNorm1d, 4: nn.BatchNorm2d}


def pair(shape, **options):
    torch.manual_seed(0)
    ours = BatchNorm(shape[1], **options).double()
    options = {"eps" if k == "epsilon" else k: v for k, v in options.items()}
    theirs = THEIRS[len(shape)](shape[1], **options).double()
    for parameter in theirs.parameters():
        nn.init.normal_(parameter)
    ours.load_state_dict(theirs.state_dict(), strict=False)
    return ours, theirs


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
def test_forward_gradients_and_statistics_are_torchs(shape, training):
    ours, theirs = pair(shape)
    for _ in range(3):
        x = 3 * torch.randn(shape).double() + 2
        torch.testing.assert_close(ours(x), theirs(x))
    ours.train(training)
    theirs.train(training)
    inputs = [x.clone().requires_grad_() for _ in range(2)]
    weights = torch.randn(shape).double()
    for layer, each in zip((ours, theirs), inputs, strict=True):
        (layer(each) * weights).sum().backward()
    torch.testing.assert_close(inputs[0].grad, inputs[1].grad)
    for name in ("weight", "bias"):
        wanted = getattr(theirs, name).grad
        torch.testing.assert_close(getattr(ours, name).grad, wanted)
    for name in ("running_mean", "running_var"):
        torch.testing.assert_close(getattr(ours, name), getattr(theirs, name))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_momentum_and_epsilon_mean_what_torch_means(shape):
    ours, theirs = pair(shape, momentum=0.3, epsilon=0.05)
    x = torch.randn(shape).double()
    torch.testing.assert_close(ours(x), theirs(x))
    torch.testing.assert_close(ours.running_var, theirs.running_var)
    torch.testing.assert_close(ours.eval()(x), theirs.eval()(x))


def test_the_statistics_have_no_graph_and_get_no_gradient():
    layer = BatchNorm(3)
    layer(torch.randn(4, 3, requires_grad=True)).sum().backward()
    assert not layer.running_mean.requires_grad
    assert not layer.running_var.requires_grad


def test_evaluation_leaves_the_statistics_alone():
    layer = BatchNorm(3).eval()
    before = {k: v.clone() for k, v in layer.state_dict().items()}
    layer(torch.randn(4, 3))
    for name, value in layer.state_dict().items():
        assert torch.equal(value, before[name])


def test_one_value_per_channel_is_refused_in_training_only():
    layer = BatchNorm(3)
    with pytest.raises(ValueError, match="1 value per channel"):
        layer(torch.randn(1, 3))
    layer.eval()(torch.randn(1, 3))
