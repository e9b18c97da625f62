"""DenseNet against torchvision's, its layer, and small."""

import torch
import torchvision.models as published
from published import (
    assert_equal_networks,
    assert_multiply_adds,
    assert_uses_every_weight,
    layers_with_bias,
)

from dlbook.models.densenet import DenseLayer, DenseNet


def test_it_is_torchvisions():
    theirs = published.densenet121()
    assert_equal_networks(DenseNet, theirs, parameters=7_978_856)


def test_a_layer_keeps_the_old_maps_and_puts_new_ones_behind_them():
    layer, x = DenseLayer(5, 3), torch.randn(2, 5, 6, 7)
    output = layer(x)
    assert output.shape == (2, 8, 6, 7)
    assert torch.equal(output[:, :5], x)
    assert torch.equal(output[:, 5:], layer.new(x))


def test_its_cost_is_what_pytorch_counts():
    assert_multiply_adds(DenseNet)


def test_a_small_one_uses_every_weight():
    model = DenseNet(7, 2, depths=(2, 3), growth_rate=3)
    assert_uses_every_weight(model)
    # Batch norm follows every convolution, if not directly, and no linear one.
    *convolutions, last = (bias for bias, _ in layers_with_bias(model))
    assert not any(convolutions) and last
