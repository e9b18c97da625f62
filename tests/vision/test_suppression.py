"""Suppression against torchvision, soft suppression against its paper."""

import math

import pytest
import torch
import torchvision.ops as ops
from sample_boxes import adversarial_boxes, crowd, random_boxes

from dlbook.vision.boxes import iou
from dlbook.vision.suppression import (
    nms,
    nms_by_class,
    nms_by_loop,
    soft_nms,
    soft_nms_by_class,
)

THRESHOLDS = (0.0, 0.3, 0.5, 0.9, 1.0)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("count", [0, 1, 2, 137, 3000])
def test_nms_is_torchvisions(threshold, count):
    for boxes in (crowd(count), random_boxes(count).float()):
        scores = torch.rand(count)
        theirs = ops.nms(boxes, scores, threshold)
        for ours in (nms, nms_by_loop):
            kept = ours(boxes, scores, threshold)
            assert kept.tolist() == theirs.tolist()


@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_nms_of_adversarial_boxes_is_torchvisions(threshold):
    boxes = adversarial_boxes()
    for _ in range(50):
        order = torch.randperm(len(boxes))
        scores = torch.rand(len(boxes), dtype=torch.float64)
        theirs = ops.nms(boxes[order], scores, threshold)
        for ours in (nms, nms_by_loop):
            kept = ours(boxes[order], scores, threshold)
            assert kept.tolist() == theirs.tolist()


@pytest.mark.parametrize("block", [1, 2, 7, 500])
def test_the_size_of_the_block_changes_nothing(block):
    boxes, scores = crowd(300, objects=4), torch.rand(300)
    expected = nms_by_loop(boxes, scores, 0.4).tolist()
    assert nms(boxes, scores, 0.4, block=block).tolist() == expected


def test_a_chain_of_boxes_keeps_every_second():
    """Each suppresses the next, so that survival hangs on all before it."""
    start = 3.0 * torch.arange(200)
    boxes = torch.stack([start, 0 * start, start + 10, 0 * start + 1], dim=1)
    scores = torch.linspace(1, 0, 200)
    kept = nms(boxes, scores, 0.4).tolist()  # IoU 7/13, then 4/16
    assert kept == list(range(0, 200, 2))


def test_of_equal_scores_the_first_box_stays():
    boxes = adversarial_boxes()[:2]
    assert nms(boxes, torch.ones(2), 0.5).tolist() == [0]


def test_an_iou_of_exactly_the_threshold_stays():
    boxes = torch.tensor([[0.0, 0, 2, 1], [0, 0, 1, 1]])  # IoU 1/2
    assert nms(boxes, torch.tensor([0.9, 0.8]), 0.5).tolist() == [0, 1]
    assert nms(boxes, torch.tensor([0.9, 0.8]), 0.49).tolist() == [0]


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("count", [0, 1, 500])
def test_nms_by_class_is_torchvisions(threshold, count):
    boxes, scores = crowd(count).double(), torch.rand(count).double()
    labels = torch.randint(7, (count,))
    theirs = ops.batched_nms(boxes, scores, labels, threshold)
    ours = nms_by_class(boxes, scores, labels, threshold)
    assert ours.tolist() == theirs.tolist()


def soft_nms_by_the_paper(boxes, scores, sigma, min_score):
    """Figure 2 of Bodla et al., with plain lists."""
    overlap = iou(boxes, boxes).tolist()
    remaining = dict(enumerate(scores.tolist()))
    kept = []
    while remaining:
        best = max(remaining, key=lambda i: (remaining[i], -i))
        score = remaining.pop(best)
        if score < min_score:
            break
        kept.append((best, score))
        for i in remaining:
            remaining[i] *= math.exp(-(overlap[best][i] ** 2) / sigma)
    return kept


@pytest.mark.parametrize("sigma", [0.1, 0.5, 2.0])
@pytest.mark.parametrize("count", [0, 1, 200])
def test_soft_nms_is_the_papers(sigma, count):
    boxes = crowd(count).double()
    scores = torch.rand(count, dtype=torch.float64)
    before = scores.clone()
    order, lowered = soft_nms(boxes, scores, sigma=sigma, min_score=0.01)
    expected = soft_nms_by_the_paper(boxes, scores, sigma, 0.01)
    assert order.tolist() == [i for i, _ in expected]
    assert lowered.tolist() == pytest.approx([s for _, s in expected])
    assert torch.equal(scores, before)


def test_soft_nms_of_boxes_apart_changes_no_score():
    boxes = adversarial_boxes()[[0, 2, 3, 4]]  # touching
    scores = torch.tensor([0.2, 0.9, 0.5, 0.7])
    order, lowered = soft_nms(boxes, scores)
    assert order.tolist() == [1, 3, 2, 0]
    assert torch.equal(lowered, scores[order])


@pytest.mark.parametrize("count", [0, 1, 150])
def test_soft_nms_by_class_is_that_of_boxes_far_apart(count):
    boxes, labels = crowd(count).double(), torch.randint(4, (count,))
    scores = torch.rand(count, dtype=torch.float64)
    order, lowered = soft_nms_by_class(boxes, scores, labels, sigma=0.3)
    moved = boxes + 1e4 * labels[:, None]
    expected_order, expected = soft_nms(moved, scores, sigma=0.3)
    assert order.tolist() == expected_order.tolist()
    torch.testing.assert_close(lowered, expected)


def test_everything_is_made_on_the_device_of_the_boxes():
    """Under another default device, what forgets to ask would stand there."""
    boxes, scores, labels = crowd(50), torch.rand(50), torch.randint(3, (50,))
    with torch.device("meta"):
        kept = [
            nms(boxes, scores, 0.5),
            nms_by_loop(boxes, scores, 0.5),
            nms_by_class(boxes, scores, labels, 0.5),
            *soft_nms(boxes, scores),
            *soft_nms_by_class(boxes, scores, labels),
        ]
    assert {tensor.device.type for tensor in kept} == {"cpu"}
