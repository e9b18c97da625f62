"""Losses of style transfer against sums written out, and the extractor."""

import pytest
import torch
from torch import nn

from dlbook.vision.style import (
    FeatureMaps,
    gram_matrix,
    relative_error,
    style_loss,
    total_variation,
)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def small_network():
    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 5, 2)
    )


def test_gram_matrix_by_loops():
    maps = torch.randn(2, 3, 4, 5, dtype=torch.float64)
    expected = torch.zeros(2, 3, 3, dtype=torch.float64)
    for b in range(2):
        for i in range(3):
            for j in range(3):
                expected[b, i, j] = (maps[b, i] * maps[b, j]).sum() / 20
    torch.testing.assert_close(gram_matrix(maps), expected)


def test_gram_matrix_ignores_order_and_repetition_of_positions():
    maps = torch.randn(1, 3, 4, 5)
    order = torch.randperm(20)
    mixed = maps.flatten(2)[..., order].reshape(maps.shape)
    torch.testing.assert_close(gram_matrix(mixed), gram_matrix(maps))
    larger = torch.cat([maps, maps], dim=3)
    torch.testing.assert_close(gram_matrix(larger), gram_matrix(maps))


def test_relative_error_is_0_for_equal_and_1_for_zeros():
    target = torch.randn(3, 2, 4, 5)
    values = target.clone()
    values[1] = 0
    values[2] *= 3
    error = relative_error(values, target)
    torch.testing.assert_close(error, torch.tensor([0.0, 1.0, 4.0]))


def test_style_loss_is_the_mean_of_its_layers_for_each_picture():
    maps = {1: torch.randn(2, 3, 4, 5), 4: torch.randn(2, 6, 2, 3)}
    grams = {1: torch.randn(1, 3, 3), 4: torch.randn(1, 6, 6)}
    by_hand = []
    for b in range(2):
        terms = []
        for layer, gram in grams.items():
            error = gram_matrix(maps[layer])[b] - gram[0]
            terms.append(error.square().sum() / gram.square().sum())
        by_hand.append(sum(terms) / 2)
    torch.testing.assert_close(style_loss(maps, grams), torch.stack(by_hand))


def test_total_variation_counts_both_directions():
    image = torch.zeros(1, 1, 3, 4)
    image[0, 0, 1, 1] = 1  # two edges down, two across
    expected = torch.tensor([2 / 8 + 2 / 9])
    torch.testing.assert_close(total_variation(image), expected)
    both = torch.cat([image, torch.ones_like(image)])
    torch.testing.assert_close(
        total_variation(both), torch.cat([expected, torch.zeros(1)])
    )


def test_maps_are_those_of_the_network_after_its_own_scaling():
    network = small_network()
    network(torch.randn(4, 3, 8, 8))  # batch statistics unlike 0 and 1
    extractor = FeatureMaps(
        network, (3, 0), mean=(0.1, 0.2, 0.3), std=(1, 2, 4)
    )
    images = torch.rand(2, 3, 6, 7)
    maps = extractor(images)
    shift = torch.tensor([0.1, 0.2, 0.3])[:, None, None]
    scaled = (images - shift) / torch.tensor([1.0, 2, 4])[:, None, None]
    assert list(maps) == [0, 3]
    network.eval()
    torch.testing.assert_close(maps[0], network[0](scaled))
    torch.testing.assert_close(maps[3], network(scaled))


def test_the_network_is_frozen_and_cut_but_lets_gradients_through():
    extractor = FeatureMaps(small_network(), (1,))
    assert len(extractor.network) == 2
    assert not any(p.requires_grad for p in extractor.parameters())
    images = torch.rand(1, 3, 6, 6, requires_grad=True)
    extractor(images)[1].square().sum().backward()
    assert images.grad.abs().sum() > 0


def test_a_layer_that_the_network_lacks_is_refused():
    with pytest.raises(ValueError, match=r"layers 0 to 3.*\[2, 9\]"):
        FeatureMaps(small_network(), (2, 9))


def test_pictures_of_0_to_255_are_refused():
    extractor = FeatureMaps(small_network(), (1,))
    with pytest.raises(ValueError, match="0..1"):
        extractor(torch.randint(256, (1, 3, 6, 6)))
