"""Scenes: exact boxes, splits that share nothing, windows with landmarks."""

import pytest
import torch

from dlbook.data.images import fashion_file
from dlbook.vision import scenes as scenes_module
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
    picture_boxes,
    scene_source,
    tints,
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
    photos = [torch.zeros(3, 100, 120)] * 2
    return SceneSource(items, torch.arange(3), photos)


def test_boxes_hold_the_visible_rows_and_columns():
    assert picture_boxes(rectangles().items).tolist() == [
        [10, 2, 18, 26], [0, 12, 28, 20], [0, 0, 28, 28]
    ]  # fmt: skip
    picture = torch.zeros(20, 30)
    picture[3, 7] = picture[11, 4] = 1
    assert picture_boxes(picture).tolist() == [4, 3, 8, 12]


def test_boxes_of_scenes_are_exact():
    for _ in range(20):
        scenes = compose(rectangles(), 10, items=(1, 1), sides=(24, 48))
        brightest = scenes.images.amax(dim=1)
        for image, box in zip(brightest, scenes.boxes, strict=True):
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
    pictures = torch.rand(20, 15, 3, 5, 7)
    mirrored = mirror_half(pictures, (20, 15), device="cpu")
    as_they_were = (mirrored == pictures).all(dim=(2, 3, 4))
    left_to_right = (mirrored == pictures.flip(4)).all(dim=(2, 3, 4))
    assert (as_they_were ^ left_to_right).all()
    assert 100 < left_to_right.sum() < 200


def test_items_of_scenes_are_mirrored_and_none_is_upside_down():
    """An item with all its light at the upper left, on black."""
    item = torch.full((1, 28, 28), 0.1)
    item[0, :10, :10] = 1
    source = SceneSource(item, torch.tensor([0]), [torch.zeros(3, 100, 100)])
    scenes = compose(source, 200, size=40, items=(1, 1), sides=(28, 28))
    brightest = scenes.images.amax(dim=1).flatten(1) > 0.9
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
    photo = (1000 * rows + columns).expand(3, -1, -1)
    photos = [photo, -photo]
    crops, chosen = backgrounds(photos, 200, 30, device="cpu")
    sign = torch.where(chosen == 0, 1, -1)
    assert crops.shape == (200, 3, 30, 30)
    downwards = crops.diff(dim=2).flatten(1).unique(dim=1)
    assert torch.equal(downwards, 1000.0 * sign[:, None])
    to_the_right = crops.diff(dim=3).flatten(1).unique(dim=1)
    assert to_the_right.shape == (200, 1)
    mirrored = to_the_right[:, 0] != sign
    assert 60 < mirrored.sum() < 140
    assert 60 < chosen.sum() < 140


def test_an_item_in_its_own_size_is_copied_in_its_color():
    item = torch.rand(1, 28, 20).clamp(min=0.1)
    origin, scale = torch.tensor([[5.0, 9.0]]), torch.ones(1)
    color = torch.tensor([[1.0, 0.5, 0.2]])
    black = torch.zeros(1, 3, 50, 60)
    scene, cover = paste(black, item, color, origin, scale)
    for image, part in zip(scene[0], color[0], strict=True):
        torch.testing.assert_close(image[9:37, 5:25], part * item[0])
    assert scene.sum() == pytest.approx(1.7 * item.sum().item(), rel=1e-5)
    assert (cover[:, 9:37, 5:25] == 1).all() and cover.sum() == 28 * 20


def test_a_pasted_item_hides_what_is_behind_and_is_not_brighter_than_itself():
    behind = torch.full((2, 3, 40, 40), 0.5)
    item = torch.full((2, 28, 28), 0.9)
    origins = torch.tensor([[4.0, 4.0], [2.3, 1.1]])
    scales = torch.tensor([0.6, 1.3])
    scene, _ = paste(behind, item, torch.ones(2, 3), origins, scales)
    assert scene[..., 10:18, 10:18].sub(0.9).abs().max() < 1e-3
    assert (scene > 0.5 - 1e-6).all() and (scene < 0.9 + 1e-6).all()
    assert (scene[0, :, :3] == 0.5).all()


