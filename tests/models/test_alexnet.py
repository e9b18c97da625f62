"""AlexNet against torchvision's, and small."""

import torchvision.models as published
from published import (
    assert_bias_where_no_norm_follows,
    assert_equal_networks,
    assert_multiply_adds,
    assert_uses_every_weight,
)
from torch import nn

from dlbook.models.alexnet import AlexNet

SMALL = {"widths": (3, 4, 5, 6, 7), "hidden": 8, "kernel_size": 5}
SMALL |= {"stride": 1, "grid": 2}


def test_it_is_torchvisions():
    assert_equal_networks(
        AlexNet, published.alexnet(), parameters=61_100_840, size=224
    )


def test_its_cost_is_what_pytorch_counts():
    assert_multiply_adds(AlexNet)


def test_a_small_one_uses_every_weight():
    assert_uses_every_weight(AlexNet(7, 2, **SMALL))


def test_a_convolution_before_batch_norm_has_no_bias():
    assert_bias_where_no_norm_follows(AlexNet(7, 2, **SMALL))
    model = AlexNet(7, 2, **SMALL, norm=nn.BatchNorm2d)
    assert_bias_where_no_norm_follows(model)
    assert sum(isinstance(m, nn.BatchNorm2d) for m in model.modules()) == 5
