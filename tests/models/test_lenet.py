"""LeNet against the numbers of Figure 2 and Section II.B of its paper."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from dlbook.models.lenet import LeNet
from dlbook.runtime import count_parameters


def test_lenet_has_the_shapes_of_the_figure():
    x, shapes = torch.randn(3, 1, 28, 28), {}
    for name, layer in LeNet().named_children():
        x = layer(x)
        shapes[name] = tuple(x.shape[1:])
    layers = {n: s for n, s in shapes.items() if "activation" not in n}
    assert layers == {
        "c1": (6, 28, 28), "s2": (6, 14, 14), "c3": (16, 10, 10),
        "s4": (16, 5, 5), "c5": (120, 1, 1), "flatten": (120,),
        "f6": (84,), "output": (10,),
    }  # fmt: skip


def test_lenet_has_the_parameters_of_the_paper():
    model = LeNet()
    counts = {n: count_parameters(m) for n, m in model.named_children()}
    assert (counts["c1"], counts["c5"], counts["f6"]) == (156, 48_120, 10_164)
    assert counts["c3"] == 16 * (6 * 5 * 5 + 1)  # the paper's table has 1,516
    assert count_parameters(model) == 61_706


def test_lenet_takes_colours_and_other_numbers_of_classes():
    model = LeNet(num_classes=4, in_channels=3)
    assert model(torch.randn(2, 3, 28, 28)).shape == (2, 4)
    assert count_parameters(model) == 61_706 + 2 * 6 * 25 - 6 * 85


def test_lenet_is_the_formula():
    model, x = LeNet().double(), torch.randn(2, 1, 28, 28).double()
    h = F.pad(x, (2, 2, 2, 2))  # the 32 x 32 of the paper
    for layer in (model.c1, model.c3):
        h = F.conv2d(h, layer.weight, layer.bias).tanh()
        h = F.avg_pool2d(h, 2)
    h = h.flatten(1) @ model.c5.weight.flatten(1).T + model.c5.bias
    h = F.linear(h.tanh(), model.f6.weight, model.f6.bias).tanh()
    logits = F.linear(h, model.output.weight, model.output.bias)
    torch.testing.assert_close(model(x), logits)


def test_lenet_takes_another_activation_and_another_pooling():
    torch.manual_seed(0)
    model = LeNet(activation=nn.ReLU, pooling=nn.MaxPool2d)
    x = torch.randn(2, 1, 28, 28)
    maps = F.max_pool2d(model.c1(x).relu(), 2)
    maps = F.max_pool2d(model.c3(maps).relu(), 2)
    h = model.f6(model.c5(maps).relu().flatten(1)).relu()
    torch.testing.assert_close(model(x), model.output(h))


def test_lenet_names_what_it_cannot_take():
    with pytest.raises(RuntimeError, match="120"):
        LeNet()(torch.randn(2, 1, 32, 32))
