"""Boxes against torchvision, on random and on adversarial ones."""

import pytest
import torch
import torchvision.ops as ops
from sample_boxes import adversarial_boxes, random_boxes

from dlbook.vision.boxes import (
    area,
    centres,
    clip,
    corners,
    decode,
    encode,
    iou,
)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_both_ways_to_write_a_box_are_torchvisions():
    boxes = random_boxes(37)
    theirs = ops.box_convert(boxes, "xyxy", "cxcywh")
    torch.testing.assert_close(centres(boxes), theirs)
    torch.testing.assert_close(corners(theirs), boxes)
    torch.testing.assert_close(area(boxes), ops.box_area(boxes))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_iou_is_torchvisions(dtype):
    boxes = torch.cat([random_boxes(300, dtype=dtype), adversarial_boxes()])
    others = torch.cat([adversarial_boxes(), random_boxes(1000, dtype=dtype)])
    theirs = ops.box_iou(boxes, others).nan_to_num(0)  # 0 / 0 is 0 for us
    torch.testing.assert_close(iou(boxes, others), theirs)


def test_iou_of_boxes_that_only_touch_is_zero_and_of_one_with_itself_one():
    boxes = adversarial_boxes()
    assert iou(boxes[:1], boxes[2:5]).tolist() == [[0, 0, 0]]
    assert iou(boxes[:1], boxes[1:2]).item() == 1
    assert iou(boxes[7:8], boxes[7:8]).item() == 0  # empty


def test_iou_of_a_batch_is_that_of_its_images():
    boxes, others = random_boxes(3 * 5).view(3, 5, 4), random_boxes(7)
    together = iou(others, boxes)
    assert together.shape == (3, 7, 5)
    for one, image in zip(together, boxes, strict=True):
        torch.testing.assert_close(one, ops.box_iou(others, image))


def test_clip_is_torchvisions():
    boxes = torch.cat([random_boxes(100), adversarial_boxes()])
    theirs = ops.clip_boxes_to_image(boxes, (31, 47))
    torch.testing.assert_close(clip(boxes, 31, 47), theirs)


def test_decode_undoes_encode():
    boxes, anchors = random_boxes(211), random_boxes(211)
    torch.testing.assert_close(decode(encode(boxes, anchors), anchors), boxes)
    offsets = torch.randn(5, 211, 4, dtype=torch.float64)
    there = decode(offsets, anchors)
    torch.testing.assert_close(encode(there, anchors), offsets)


def test_offsets_by_hand():
    anchor = torch.tensor([10.0, 20.0, 30.0, 60.0])  # 20 wide, 40 high
    moved = torch.tensor([12.0, 16.0, 32.0, 56.0])
    assert encode(moved, anchor).tolist() == pytest.approx([1, -1, 0, 0])
    wide = torch.tensor([0.0, 20.0, 40.0, 60.0])
    growth = torch.tensor(2.0).log().item() / 0.2
    assert encode(wide, anchor).tolist() == pytest.approx([0, 0, growth, 0])
    tall = torch.tensor([10.0, 0.0, 30.0, 80.0])
    assert encode(tall, anchor).tolist() == pytest.approx([0, 0, 0, growth])
