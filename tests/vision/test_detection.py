"""The loss of a detector, and what it detects."""

import pytest
import torch
import torch.nn.functional as F
from sample_boxes import random_boxes
from torch import nn

from dlbook.vision.anchors import make_anchors, targets
from dlbook.vision.detection import detect, detection_loss, select

LEVELS = {8: [(12, 20), (20, 12)], 16: [(30, 30), (20, 44)]}


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_the_loss_is_a_mean_over_positive_anchors():
    logits, offsets = torch.randn(3, 50, 4), torch.randn(3, 50, 4)
    classes = torch.zeros(3, 50).long()
    classes[0, 3], classes[0, 7], classes[2, 9] = 1, 3, 2
    target_offsets = torch.randn(3, 50, 4)
    classification, localisation = detection_loss(
        logits, offsets, classes, target_offsets
    )
    positive = classes > 0
    losses = F.cross_entropy(logits.mT, classes, reduction="none")
    hard = sum(
        row[~chosen].topk(max(3 * int(chosen.sum()), 3)).values.sum()
        for row, chosen in zip(losses, positive, strict=True)
    )
    assert classification.item() == pytest.approx(
        ((losses[positive].sum() + hard) / 3).item(), rel=1e-5
    )
    error = (offsets - target_offsets)[positive].abs()
    smooth = torch.where(error < 1, error**2 / 2, error - 0.5)
    assert localisation.item() == pytest.approx(
        smooth.sum().item() / 3, rel=1e-5
    )


def test_a_batch_without_items_has_a_loss_of_its_hard_negatives():
    logits, offsets = torch.randn(2, 9, 4), torch.randn(2, 9, 4)
    classes = torch.zeros(2, 9).long()
    classification, localisation = detection_loss(
        logits, offsets, classes, offsets + 1
    )
    losses = F.cross_entropy(logits.mT, classes, reduction="none")
    hardest = losses.topk(3, dim=1).values.sum()
    torch.testing.assert_close(classification, hardest)
    assert localisation == 0


class Oracle(nn.Module):
    """Predicts the truth, at every anchor that has a box."""

    def __init__(self, classes, offsets):
        super().__init__()
        self.logits = 20.0 * F.one_hot(classes, 11)
        self.offsets = offsets

    def forward(self, images):
        return self.logits, self.offsets


def test_a_model_that_knows_the_truth_detects_every_box_once():
    anchors = make_anchors(96, LEVELS)
    boxes = torch.tensor([[10.0, 10, 30, 40], [60, 50, 95, 80], [0] * 4])
    boxes = torch.stack([boxes, boxes.flip(0)])
    labels = torch.tensor([[4, 7, -1], [-1, 4, 9]])
    model = Oracle(*targets(anchors, boxes, labels))
    detections = detect(model, torch.zeros(2, 1, 96, 96), anchors)
    for detected, box, label in zip(detections, boxes, labels, strict=True):
        box, label = box[label >= 0], label[label >= 0]
        order, true_order = detected.labels.argsort(), label.argsort()
        assert detected.labels[order].tolist() == label[true_order].tolist()
        torch.testing.assert_close(
            detected.boxes[order], box[true_order], atol=1e-3, rtol=0
        )


class Halves(nn.Module):
    """Boxes that are the anchors, of class 0 by half and class 1 by a bit."""

    def forward(self, images):
        probabilities = torch.tensor([0.4, 0.5, 0.1]).log()
        return (
            probabilities.expand(len(images), 3, 3),
            torch.zeros(len(images), 3, 4),
        )


def test_scores_thresholds_and_limits():
    anchors = torch.tensor(
        [[-5.0, 0, 15, 20], [-5, 0, 15, 19], [40, 40, 60, 60]]
    )
    images = torch.zeros(150, 1, 50, 80)
    detections = detect(Halves(), images, anchors)
    assert len(detections) == 150
    boxes, scores, labels = detections[-1]
    assert boxes.tolist()[:2] == [[0, 0, 15, 20], [40, 40, 60, 50]]
    assert scores.tolist() == pytest.approx([0.5, 0.5, 0.1, 0.1])
    assert labels.tolist() == [0, 0, 1, 1]
    (best, *_) = detect(Halves(), images[:1], anchors, limit=1)
    assert len(best.boxes) == 1
    (high, *_) = detect(Halves(), images[:1], anchors, min_score=0.2)
    assert high.labels.tolist() == [0, 0]
    (every, *_) = detect(Halves(), images[:1], anchors, threshold=1.0)
    assert len(every.boxes) == 6


def test_the_loss_needs_no_value_on_the_host():
    """On `meta` there are none: `.item()` or a boolean index would fail."""
    logits = torch.empty(2, 50, 4, device="meta", requires_grad=True)
    offsets = torch.empty(2, 50, 4, device="meta", requires_grad=True)
    classes = torch.empty(2, 50, dtype=torch.long, device="meta")
    classification, localisation = detection_loss(
        logits, offsets, classes, offsets.detach()
    )
    (classification + localisation).backward()
    assert logits.grad.is_meta and offsets.grad.is_meta


def test_everything_is_made_on_the_device_of_the_boxes():
    """Under another default device, what forgets to ask would stand there."""
    anchors = make_anchors(96, LEVELS)
    boxes = random_boxes(2 * 3, size=90.0).float().view(2, 3, 4)
    labels = torch.randint(3, (2, 3))
    with torch.device("meta"):
        classes, offsets = targets(anchors, boxes, labels)
        model = Oracle(classes.cpu(), offsets)
        losses = detection_loss(*model(None), classes, offsets)
        detections = detect(model, boxes.new_zeros(2, 1, 96, 96), anchors)
    assert {loss.device.type for loss in losses} == {"cpu"}
    assert detections[0].boxes.device.type == "cpu"


def test_selection_scores_every_pair_of_box_and_class():
    boxes = torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 9], [20, 0, 30, 9]])
    probabilities = torch.tensor([[0.6, 0.3], [0.7, 0.01], [0.1, 0.5]])
    detected = select(boxes, probabilities, 0.05, 0.5, 3)
    assert detected.scores.tolist() == pytest.approx([0.7, 0.5, 0.3])
    assert detected.labels.tolist() == [0, 1, 1]
    assert torch.equal(detected.boxes, boxes[[1, 2, 0]])
