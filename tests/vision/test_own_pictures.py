"""Pictures from files: targets of torchvision, and the sample set."""

import pytest
import torch
from torchvision import tv_tensors
from torchvision.transforms import v2

from dlbook.vision.annotations import read_coco, read_picture, write_coco
from dlbook.vision.boxes import intersection
from dlbook.vision.own_pictures import (
    SAMPLE_CLASSES,
    DetectionSet,
    as_lists,
    background,
    cut_out,
    sample_pictures,
)


def generator(number):
    return torch.Generator().manual_seed(number)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    return sample_pictures(folder, "valid", 9, generator=generator(0))


def test_the_sample_can_be_read_back(pictures):
    folder = pictures[0].path.parent
    write_coco(pictures, SAMPLE_CLASSES, folder / "a.json")
    again, names = read_coco(folder / "a.json", folder)
    assert names == SAMPLE_CLASSES
    for picture, other in zip(pictures, again, strict=True):
        torch.testing.assert_close(picture.boxes, other.boxes)
        torch.testing.assert_close(picture.labels, other.labels)


def test_items_of_the_sample_hardly_overlap(pictures):
    assert {len(picture.boxes) for picture in pictures} <= {1, 2, 3}
    for boxes in (picture.boxes for picture in pictures):
        shared = intersection(boxes, boxes).fill_diagonal_(0)
        sizes = (boxes[:, 2:] - boxes[:, :2]).prod(dim=1)
        assert (shared <= 0.11 * sizes).all()


def test_the_sample_follows_its_generator(tmp_path, pictures):
    again = sample_pictures(tmp_path, "valid", 9, generator=generator(0))
    other = sample_pictures(tmp_path, "valid", 9, generator=generator(1))
    for picture, same in zip(pictures, again, strict=True):
        assert torch.equal(picture.boxes, same.boxes)
    assert any(
        not torch.equal(picture.boxes[0], changed.boxes[0])
        for picture, changed in zip(pictures, other, strict=True)
    )


def test_splits_share_no_part_of_a_photograph():
    rows = torch.arange(60.0)[:, None].expand(60, 100)
    columns = torch.arange(100.0).expand(60, 100)
    whole = torch.stack([rows, columns])  # each pixel tells where it was
    lows, highs = {}, {}
    for split in ("train", "valid", "test"):
        parts = [
            background(whole, split, (20, 15), generator(i)).flatten(1)
            for i in range(20)
        ]
        lows[split] = torch.stack(parts).amin(dim=(0, 2))
        highs[split] = torch.stack(parts).amax(dim=(0, 2))
    assert highs["train"][1] < 60 <= min(lows["valid"][1], lows["test"][1])
    assert highs["valid"][0] < 30 <= lows["test"][0]


def test_items_are_cut_tightly():
    item = torch.zeros(28, 28, dtype=torch.uint8)
    item[4:10, 3:21] = 200
    for i in range(10):
        light, cover = cut_out(item, generator(i))
        assert light.shape == (3, *cover.shape)
        assert 50 <= cover.shape[1] <= 100
        assert cover.shape[0] == pytest.approx(cover.shape[1] / 3, abs=2)
        assert (cover == 1).all()


def test_targets_are_those_of_torchvision(pictures):
    image, target = DetectionSet(pictures)[1]
    assert isinstance(image, tv_tensors.Image) and image.dtype == torch.uint8
    assert torch.equal(image, read_picture(pictures[1].path))
    assert target["boxes"].format == tv_tensors.BoundingBoxFormat.XYXY
    assert target["boxes"].canvas_size == tuple(image.shape[1:])
    assert torch.equal(target["labels"], pictures[1].labels + 1)
    assert len(DetectionSet(pictures)) == 9


def test_boxes_move_with_the_picture(pictures):
    flip = v2.RandomHorizontalFlip(p=1)
    image, target = DetectionSet(pictures, flip)[0]
    left, top, right, bottom = pictures[0].boxes[0].tolist()
    width = image.shape[2]
    moved = [width - right, top, width - left, bottom]
    assert target["boxes"][0].tolist() == moved
    straight = read_picture(pictures[0].path)
    assert torch.equal(image.flip(2), straight)


def test_pictures_without_objects_pass_through(pictures):
    empty = pictures[0]._replace(
        boxes=torch.empty(0, 4), labels=torch.empty(0, dtype=torch.long)
    )
    flip = v2.RandomHorizontalFlip(p=1)
    images, targets = as_lists([DetectionSet([empty], flip)[0]] * 2)
    assert isinstance(images, list) and len(targets) == 2
    assert targets[0]["boxes"].shape == (0, 4)
