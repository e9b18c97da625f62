"""Scenes: exact boxes, splits that share nothing, windows with landmarks."""

import pytest
import torch

from dlbook.data.images import fashion_file
from dlbook.vision.scenes import (
    SceneLoader,
    SceneSource,
    arrange,
    backgrounds,
    compose,
    extreme_points,
    ground_truth,
    intersection_over_smaller,
    mirror_half,
    paste,
    scene_source,
    visible_boxes,
    window_set,
)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def generator(seed):
    return torch.Generator().manual_seed(seed)


def rectangles():
    """White rectangles, one for each label, on black photographs."""
    items = torch.zeros(3, 28, 28)
    items[0, 2:26, 10:18] = 1
    items[1, 12:20, :] = 1
    items[2] = 1
    photos = [torch.zeros(100, 120)] * 2
    return SceneSource(items, torch.arange(3), photos)


def test_boxes_hold_the_visible_rows_and_columns():
    assert visible_boxes(rectangles().items).tolist() == [
        [10, 2, 18, 26], [0, 12, 28, 20], [0, 0, 28, 28]
    ]  # fmt: skip
    picture = torch.zeros(20, 30)
    picture[3, 7] = picture[11, 4] = 1
    assert visible_boxes(picture).tolist() == [4, 3, 8, 12]


def test_boxes_of_scenes_are_exact():
    for _ in range(20):
        scenes = compose(rectangles(), 10, items=(1, 1))
        for image, box in zip(scenes.images[:, 0], scenes.boxes, strict=True):
            left, top, right, bottom = box[0].tolist()
            for line, start, end in [
                (image.amax(dim=0), left, right),
                (image.amax(dim=1), top, bottom),
            ]:
                visible = line.nonzero()[:, 0]
                assert visible[0] == pytest.approx(start, abs=1.6)
                assert visible[-1] + 1 == pytest.approx(end, abs=1.6)
            light = image.sum().item()
            size = (right - left) * (bottom - top)
            assert light == pytest.approx(size, rel=0.02)


def test_half_of_the_pictures_are_mirrored_and_none_is_upside_down():
    pictures = torch.rand(300, 5, 7)
    mirrored = mirror_half(pictures)
    as_they_were = (mirrored == pictures).all(dim=(1, 2))
    left_to_right = (mirrored == pictures.flip(2)).all(dim=(1, 2))
    assert (as_they_were ^ left_to_right).all()
    assert 100 < left_to_right.sum() < 200


def test_items_of_scenes_are_mirrored_and_none_is_upside_down():
    """An item with all its light at the upper left, on black."""
    item = torch.full((1, 28, 28), 0.1)
    item[0, :10, :10] = 1
    source = SceneSource(item, torch.tensor([0]), [torch.zeros(100, 100)])
    scenes = compose(source, 200, size=40, items=(1, 1), sides=(28, 28))
    brightest = scenes.images.flatten(1) > 0.9
    places = torch.arange(40) + 0.5
    y, x = torch.meshgrid(places, places, indexing="ij")
    count = brightest.sum(dim=1)
    boxes = scenes.boxes[:, 0]
    across = (brightest * x.flatten()).sum(dim=1) / count - boxes[:, 0]
    down = (brightest * y.flatten()).sum(dim=1) / count - boxes[:, 1]
    assert (down < 7).all()
    assert ((across < 7) | (across > 21)).all()
    assert 60 < (across > 21).sum() < 140


def test_backgrounds_are_mirrored_and_none_is_upside_down():
    rows, columns = torch.arange(50.0)[:, None], torch.arange(70.0)
    photos = [1000 * rows + columns, -1000 * rows - columns]
    crops, chosen = backgrounds(photos, 200, 30, device="cpu")
    sign = torch.where(chosen == 0, 1, -1)
    downwards = crops.diff(dim=1).flatten(1).unique(dim=1)
    assert torch.equal(downwards, 1000.0 * sign[:, None])
    to_the_right = crops.diff(dim=2).flatten(1).unique(dim=1)
    assert to_the_right.shape == (200, 1)
    mirrored = to_the_right[:, 0] != sign
    assert 60 < mirrored.sum() < 140
    assert 60 < chosen.sum() < 140


def test_an_item_in_its_own_size_is_copied():
    item = torch.rand(1, 28, 20).clamp(min=0.1)
    origin, scale = torch.tensor([[5.0, 9.0]]), torch.ones(1)
    scene = paste(torch.zeros(1, 50, 60), item, origin, scale)
    torch.testing.assert_close(scene[:, 9:37, 5:25], item)
    assert scene.sum() == pytest.approx(item.sum().item())


def test_a_pasted_item_hides_what_is_behind_and_is_not_brighter_than_itself():
    behind = torch.full((2, 40, 40), 0.5)
    item = torch.full((2, 28, 28), 0.9)
    origins = torch.tensor([[4.0, 4.0], [2.3, 1.1]])
    scene = paste(behind, item, origins, torch.tensor([0.6, 1.3]))
    assert scene[:, 10:18, 10:18].sub(0.9).abs().max() < 1e-3
    assert (scene > 0.5 - 1e-6).all() and (scene < 0.9 + 1e-6).all()
    assert (scene[0, :3] == 0.5).all()


