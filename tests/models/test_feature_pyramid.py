"""Feature pyramids: shapes, and what reaches which map."""

import pytest
import torch
import torchvision.ops

from dlbook.models.feature_pyramid import FeaturePyramid


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def maps_of(*channels):
    return [
        torch.randn(2, c, 24 // 2**i, 16 // 2**i)
        for i, c in enumerate(channels)
    ]


def test_maps_keep_their_sizes_and_get_one_width():
    shapes = [x.shape for x in FeaturePyramid([3, 4, 6], 5)(maps_of(3, 4, 6))]
    assert shapes == [(2, 5, 24, 16), (2, 5, 12, 8), (2, 5, 6, 4)]


def test_it_is_torchvisions_with_the_same_weights():
    ours = FeaturePyramid([3, 4, 6], 5)
    theirs = torchvision.ops.FeaturePyramidNetwork([3, 4, 6], 5)
    for i in range(3):
        for own, name in [(ours.lateral, "inner"), (ours.smooth, "layer")]:
            block = getattr(theirs, f"{name}_blocks")[i]
            block[0].load_state_dict(own[i].state_dict())
    maps = maps_of(3, 4, 6)
    expected = theirs({str(i): x for i, x in enumerate(maps)})
    for own, other in zip(ours(maps), expected.values(), strict=True):
        torch.testing.assert_close(own, other)
