"""Scenes: exact boxes, and sets that share nothing."""

import pytest
import torch

from dlbook.vision.scenes import (
    Material,
    SceneLoader,
    arrange,
    compose,
    extents,
    material,
    paint,
    shares,
    truths,
)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def simple_material(photos=2):
    """White rectangles, one for each label, on black photographs."""
    items = torch.zeros(3, 28, 28)
    items[0, 2:26, 10:18] = 1
    items[1, 12:20, :] = 1
    items[2] = 1
    return Material(items, torch.arange(3), [torch.zeros(100, 120)] * photos)


def test_extents_are_the_rows_and_columns_that_hold_light():
    assert extents(simple_material().items).tolist() == [
        [10, 2, 18, 26], [0, 12, 28, 20], [0, 0, 28, 28]
    ]  # fmt: skip


def test_boxes_are_exact():
    for _ in range(20):
        scenes = compose(simple_material(), 10, items=(1, 1))
        for image, box in zip(scenes.images[:, 0], scenes.boxes, strict=True):
            left, top, right, bottom = box[0].tolist()
            for line, start, end in [
                (image.amax(dim=0), left, right),
                (image.amax(dim=1), top, bottom),
            ]:
                seen = line.nonzero()[:, 0]
                assert seen[0] == pytest.approx(start, abs=1.6)
                assert seen[-1] + 1 == pytest.approx(end, abs=1.6)
            inside = image.sum().item()
            size = (right - left) * (bottom - top)
            assert inside == pytest.approx(size, rel=0.02)


def test_an_item_in_its_own_size_is_copied():
    item = torch.rand(1, 28, 28).clamp(min=0.1)
    place = torch.tensor([[5.0, 9.0, 1.0]])
    scene = paint(torch.zeros(1, 50, 60), item, place)
    torch.testing.assert_close(scene[:, 9:37, 5:33], item)
    assert scene.sum() == pytest.approx(item.sum().item())


def test_what_lies_over_something_hides_it_and_nothing_is_brighter_than_one():
    behind = torch.full((2, 40, 40), 0.5)
    item = torch.full((2, 28, 28), 0.9)
    places = torch.tensor([[4.0, 4.0, 0.6], [2.3, 1.1, 1.3]])
    scene = paint(behind, item, places)
    assert scene[:, 10:18, 10:18].sub(0.9).abs().max() < 1e-3
    assert (scene > 0.5 - 1e-6).all() and (scene < 0.9 + 1e-6).all()
    assert (scene[0, :3] == 0.5).all()


def test_items_lie_within_the_scene_and_do_not_hide_each_other():
    scenes = compose(material("valid"), 300, items=(2, 5), overlap=0.3)
    assert scenes.images.shape == (300, 1, 96, 96)
    assert scenes.images.min() >= -1e-6 and scenes.images.max() <= 1 + 1e-5
    present = scenes.labels >= 0
    boxes = scenes.boxes[present]
    assert boxes.min() >= 0 and boxes.max() <= 96
    assert (boxes[:, 2:] > boxes[:, :2] + 2).all()
    assert (scenes.boxes[~present] == 0).all()
    shared = shares(scenes.boxes, scenes.boxes)
    shared.diagonal(dim1=1, dim2=2).zero_()
    assert 0.2 < shared.max() <= 0.3 + 1e-5
    counts = present.sum(dim=1).bincount()
    assert len(counts) == 6 and counts[0] == 0 and counts[2:].min() > 30
    assert set(scenes.photos.tolist()) == set(range(5))


def test_places_that_do_not_fit_are_said():
    extent = torch.tensor([0.0, 0, 28, 28]).expand(7, 9, 4)
    boxes, _, fits = arrange(extent, 60, (40, 40), 0.0, {})
    assert (fits.sum(dim=1) >= 1).all() and not fits.all()
    assert (boxes[~fits] == 0).all()


def test_the_same_generator_gives_the_same_scenes():
    some = material("valid")
    one, same, other = (
        compose(some, 9, generator=torch.Generator().manual_seed(seed))
        for seed in (1, 1, 2)
    )
    for a, b in zip(one, same, strict=True):
        assert torch.equal(a, b)
    assert not torch.equal(one.images, other.images)


def test_the_sets_share_no_item_and_no_pixel():
    train, valid, test = (material(s) for s in ("train", "valid", "test"))
    assert [len(m.items) for m in (train, valid, test)] == [55000, 5000, 10000]
    for one, other, last in zip(
        train.photos, valid.photos, test.photos, strict=True
    ):
        assert min(photo.shape[1] for photo in (one, other, last)) >= 96
        assert one.shape[1] == pytest.approx(2 * other.shape[1], abs=2)
    whole = torch.cat([p.photos[1] for p in (train, valid, test)], dim=1)
    assert whole.shape == (512, 512)  # the camera's, side by side


def test_a_loader_composes_new_scenes_every_time():
    loader = SceneLoader(
        simple_material(), 10, 4, device="cpu", size=60, items=(1, 2)
    )
    assert len(loader) == 2
    first, again = list(loader), list(loader)
    assert [len(batch.images) for batch in first] == [4, 4]
    assert first[0].images.shape[2:] == (60, 60)
    assert not torch.equal(first[0].images, again[0].images)


def test_everything_is_made_on_the_device_of_the_material():
    """Under another default device, what forgets to ask would stand there."""
    some = material("valid")
    with torch.device("meta"):
        scenes = compose(some, 5)
        for image, box in zip(scenes.images, scenes.boxes, strict=True):
            assert image.device.type == box.device.type == "cpu"


def test_truths_are_the_items_that_are_there():
    scenes = compose(simple_material(), 9, items=(0, 3))
    for (boxes, labels), every, marks in zip(
        truths(scenes), scenes.boxes, scenes.labels, strict=True
    ):
        assert torch.equal(boxes, every[marks >= 0])
        assert labels.tolist() == [k for k in marks.tolist() if k >= 0]
