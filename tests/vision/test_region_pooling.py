"""RoI pooling and RoI align against torchvision, and by hand."""

import pytest
import torch
import torchvision.ops as ops
from sample_boxes import adversarial_boxes, random_boxes

from dlbook.vision.region_pooling import (
    cells,
    linear_weights,
    roi_align,
    roi_pool,
)


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
    assert cells(0, 3, 2, 9) == [(0, 2), (1, 3)]  # three positions for two
    assert cells(-2, 4, 2, 9) == [(0, 0), (0, 2)]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("scale", [1.0, 0.25, 0.125])
@pytest.mark.parametrize("samples", [1, 2, 3])
def test_roi_align_is_torchvisions(size, scale, samples):
    torch.manual_seed(0)
    features = torch.randn(3, 11, 17).double()
    boxes = torch.cat([random_boxes(60), adversarial_boxes()])
    theirs = ops.roi_align(
        features[None], [boxes], size, scale, samples, aligned=True
    )
    ours = roi_align(features, boxes, size=size, scale=scale, samples=samples)
    torch.testing.assert_close(ours, theirs)


def test_roi_align_has_torchvisions_gradients():
    torch.manual_seed(0)
    maps = torch.randn(1, 3, 9, 8).double()
    ours = maps.clone().requires_grad_()
    theirs = maps.clone().requires_grad_()
    boxes = random_boxes(20, size=9.0)
    above = torch.randn(20, 3, 4, 4).double()
    (roi_align(ours[0], boxes, size=4, scale=1.0) * above).sum().backward()
    y = ops.roi_align(theirs, [boxes], 4, 1.0, 2, aligned=True)
    (y * above).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_roi_align_reads_a_ramp_exactly_where_roi_pool_rounds():
    centres = torch.arange(12.0) + 0.5  # of each position
    features = centres.expand(12, 12)[None]
    boxes = torch.tensor([[2.3, 3.1, 7.9, 9.4]])
    read = roi_align(features, boxes, size=2, scale=1.0)
    torch.testing.assert_close(read[0, 0, 0], torch.tensor([3.7, 6.5]))
    assert roi_pool(features, boxes, size=2, scale=1.0)[0, 0, 0, 1] == 8.5


def test_linear_weights_by_hand():
    weights = linear_weights(torch.tensor([2.0]), torch.tensor([2.6]), 1, 4, 1)
    torch.testing.assert_close(weights, torch.tensor([[[0, 0, 0.7, 0.3]]]))
    outside = linear_weights(
        torch.tensor([-0.8, -3]), torch.tensor([-0.8, -3]), 1, 2, 1
    )
    assert outside.tolist() == [[[1, 0]], [[0, 0]]]
