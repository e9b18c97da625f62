"""GoogLeNet against torchvision's, its block, and small."""

import torch
import torchvision.models as published
from published import (
    assert_bias_where_no_norm_follows,
    assert_equal_networks,
    assert_multiply_adds,
    assert_uses_every_weight,
)

from dlbook.models.googlenet import GoogLeNet, Inception
from dlbook.runtime import count_parameters


def small():
    table = [[(1, (2, 3), (4, 5), 6)]]
    return GoogLeNet(7, 2, widths=(3, 4, 5), table=table, pool_sizes=[3])


def torchvisions():
    return GoogLeNet(large=3, pool_sizes=(3, 3, 2))


def test_it_is_torchvisions():
    theirs = published.googlenet(aux_logits=False, init_weights=False)
    assert_equal_networks(torchvisions, theirs, parameters=6_624_904)


def test_the_paper_has_a_kernel_of_five_where_torchvision_has_three():
    with torch.device("meta"):
        more = count_parameters(GoogLeNet()) - 6_624_904
    pairs = [
        (16, 32), (32, 96), (16, 48), (24, 64), (24, 64), (32, 64),
        (32, 128), (32, 128), (48, 128),
    ]  # fmt: skip
    assert more == sum(a * b for a, b in pairs) * (25 - 9)


def test_inception_is_its_four_branches_side_by_side():
    block = Inception(5, (2, (3, 4), (6, 7), 8)).eval()
    x = torch.randn(2, 5, 9, 11)
    parts = block(x).split([2, 4, 7, 8], dim=1)
    assert block.out_channels == 21
    for branch, part in zip(block.branches, parts, strict=True):
        assert torch.equal(branch(x), part)
    assert block.branches[2][1][0].kernel_size == (5, 5)


def test_its_cost_is_what_pytorch_counts():
    assert_multiply_adds(torchvisions)


def test_a_small_one_uses_every_weight():
    assert_uses_every_weight(small())


def test_a_convolution_before_batch_norm_has_no_bias():
    assert_bias_where_no_norm_follows(small())
