"""RoI pooling against torchvision."""

import pytest
import torch
import torchvision.ops as ops
from test_boxes import adversarial_boxes, random_boxes

from dlbook.roi import cells, roi_pool


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("scale", [1.0, 0.25, 0.125])
def test_roi_pool_is_torchvisions(size, scale):
    torch.manual_seed(0)
    features = torch.randn(3, 11, 17)
    boxes = torch.cat([random_boxes(60), adversarial_boxes()]).float()
    theirs = ops.roi_pool(features[None], [boxes], size, scale)
    ours = roi_pool(features, boxes, size=size, scale=scale)
    assert torch.equal(ours, theirs)


def test_cells_by_hand():
    assert cells(3, 4, 2, 9) == [(3, 5), (5, 7)]
    assert cells(0, 3, 2, 9) == [(0, 2), (1, 3)]  # three places for two
    assert cells(-2, 4, 2, 9) == [(0, 0), (0, 2)]
