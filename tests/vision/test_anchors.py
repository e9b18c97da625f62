"""Anchors, the boxes assigned to them, their targets, hard negatives."""

import pytest
import torch
from sample_boxes import random_boxes

from dlbook.vision.anchors import (
    assign,
    hard_negatives,
    make_anchors,
    targets,
)
from dlbook.vision.boxes import centres, encode, iou

LEVELS = {8: [(12, 20), (20, 12)], 16: [(30, 30), (20, 44)]}


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_anchors_stand_at_their_positions_in_the_order_of_the_heads():
    anchors = centres(make_anchors(48, LEVELS))
    assert anchors.shape == (6 * 6 * 2 + 3 * 3 * 2, 4)
    assert anchors[0].tolist() == [4, 4, 12, 20]
    assert anchors[1].tolist() == [4, 4, 20, 12]
    assert anchors[2].tolist() == [12, 4, 12, 20]  # along the row first
    assert anchors[12].tolist() == [4, 12, 12, 20]
    assert anchors[72].tolist() == [8, 8, 30, 30]
    assert anchors[-1].tolist() == [40, 40, 20, 44]


def test_an_anchor_gets_the_box_that_it_overlaps_most():
    anchors, boxes = random_boxes(400), random_boxes(3 * 5).view(3, 5, 4)
    present = torch.tensor([[1, 1, 1, 1, 1], [1, 0, 1, 0, 0], [0] * 5]).bool()
    assigned = assign(anchors, boxes, present, threshold=0.3)
    overlap = iou(anchors, boxes).where(present[:, None], -1)
    largest, first = overlap.max(dim=2)
    without_exceptions = first.where(largest >= 0.3, -1)
    changed = (assigned != without_exceptions).sum(dim=1)
    assert (changed <= present.sum(dim=1)).all()
    assert (assigned[2] == -1).all()
    assert not torch.isin(assigned[1], torch.tensor([1, 3, 4])).any()


@pytest.mark.parametrize("anchors", [5, 6, 40])
@pytest.mark.parametrize("conflict", ["none", "identical", "near", "far"])
def test_every_box_has_an_anchor_even_where_two_want_the_same(
    anchors, conflict
):
    anchors = random_boxes(anchors)
    for _ in range(50):
        boxes = random_boxes(5)
        if conflict == "identical":
            boxes = boxes[:1].repeat(5, 1)
        elif conflict == "near":
            boxes = anchors[:1] + torch.rand(5, 4).sort(dim=1).values
        elif conflict == "far":
            boxes = boxes + 1000  # no anchor overlaps any of them
        assigned = assign(anchors, boxes[None], torch.ones(1, 5).bool())[0]
        assert set(range(5)) <= set(assigned.tolist())


def test_the_pair_with_the_largest_iou_is_assigned_first():
    """Both boxes want anchor 0; the one that fits it better gets it."""
    anchors = torch.tensor([[0.0, 0, 10, 10], [50, 0, 60, 10]])
    boxes = torch.tensor([[[0.0, 0, 10, 8], [0, 0, 10, 9]]])
    assigned = assign(anchors, boxes, torch.ones(1, 2).bool())
    assert assigned.tolist() == [[1, 0]]


def test_targets_are_classes_and_offsets_of_the_assigned_boxes():
    anchors = make_anchors(96, LEVELS)
    boxes = random_boxes(2 * 3, size=90.0).float().view(2, 3, 4)
    labels = torch.tensor([[4, 7, -1], [0, -1, 9]])
    classes, offsets = targets(anchors, boxes, labels)
    assigned = assign(anchors, boxes, labels >= 0)
    assert classes.shape == assigned.shape
    for image, anchor in assigned.ge(0).nonzero().tolist():
        box = assigned[image, anchor]
        assert classes[image, anchor] == labels[image, box] + 1
        expected = encode(boxes[image, box], anchors[anchor])
        torch.testing.assert_close(offsets[image, anchor], expected)
    assert (classes[assigned < 0] == 0).all()
    assert (offsets[assigned < 0] == 0).all()
    assert set(classes[0].tolist()) == {0, 5, 8}


def test_hard_negatives_are_the_background_with_the_largest_losses():
    losses = torch.tensor([[9.0, 1, 5, 4, 3, 2], [1, 2, 3, 4, 5, 6]])
    positive = torch.tensor([[1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]]).bool()
    hard = hard_negatives(losses, positive, ratio=3)
    assert hard.long().tolist() == [[0, 0, 1, 1, 1, 0], [0, 0, 0, 1, 1, 1]]


def test_targets_need_no_value_on_the_host():
    """On `meta` there are none: `.item()` or a boolean index would fail."""
    anchors = make_anchors(96, LEVELS, device="meta")
    boxes = torch.empty(2, 3, 4, device="meta")
    labels = torch.empty(2, 3, dtype=torch.long, device="meta")
    classes, offsets = targets(anchors, boxes, labels)
    hard = hard_negatives(offsets[..., 0], classes > 0)
    assert classes.is_meta and offsets.is_meta and hard.is_meta
    assert hard.shape == classes.shape == (2, len(anchors))


def test_everything_is_made_on_the_device_of_the_boxes():
    """Under another default device, what forgets to ask would stand there."""
    anchors = make_anchors(96, LEVELS)
    boxes = random_boxes(2 * 3, size=90.0).float().view(2, 3, 4)
    labels = torch.randint(3, (2, 3))
    with torch.device("meta"):
        classes, offsets = targets(anchors, boxes, labels)
    assert classes.device.type == offsets.device.type == "cpu"
