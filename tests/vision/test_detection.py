"""Anchors, their owners and targets, hard negatives, and what is found."""

import pytest
import torch
import torch.nn.functional as F
from sample_boxes import random_boxes
from torch import nn

from dlbook.models.ssd import SSD
from dlbook.vision.anchors import (
    assign,
    hard_negatives,
    make_anchors,
    targets,
)
from dlbook.vision.boxes import centres, encode, iou
from dlbook.vision.detection import detect, detection_loss

LEVELS = {8: [(12, 20), (20, 12)], 16: [(30, 30), (20, 44)]}


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_anchors_stand_on_their_places_in_the_order_of_the_heads():
    anchors = centres(make_anchors(48, LEVELS))
    assert anchors.shape == (6 * 6 * 2 + 3 * 3 * 2, 4)
    assert anchors[0].tolist() == [4, 4, 12, 20]
    assert anchors[1].tolist() == [4, 4, 20, 12]
    assert anchors[2].tolist() == [12, 4, 12, 20]  # along the row first
    assert anchors[12].tolist() == [4, 12, 12, 20]
    assert anchors[72].tolist() == [8, 8, 30, 30]
    assert anchors[-1].tolist() == [40, 40, 20, 44]


def test_the_detector_says_its_numbers_in_the_order_of_the_anchors():
    model = SSD(3, widths=(4, 8, 6), shapes=2).eval()
    said = []
    for head in model.heads:
        head.register_forward_hook(lambda _, x, y: said.append(y))
    with torch.no_grad():
        logits, offsets = model(torch.randn(2, 1, 48, 48))
    assert logits.shape == (2, 90, 4)
    assert offsets.shape == (2, 90, 4)
    for level, row, column, shape, number in [
        (0, 2, 5, 1, 2 * (6 * 2 + 5) + 1),
        (1, 1, 2, 0, 72 + 2 * (3 * 1 + 2)),
    ]:
        numbers = said[level][1, shape * 8 : shape * 8 + 8, row, column]
        together = torch.cat([logits[1, number], offsets[1, number]])
        assert torch.equal(together, numbers)


def test_an_anchor_belongs_to_the_box_it_overlaps_most():
    anchors, boxes = random_boxes(400), random_boxes(3 * 5).view(3, 5, 4)
    present = torch.tensor([[1, 1, 1, 1, 1], [1, 0, 1, 0, 0], [0] * 5]).bool()
    owners = assign(anchors, boxes, present, threshold=0.3)
    overlap = iou(anchors, boxes).where(present[:, None], -1)
    best, first = overlap.max(dim=2)
    plain = first.where(best >= 0.3, -1)
    changed = (owners != plain).sum(dim=1)
    assert (changed <= present.sum(dim=1)).all()  # bound pairs alone
    assert (owners[2] == -1).all()
    assert not torch.isin(owners[1], torch.tensor([1, 3, 4])).any()


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
        owners = assign(anchors, boxes[None], torch.ones(1, 5).bool())[0]
        assert set(range(5)) <= set(owners.tolist())


def test_the_best_pair_of_all_is_bound_first():
    """Both boxes want anchor 0; the one that fits it better gets it."""
    anchors = torch.tensor([[0.0, 0, 10, 10], [50, 0, 60, 10]])
    boxes = torch.tensor([[[0.0, 0, 10, 8], [0, 0, 10, 9]]])
    owners = assign(anchors, boxes, torch.ones(1, 2).bool())
    assert owners.tolist() == [[1, 0]]


def test_targets_are_classes_and_offsets_of_the_owners():
    anchors = make_anchors(96, LEVELS)
    boxes = random_boxes(2 * 3, size=90.0).float().view(2, 3, 4)
    labels = torch.tensor([[4, 7, -1], [0, -1, 9]])
    classes, offsets = targets(anchors, boxes, labels)
    owners = assign(anchors, boxes, labels >= 0)
    assert classes.shape == owners.shape
    assert offsets.isfinite().all()
    for image, anchor in owners.ge(0).nonzero().tolist():
        box = owners[image, anchor]
        assert classes[image, anchor] == labels[image, box] + 1
        wanted = encode(boxes[image, box], anchors[anchor])
        torch.testing.assert_close(offsets[image, anchor], wanted)
    assert (classes[owners < 0] == 0).all()
    assert set(classes[0].tolist()) == {0, 5, 8}


def test_hard_negatives_are_the_most_surprising_background():
    surprise = torch.tensor([[9.0, 1, 5, 4, 3, 2], [1, 2, 3, 4, 5, 6]])
    positive = torch.tensor([[1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]]).bool()
    hard = hard_negatives(surprise, positive, ratio=3)
    assert hard.long().tolist() == [[0, 0, 1, 1, 1, 0], [0, 0, 0, 1, 1, 1]]


def test_the_loss_is_a_mean_over_positive_anchors():
    logits, offsets = torch.randn(3, 50, 4), torch.randn(3, 50, 4)
    classes = torch.zeros(3, 50).long()
    classes[0, 3], classes[0, 7], classes[2, 9] = 1, 3, 2
    wanted = torch.randn(3, 50, 4)
    named, placed = detection_loss(logits, offsets, classes, wanted)
    positive = classes > 0
    surprise = F.cross_entropy(logits.mT, classes, reduction="none")
    hard = sum(
        row[~yes].topk(max(3 * int(yes.sum()), 3)).values.sum()
        for row, yes in zip(surprise, positive, strict=True)
    )
    assert named.item() == pytest.approx(
        ((surprise[positive].sum() + hard) / 3).item(), rel=1e-5
    )
    apart = (offsets - wanted)[positive].abs()
    smooth = torch.where(apart < 1, apart**2 / 2, apart - 0.5)
    assert placed.item() == pytest.approx(smooth.sum().item() / 3, rel=1e-5)


class Oracle(nn.Module):
    """Says the truth, at every anchor that has an owner."""

    def __init__(self, classes, offsets):
        super().__init__()
        self.logits = 20.0 * F.one_hot(classes, 11)
        self.offsets = offsets

    def forward(self, images):
        return self.logits, self.offsets


def test_who_knows_the_truth_detects_every_box_once():
    anchors = make_anchors(96, LEVELS)
    boxes = torch.tensor([[10.0, 10, 30, 40], [60, 50, 95, 80], [0] * 4])
    boxes = torch.stack([boxes, boxes.flip(0)])
    labels = torch.tensor([[4, 7, -1], [-1, 4, 9]])
    model = Oracle(*targets(anchors, boxes, labels))
    found = detect(model, torch.zeros(2, 1, 96, 96), anchors)
    for one, box, label in zip(found, boxes, labels, strict=True):
        order = one.labels.argsort()
        real = label >= 0
        assert one.labels[order].tolist() == label[real].sort().values.tolist()
        wanted = box[real][label[real].argsort()]
        torch.testing.assert_close(one.boxes[order], wanted, atol=1e-3, rtol=0)


def test_everything_is_made_on_the_device_of_the_boxes():
    """Under another default device, what forgets to ask would stand there."""
    anchors = make_anchors(96, LEVELS)
    boxes = random_boxes(2 * 3, size=90.0).float().view(2, 3, 4)
    labels = torch.randint(3, (2, 3))
    with torch.device("meta"):
        classes, wanted = targets(anchors, boxes, labels)
        model = Oracle(classes.cpu(), wanted)
        said = model(None)
        named, placed = detection_loss(*said, classes, wanted)
        found = detect(model, boxes.new_zeros(2, 1, 96, 96), anchors)
    assert named.device.type == placed.device.type == "cpu"
    assert found[0].boxes.device.type == "cpu"
