"""MobileNetV2 against torchvision's, its block, and small."""

import torch
import torchvision.models as published
from published import (
    assert_bias_where_no_norm_follows,
    assert_equal_networks,
    assert_multiply_adds,
    assert_uses_every_weight,
)
from torch import nn

from dlbook.models.mobilenet import InvertedResidual, MobileNetV2


def small():
    table = [(1, 3, 1, 1), (2, 4, 2, 2)]
    return MobileNetV2(7, 2, table=table, widths=(5, 6))


def test_it_is_torchvisions():
    theirs = published.mobilenet_v2()
    assert_equal_networks(MobileNetV2, theirs, parameters=3_504_872)


def test_there_is_no_shortcut_where_the_size_changes():
    images = torch.randn(2, 4, 8, 6)
    for stride, shape in (1, (2, 4, 8, 6)), (2, (2, 4, 4, 3)):
        block = InvertedResidual(4, 4, expansion=2, stride=stride)
        assert block(images).shape == shape


def test_the_middle_is_one_kernel_for_each_map():
    block = InvertedResidual(5, 7, expansion=3, stride=2)
    shapes = [tuple(p.shape) for p in block.parameters() if p.ndim == 4]
    assert shapes == [(15, 5, 1, 1), (15, 1, 3, 3), (7, 15, 1, 1)]
    assert not block.has_shortcut


def test_the_narrow_end_has_no_activation():
    block = InvertedResidual(4, 4, expansion=2)
    assert isinstance(block.layers[-1][-1], nn.BatchNorm2d)
    inner = [type(layers[-1]) for layers in block.layers[:-1]]
    assert inner == [nn.ReLU6, nn.ReLU6]


def test_its_cost_is_what_pytorch_counts():
    assert_multiply_adds(MobileNetV2)


def test_a_small_one_uses_every_weight():
    assert_uses_every_weight(small())
    assert_bias_where_no_norm_follows(small())
