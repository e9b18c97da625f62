"""Network in network: the parameters of its paper, and small."""

import torch
from published import (
    assert_bias_where_no_norm_follows,
    assert_multiply_adds,
    assert_uses_every_weight,
)
from torch import nn

from dlbook.models.nin import NiN, nin_block
from dlbook.runtime import count_parameters

SMALL = {"widths": ((3, 4, 5), (6, 7, 8), (9, 10))}


def test_it_has_the_parameters_of_its_paper():
    convolutions = [
        (3, 192, 5), (192, 160, 1), (160, 96, 1),
        (96, 192, 5), (192, 192, 1), (192, 192, 1),
        (192, 192, 3), (192, 192, 1), (192, 10, 1),
    ]  # fmt: skip
    count = sum(a * b * k * k + b for a, b, k in convolutions)
    assert count_parameters(NiN()) == count == 966_986
    assert NiN().eval()(torch.randn(2, 3, 32, 32)).shape == (2, 10)


def test_only_the_first_convolution_of_a_block_reads_neighbours():
    block = nin_block(2, (3, 4), 5, stride=2)
    image = torch.zeros(1, 2, 9, 9, requires_grad=True)
    output = block(image)
    assert output.shape == (1, 4, 5, 5)
    for layer in block.modules():  # no ReLU may be at zero
        if isinstance(layer, nn.Conv2d):
            nn.init.ones_(layer.weight)
            nn.init.ones_(layer.bias)
    block(image)[0, 0, 2, 2].backward()
    seen = image.grad[0, 0] != 0
    assert seen[2:7, 2:7].all() and seen.sum() == 25


def test_its_cost_is_what_pytorch_counts():
    assert_multiply_adds(NiN)


def test_a_small_one_uses_every_weight():
    assert_uses_every_weight(NiN(7, 2, **SMALL))


def test_a_convolution_before_batch_norm_has_no_bias():
    assert_bias_where_no_norm_follows(NiN(7, 2, **SMALL))
    assert_bias_where_no_norm_follows(NiN(7, 2, **SMALL, norm=nn.BatchNorm2d))