def test_items_lie_within_the_scene_and_do_not_hide_each_other():
    scenes = compose(scene_source("valid"), 300, items=(2, 5), max_overlap=0.3)
    assert scenes.images.shape == (300, 1, 96, 96)
    assert scenes.images.min() >= -1e-6 and scenes.images.max() <= 1 + 1e-5
    present = scenes.labels >= 0
    boxes = scenes.boxes[present]
    assert boxes.min() >= 0 and boxes.max() <= 96
    assert (boxes[:, 2:] > boxes[:, :2] + 2).all()
    assert (scenes.boxes[~present] == 0).all()
    shared = intersection_over_smaller(scenes.boxes, scenes.boxes)
    shared.diagonal(dim1=1, dim2=2).zero_()
    assert 0.2 < shared.max() <= 0.3 + 1e-5
    counts = present.sum(dim=1).bincount()
    assert len(counts) == 6 and counts[0] == 0 and counts[2:].min() > 30
    assert set(scenes.photos.tolist()) == set(range(5))


def test_arrange_tells_where_items_do_not_fit():
    visible = torch.tensor([0.0, 0, 28, 28]).expand(7, 9, 4)
    boxes, _, _, fits = arrange(visible, 60, (40, 40), 0.0)
    assert (fits.sum(dim=1) >= 1).all() and not fits.all()
    assert (boxes[~fits] == 0).all()


def test_the_same_generator_gives_the_same_scenes():
    source = scene_source("valid")
    first, same, different = (
        compose(source, 9, generator=generator(seed)) for seed in (1, 1, 2)
    )
    for a, b in zip(first, same, strict=True):
        assert torch.equal(a, b)
    assert not torch.equal(first.images, different.images)


def test_the_splits_share_no_item_and_no_pixel():
    train, valid, test = map(scene_source, ("train", "valid", "test"))
    assert [len(s.items) for s in (train, valid, test)] == [55000, 5000, 10000]
    images, labels = fashion_file("train")
    together = torch.cat([train.items, valid.items])
    assert torch.equal(together, images.float() / 255)
    assert torch.equal(torch.cat([train.labels, valid.labels]), labels.long())
    assert torch.equal(test.items, fashion_file("t10k")[0].float() / 255)
    for photos in zip(train.photos, valid.photos, test.photos, strict=True):
        widths = [photo.shape[1] for photo in photos]
        assert min(widths) >= 96
        assert widths[0] == pytest.approx(2 * widths[1], abs=2)
    whole = torch.cat([s.photos[1] for s in (train, valid, test)], dim=1)
    assert whole.shape == (512, 512)  # the camera's, side by side


def test_a_loader_composes_new_scenes_every_time():
    loader = SceneLoader(
        rectangles(), 10, 4, device="cpu", size=60, items=(1, 2)
    )
    assert len(loader) == 2
    first, again = list(loader), list(loader)
    assert [len(batch.images) for batch in first] == [4, 4]
    assert first[0].images.shape[2:] == (60, 60)
    assert first[0].labels.shape == (4, 2)
    assert not torch.equal(first[0].images, again[0].images)


def test_a_rehearsal_has_two_batches_of_scenes(monkeypatch):
    assert len(SceneLoader(rectangles(), 100, 4)) == 25
    monkeypatch.setenv("DLBOOK_REHEARSE", "1")
    assert len(list(SceneLoader(rectangles(), 100, 4))) == 2


def test_ground_truth_is_what_is_there():
    scenes = compose(rectangles(), 9, items=(0, 3))
    for (boxes, labels), all_boxes, all_labels in zip(
        ground_truth(scenes), scenes.boxes, scenes.labels, strict=True
    ):
        assert torch.equal(boxes, all_boxes[all_labels >= 0])
        assert labels.tolist() == [k for k in all_labels.tolist() if k >= 0]


def test_the_extreme_points_of_a_triangle():
    image = torch.zeros(1, 1, 20, 30)
    for row in range(5, 15):  # its right angle is at the lower left
        image[0, 0, row, 4:row] = 1
    left, top, right, bottom = extreme_points(image)[0].tolist()
    assert left == [4.5, 10]  # the mean of rows 5 to 14
    assert top == [4.5, 5.5]
    assert right == [13.5, 14.5]
    assert bottom == [9, 14.5]


def test_extreme_points_lie_on_the_sides_of_the_box():
    images, boxes, labels, points = window_set(
        scene_source("valid"), 1300, generator=generator(3)
    ).tensors
    present = labels >= 0
    assert images.shape == (1300, 1, 40, 40)
    assert 0.4 < present.float().mean() < 0.6
    assert (boxes[~present] == 0).all()
    boxes, points = 40 * boxes[present], 40 * points[present]
    sides = torch.stack([points[:, 0, 0], points[:, 1, 1],
                         points[:, 2, 0], points[:, 3, 1]], dim=1)  # fmt: skip
    assert (sides - boxes).abs().mean() < 1
    assert (points >= 0).all() and (points <= 40).all()
    assert images.amin() < images.amax()


def test_a_seed_is_a_set_of_windows():
    source = scene_source("valid")
    first, same, different = (
        window_set(source, 20, generator=generator(seed)).tensors
        for seed in (1, 1, 2)
    )
    for a, b in zip(first, same, strict=True):
        assert torch.equal(a, b)
    assert not torch.equal(first[0], different[0])


def test_everything_is_made_on_the_device_of_the_source():
    """Under another default device, what forgets to ask would stand there."""
    source = scene_source("valid")
    with torch.device("meta"):
        scenes = compose(source, 5)
        for image, box in zip(scenes.images, scenes.boxes, strict=True):
            assert image.device.type == box.device.type == "cpu"
        windows = window_set(source, 5, generator=generator(3))
        assert all(t.device.type == "cpu" for t in windows.tensors)
