"""The embedding network: its shapes, its formula, its parameters."""

import pytest
import torch
import torch.nn.functional as F

from dlbook.models.embedding_network import EmbeddingNetwork
from dlbook.runtime import count_parameters


def test_embeddings_have_length_one():
    model = EmbeddingNetwork(7, width=3)
    points = model(torch.randn(5, 1, 32, 32))
    assert points.shape == (5, 7)
    torch.testing.assert_close(points.norm(dim=1), torch.ones(5))


def test_parameters_are_those_of_its_layers():
    width, features = 24, 128
    channels = [1, width, width, 2 * width, 2 * width, 4 * width, 4 * width]
    kernels = sum(
        9 * channels[i] * channels[i + 1] for i in range(6)
    )  # and two for each channel's normalisation
    norms = 2 * (sum(channels[1:]) + features)
    linear = 4 * 4 * 4 * width * features
    assert count_parameters(EmbeddingNetwork()) == kernels + norms + linear


def test_it_is_the_formula():
    torch.manual_seed(0)
    model = EmbeddingNetwork(6, width=2).double().eval()
    images = torch.randn(3, 1, 32, 32).double()
    maps, sides = images, []
    for number, (convolution, norm, _) in enumerate(model.convolutions):
        maps = F.conv2d(
            maps, convolution.weight, stride=1 + number % 2, padding=1
        )
        maps = F.batch_norm(
            maps, norm.running_mean, norm.running_var, norm.weight, norm.bias
        ).relu()
        sides.append(maps.shape[-1])
    assert sides == [32, 16, 16, 8, 8, 4]
    points = maps.flatten(1) @ model.linear.weight.T / (1 + 1e-5) ** 0.5
    expected = points / points.norm(dim=1, keepdim=True)
    torch.testing.assert_close(model(images), expected.float())


def test_it_names_what_it_cannot_take():
    with pytest.raises(RuntimeError, match="384"):
        EmbeddingNetwork(4, width=6)(torch.randn(2, 1, 28, 36))
