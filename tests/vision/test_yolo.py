"""Boxes relative to cells: targets by hand, there and back, the loss."""

import pytest
import torch
import torch.nn.functional as F
import torchvision.ops

from dlbook.vision.boxes import corners
from dlbook.vision.yolo import (
    cell_loss,
    cell_targets,
    decode_cells,
    detect_cells,
    shape_iou,
)

ANCHORS = torch.tensor([[10.0, 20.0], [30.0, 24.0]])


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_shapes_are_compared_on_one_centre():
    sizes, others = torch.rand(7, 2) + 0.1, torch.rand(5, 2) + 0.1
    boxes = [torch.cat([5 - s / 2, 5 + s / 2], dim=1) for s in (sizes, others)]
    torch.testing.assert_close(
        shape_iou(sizes, others), torchvision.ops.box_iou(*boxes)
    )


def test_targets_by_hand():
    """A wide box in column 2 of row 0, a tall one in column 1 of row 2."""
    boxes = corners(torch.tensor(
        [[[70.0, 10, 36, 24], [40, 90, 10, 25], [0, 0, 0, 0]]]
    ))  # fmt: skip
    labels = torch.tensor([[4, 0, -1]])
    classes, target = cell_targets(boxes, labels, ANCHORS, cells=3, size=96)
    assert classes.shape == (1, 3, 3, 2) and target.shape == (1, 3, 3, 2, 4)
    assert classes.nonzero().tolist() == [[0, 0, 2, 1], [0, 2, 1, 0]]
    assert classes[0, 0, 2, 1] == 5 and classes[0, 2, 1, 0] == 1
    x, y, w, h = target[0, 0, 2, 1].tolist()
    assert (x, y) == pytest.approx((70 / 32 - 2, 10 / 32))
    expected = torch.tensor([36 / 30, 24 / 24]).log()
    assert (w, h) == pytest.approx(tuple(expected.tolist()))
    assert (target[classes == 0] == 0).all()


def test_the_later_of_two_items_with_one_cell_and_anchor_stays():
    box = corners(torch.tensor([20.0, 20, 30, 24]))
    boxes, labels = torch.stack([box, box + 1])[None], torch.tensor([[3, 7]])
    classes, _ = cell_targets(boxes, labels, ANCHORS, cells=3, size=96)
    assert classes.sum() == 8 and classes[0, 0, 0, 1] == 8
    classes, _ = cell_targets(boxes, labels, ANCHORS, cells=96, size=96)
    assert (classes > 0).sum() == 2


def test_decoding_leads_back_to_the_boxes():
    centre = 96 * torch.rand(4, 3, 2)
    boxes = corners(torch.cat([centre, 5 + 40 * torch.rand(4, 3, 2)], dim=2))
    labels = torch.randint(10, (4, 3))
    classes, target = cell_targets(boxes, labels, ANCHORS, cells=48, size=96)
    raw = torch.cat([target[..., :2].logit(), target[..., 2:]], dim=-1)
    decoded = decode_cells(raw, ANCHORS, size=96)[classes > 0]
    distance = (decoded[:, None] - boxes.flatten(0, 1)).abs().amax(dim=2)
    assert (distance.amin(dim=1) < 1e-2).all()
    assert len(decoded) >= 11  # hardly any two share a cell of two pixels


def test_the_loss_is_a_mean_over_items():
    predictions = torch.randn(2, 3, 3, 2, 5 + 4, requires_grad=True)
    classes = torch.zeros(2, 3, 3, 2).long()
    classes[0, 1, 2, 0], classes[1, 0, 0, 1], classes[1, 2, 2, 1] = 4, 1, 2
    target = torch.rand(2, 3, 3, 2, 4)
    named, box = cell_loss(predictions, classes, target)
    positive = classes > 0
    chosen = predictions[positive]
    expected = F.binary_cross_entropy_with_logits(
        predictions[..., 0], positive.float(), reduction="sum"
    ) + F.cross_entropy(
        chosen[:, 5:], classes[positive] - 1, reduction="sum"
    )  # fmt: skip
    torch.testing.assert_close(named, expected / 3)
    error = torch.cat([chosen[:, 1:3].sigmoid(), chosen[:, 3:5]], dim=1)
    error = (error - target[positive]).abs()
    smooth = torch.where(error < 0.05, error**2 / 0.1, error - 0.025)
    torch.testing.assert_close(box, smooth.sum() / 3)
    nothing = cell_loss(predictions, torch.zeros_like(classes), target)
    assert nothing[1] == 0 and nothing[0] > 0


def test_a_model_that_knows_the_truth_detects_every_box_once():
    boxes = corners(torch.tensor([[[20.0, 30, 20, 30], [70, 60, 40, 20]]]))
    labels = torch.tensor([[2, 0]])
    classes, target = cell_targets(boxes, labels, ANCHORS, cells=6, size=96)
    item = torch.where(classes > 0, 10.0, -10.0)[..., None]
    raw = torch.cat([target[..., :2].logit(), target[..., 2:]], dim=-1)
    named = 20.0 * F.one_hot((classes - 1).clamp(min=0), 3)
    outputs = torch.cat([item, raw, named], dim=-1)
    images = torch.zeros(1, 3, 96, 96)
    (detected,) = detect_cells(lambda _: outputs, images, ANCHORS)
    order = detected.labels.argsort(descending=True)
    assert detected.labels[order].tolist() == [2, 0]
    torch.testing.assert_close(
        detected.boxes[order], boxes[0], atol=1e-3, rtol=0
    )
    assert (detected.scores > 0.99).all()


def test_everything_is_made_on_the_device_of_the_boxes():
    """On `meta`, `.item()` or a tensor of another device would fail."""
    boxes = torch.empty(2, 3, 4, device="meta")
    labels = torch.empty(2, 3, dtype=torch.long, device="meta")
    classes, target = cell_targets(
        boxes, labels, ANCHORS.to("meta"), cells=3, size=96
    )
    predictions = torch.empty(2, 3, 3, 2, 9, device="meta")
    assert all(
        part.is_meta for part in cell_loss(predictions, classes, target)
    )
    decoded = decode_cells(predictions[..., 1:5], ANCHORS.to("meta"), size=96)
    assert decoded.is_meta and decoded.shape == (2, 3, 3, 2, 4)
