"""Models of the book: parameter counts, shapes, and what they compute."""

import pytest
import torch
from torch import nn

from dlbook.models.mlp import MLP
from dlbook.runtime import count_parameters


def test_mlp_has_a_weight_for_each_arrow_and_a_bias_for_each_unit():
    model = MLP((7, 5, 3, 2))
    assert count_parameters(model) == (7 * 5 + 5) + (5 * 3 + 3) + (3 * 2 + 2)
    assert count_parameters(MLP((784, 256, 10))) == 203_530


@pytest.mark.parametrize("sizes", [(6, 4), (6, 5, 4), (6, 5, 3, 4)], ids=str)
def test_mlp_bends_between_its_layers_and_not_after_the_last(sizes):
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


def test_mlp_drops_each_hidden_layer_in_training_alone():
    torch.manual_seed(0)
    model = MLP((6, 50, 40, 4), dropout=0.25)
    drops = [layer for layer in model if isinstance(layer, nn.Dropout)]
    assert [drop.p for drop in drops] == [0.25, 0.25]
    shares = []
    for drop in drops:
        drop.register_forward_hook(
            lambda layer, inputs, output: shares.append(
                (output[inputs[0] > 0] == 0).float().mean().item()
            )
        )
    x = torch.randn(1000, 6)
    model(x)
    assert shares == pytest.approx([0.25, 0.25], abs=0.02)
    model.eval()
    assert torch.equal(model(x), model(x))
    assert isinstance(model[-1], nn.Linear)
