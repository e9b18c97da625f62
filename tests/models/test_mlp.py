"""The multilayer perceptron: its size, its function, its dropout."""

import pytest
import torch
from torch import nn

from dlbook.models.mlp import MLP
from dlbook.runtime import count_parameters


def test_there_is_a_weight_for_each_arrow_and_a_bias_for_each_unit():
    model = MLP((7, 5, 3, 2))
    assert count_parameters(model) == (7 * 5 + 5) + (5 * 3 + 3) + (3 * 2 + 2)
    assert count_parameters(MLP((784, 256, 10))) == 203_530


@pytest.mark.parametrize("sizes", [(6, 4), (6, 5, 4), (6, 5, 3, 4)], ids=str)
def test_activations_stand_between_the_layers_and_not_after_the_last(sizes):
    torch.manual_seed(0)
    model = MLP(sizes, activation=nn.Tanh).double()
    x = torch.randn(8, 2, 3, dtype=torch.float64)
    parameters = list(model.parameters())
    expected = x.reshape(8, 6)
    for i in range(0, len(parameters), 2):
        if i > 0:
            expected = expected.tanh()
        expected = expected @ parameters[i].T + parameters[i + 1]
    torch.testing.assert_close(model(x), expected)
    assert model(x).shape == (8, 4)


def test_each_hidden_layer_drops_units_in_training_alone():
    torch.manual_seed(0)
    model = MLP((6, 50, 40, 4), dropout=0.25)
    dropped, widths = [], []

    def count(_, inputs, output):
        dropped.append((output[inputs[0] > 0] == 0).double().mean().item())
        widths.append(output.shape[1])

    model.dropout.register_forward_hook(count)
    x = torch.randn(1000, 6)
    model(x)
    assert widths == [50, 40]
    assert dropped == pytest.approx([0.25, 0.25], abs=0.02)
    model.eval()
    assert torch.equal(model(x), model(x))
    assert dropped[2:] == [0, 0, 0, 0]


def test_it_is_what_torch_builds_from_the_same_layers():
    torch.manual_seed(0)
    model = MLP((6, 5, 4, 3), activation=nn.SiLU)
    first, second, third = model.layers
    activation = nn.SiLU()
    theirs = nn.Sequential(first, activation, second, activation, third)
    x = torch.randn(7, 6)
    torch.testing.assert_close(model(x), theirs(x))
