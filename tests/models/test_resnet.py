"""Residual networks against torchvision's, their blocks, and small."""

import pytest
import torch
import torchvision.models as published
from published import (
    assert_bias_where_no_norm_follows,
    assert_equal_networks,
    assert_multiply_adds,
    assert_uses_every_weight,
)
from torch import nn

from dlbook.models.resnet import BasicBlock, Bottleneck, ResNet


def resnet34():
    return ResNet(depths=(3, 4, 6, 3))


def resnet50():
    return ResNet(block=Bottleneck, depths=(3, 4, 6, 3))


def small(block=BasicBlock):
    return ResNet(
        7, 2, block=block, depths=(1, 2), widths=(3, 4), stem=(3, 1, 1)
    )


@pytest.mark.parametrize(
    "build, theirs, parameters",
    [
        (ResNet, published.resnet18, 11_689_512),
        (resnet34, published.resnet34, 21_797_672),
        (resnet50, published.resnet50, 25_557_032),
    ],
    ids=["18", "34", "50"],
)
def test_it_is_torchvisions(build, theirs, parameters):
    assert_equal_networks(build, theirs(), parameters=parameters)


@pytest.mark.parametrize("block", [BasicBlock, Bottleneck])
def test_a_block_that_has_learned_nothing_is_the_identity(block):
    block = block(4 * block.expansion, 4).eval()
    nn.init.zeros_(block.residual[-1][-1].weight)
    x = torch.rand(2, 4 * block.expansion, 5, 6)
    assert torch.equal(block(x), x)


@pytest.mark.parametrize("block", [BasicBlock, Bottleneck])
def test_a_stride_halves_both_paths(block):
    output = block(3, 4, stride=2)(torch.randn(2, 3, 7, 8))
    assert output.shape == (2, 4 * block.expansion, 4, 4)


@pytest.mark.parametrize("build", [ResNet, resnet34, resnet50])
def test_its_cost_is_what_pytorch_counts(build):
    assert_multiply_adds(build)


@pytest.mark.parametrize("block", [BasicBlock, Bottleneck])
def test_a_small_one_uses_every_weight(block):
    assert_uses_every_weight(small(block))
    assert_bias_where_no_norm_follows(small(block))
