"""VGG against torchvision's, with and without batch norm, and small."""

import torch
import torchvision.models as published
from published import (
    assert_bias_where_no_norm_follows,
    assert_equal_networks,
    assert_multiply_adds,
    assert_uses_every_weight,
    randomise_norms,
)
from torch import nn

from dlbook.models.vgg import VGG
from dlbook.runtime import count_parameters

SMALL = {"depths": (1, 2, 1), "widths": (3, 4, 5), "hidden": 6, "grid": 3}


def vgg16():
    return VGG(depths=(2, 2, 3, 3, 3))


def test_vgg_11_is_torchvisions():
    theirs = published.vgg11(init_weights=False)
    assert_equal_networks(VGG, theirs, parameters=132_863_336, size=224)


def test_vgg_16_is_torchvisions():
    theirs = published.vgg16(init_weights=False)
    assert_equal_networks(vgg16, theirs, parameters=138_357_544, size=224)


def test_with_batch_norm_it_is_torchvisions_without_its_idle_biases():
    """A bias before batch norm is a shift of its running mean."""
    torch.manual_seed(0)
    theirs = published.vgg11_bn(init_weights=False)
    randomise_norms(theirs)
    images = torch.randn(2, 3, 224, 224)
    with torch.no_grad():
        theirs(images)  # fills the running statistics
    state, biases = dict(theirs.eval().state_dict()), 0
    for i, layer in enumerate(theirs.features):
        if isinstance(layer, nn.Conv2d):
            bias = state.pop(f"features.{i}.bias")
            mean = f"features.{i + 1}.running_mean"
            state[mean] = state[mean] - bias
            biases += len(bias)
    with torch.device("meta"):
        ours = VGG(norm=nn.BatchNorm2d).eval()
    assert biases == 64 + 128 + 2 * 256 + 4 * 512
    assert count_parameters(ours) == count_parameters(theirs) - biases
    pairs = zip(ours.state_dict(), state.values(), strict=True)
    ours.load_state_dict(dict(pairs), assign=True)
    with torch.no_grad():
        logits = theirs(images)
        assert logits.std() > 1e-3
        torch.testing.assert_close(ours(images), logits)


def test_its_cost_is_what_pytorch_counts():
    assert_multiply_adds(VGG)
    assert_multiply_adds(vgg16)


def test_a_small_one_uses_every_weight():
    assert_uses_every_weight(VGG(7, 2, **SMALL))


def test_a_convolution_before_batch_norm_has_no_bias():
    assert_bias_where_no_norm_follows(VGG(7, 2, **SMALL))
    assert_bias_where_no_norm_follows(VGG(7, 2, **SMALL, norm=nn.BatchNorm2d))