def test_a_later_item_owns_what_it_hides(monkeypatch):
    """Two squares of 28 and one of 14 pixels, laid by hand."""
    origins = torch.tensor([[[5.0, 5], [20, 10], [70, 70]]])
    scales = torch.tensor([[1.0, 1, 0.5]])

    def by_hand(inner, *_, **__):
        boxes = torch.cat([origins, origins + 28 * scales[..., None]], dim=2)
        return boxes, origins, scales, torch.ones(1, 3, dtype=torch.bool)

    monkeypatch.setattr(scenes_module, "arrange", by_hand)
    square = SceneSource(
        torch.ones(1, 28, 28), torch.tensor([4]), [torch.zeros(3, 96, 96)]
    )
    scene = compose(square, 1, items=(3, 3))
    expected = torch.full((96, 96), -1)
    expected[5:33, 5:33] = 0
    expected[10:38, 20:48] = 1  # over the first
    expected[70:84, 70:84] = 2
    assert torch.equal(scene.owners[0], expected)
    assert scene.boxes[0, 0].tolist() == [5, 5, 33, 33]  # also what is hidden
    two = compose(square, 1, items=(0, 3), generator=generator(0))
    present = two.labels[0] >= 0
    assert set(two.owners.unique().tolist()) == {
        -1, *present.nonzero()[:, 0].tolist()
    }  # fmt: skip


def test_owners_and_boxes_agree():
    """Each side of the box of an item that lies over all is its mask's."""
    scenes = compose(scene_source("valid"), 100, generator=generator(5))
    assert scenes.owners.shape == (100, 96, 96)
    last = (scenes.labels >= 0).long().cumsum(dim=1).argmax(dim=1)
    off = []
    for owners, boxes, number in zip(
        scenes.owners, scenes.boxes, last, strict=True
    ):
        mask = picture_boxes((owners == number).float())
        off.append((mask - boxes[number]).abs().max())
    off = torch.stack(off)
    assert off.mean() < 1.5 and off.max() < 6  # straps of a pixel fade


def test_tints_are_hues_of_the_backgrounds_and_of_no_item_in_particular():
    images = torch.rand(4, 3, 1, 1).expand(4, 3, 9, 8)
    colors = tints(images, 50, device="cpu")
    assert colors.shape == (4, 50, 3) and (colors.amax(dim=2) == 1).all()
    hues = images[:, :, 0, 0] + 1e-3
    hues = hues / hues.amax(dim=1, keepdim=True)
    distance = (colors[:, :, None] - hues).abs().amax(dim=3)  # (4, 50, 4)
    assert (distance.amin(dim=2) < 1e-6).all()
    counts = distance.argmin(dim=2)[0].bincount(minlength=4)
    assert counts.min() > 3  # every scene's items, of every image's hues
    assert (tints(torch.zeros(1, 3, 2, 2), 1, device="cpu") == 1).all()


def test_items_lie_within_the_scene_and_do_not_hide_each_other():
    scenes = compose(scene_source("valid"), 300, items=(2, 5), max_overlap=0.3)
    assert scenes.images.shape == (300, 3, 96, 96)
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
        widths = [photo.shape[2] for photo in photos]
        assert min(widths) >= 96
        assert widths[0] == pytest.approx(2 * widths[1], abs=2)
    whole = torch.cat([s.photos[1] for s in (train, valid, test)], dim=2)
    assert whole.shape == (3, 512, 512)  # the camera's, side by side


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
    visible = torch.zeros(1, 20, 30, dtype=torch.bool)
    for row in range(5, 15):  # its right angle is at the lower left
        visible[0, row, 4:row] = True
    left, top, right, bottom = extreme_points(visible)[0].tolist()
    assert left == [4.5, 10]  # the mean of rows 5 to 14
    assert top == [4.5, 5.5]
    assert right == [13.5, 14.5]
    assert bottom == [9, 14.5]


def test_extreme_points_lie_on_the_sides_of_the_box():
    images, boxes, labels, points = window_set(
        scene_source("valid"), 1300, generator=generator(3)
    ).tensors
    present = labels >= 0
    assert images.shape == (1300, 3, 40, 40)
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


def test_grey_scenes_have_one_channel_and_draw_no_colors():
    grey, color = scene_source("valid", grey=True), scene_source("valid")
    for one, three in zip(grey.photos, color.photos, strict=True):
        torch.testing.assert_close(one, three.mean(dim=0, keepdim=True))
    random = generator(3)
    scenes = compose(grey, 5, size=60, items=(1, 2), generator=random)
    assert scenes.images.shape == (5, 1, 60, 60)
    colored, drawn = generator(3), random.get_state()
    same = compose(color, 5, size=60, items=(1, 2), generator=colored)
    assert torch.equal(same.boxes, scenes.boxes)
    assert torch.equal(same.owners, scenes.owners)
    assert not torch.equal(colored.get_state(), drawn)
