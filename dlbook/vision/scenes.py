"""Scenes: clothes of Fashion-MNIST on photographs, with their exact boxes."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from dlbook.data.images import fashion_file, photo
from dlbook.runtime import to_device
from dlbook.vision.boxes import area, intersection

PHOTOS = ("astronaut", "camera", "cat", "coffee", "rocket")
SPLITS = {"train": (0.0, 0.5), "valid": (0.5, 0.75), "test": (0.75, 1.0)}


class Scenes(NamedTuple):
    """N scenes with room for M items each.

    images (N, 1, H, W) in 0..1; boxes (N, M, 4) corners in pixels; labels
    (N, M) in 0..9, or -1 where there is no item; photos (N,) say which of
    `PHOTOS` is the background.
    """

    images: Tensor
    boxes: Tensor
    labels: Tensor
    photos: Tensor


class Material(NamedTuple):
    """What the scenes of one split are made of: items and backgrounds."""

    items: Tensor  # (N, 28, 28) in 0..1
    labels: Tensor  # (N,)
    photos: list  # one (H, W) in 0..1 for each name in PHOTOS


def material(split: str) -> Material:
    """Items and photographs of "train", "valid" or "test".

    The sets share nothing: items are those of Fashion-MNIST's own sets (the
    last 5,000 training images validate), and of each photograph the left
    half trains, the third quarter validates, the last quarter tests.
    """
    images, labels = fashion_file("t10k" if split == "test" else "train")
    if split != "test":
        part = slice(-5000) if split == "train" else slice(-5000, None)
        images, labels = images[part], labels[part]
    start, end = SPLITS[split]
    photos = []
    for name in PHOTOS:
        grey = photo(name).float().mean(dim=0) / 255  # (H, W)
        width = grey.shape[1]
        photos.append(grey[:, int(start * width) : int(end * width)])
    return Material(images.float() / 255, labels.long(), photos)


def compose(
    material: Material,
    count: int,
    *,
    size: int = 96,
    items: tuple[int, int] = (2, 5),
    sides: tuple[int, int] = (24, 48),
    overlap: float = 0.3,
    generator=None,
) -> Scenes:
    """`count` new scenes of `size` x `size` pixels.

    Each has a random number of items within `items` (fewer where they do not
    fit), drawn with replacement, mirrored half of the time, scaled to a side
    within `sides`. No two of them share more than `overlap` of the smaller
    one. Later items lie over earlier ones. All is done on the device of the
    material, where `generator` has to be too.
    """
    low, slots = items
    drawn = {"generator": generator, "device": material.items.device}
    images, photos = backgrounds(material.photos, count, size, drawn)
    number = torch.randint(low, slots + 1, (count, 1), **drawn)
    chosen = torch.randint(len(material.items), (count, slots), **drawn)
    pictures = material.items[chosen]  # (N, M, 28, 28)
    mirrored = torch.rand(count, slots, **drawn) < 0.5
    pictures[mirrored] = pictures[mirrored].flip(-1)
    boxes, places, fits = arrange(
        extents(pictures), size, sides, overlap, drawn
    )
    present = fits & (torch.arange(slots, device=fits.device) < number)
    for slot in range(slots):
        shown = pictures[:, slot] * present[:, slot, None, None]
        images = paint(images, shown, places[:, slot])
    labels = material.labels[chosen].where(present, -1)
    return Scenes(images[:, None], boxes * present[..., None], labels, photos)


class SceneLoader:
    """Batches of scenes, composed anew each time they are asked for.

    An epoch has `count` scenes, made on `device`. `options` are those of
    `compose`.
    """

    def __init__(
        self, material, count: int, batch_size: int, *, device=None, **options
    ):
        if device is not None:
            material = to_device(material, device)
        self.material, self.options = material, options
        self.batch_size, self.length = batch_size, count // batch_size

    def __len__(self):
        return self.length

    def __iter__(self):
        for _ in range(self.length):
            yield compose(self.material, self.batch_size, **self.options)


def truths(scenes: Scenes) -> list[tuple[Tensor, Tensor]]:
    """What is there, scene by scene: boxes (M_i, 4) and labels (M_i,)."""
    rows = zip(scenes.boxes, scenes.labels, strict=True)
    return [(boxes[k >= 0], k[k >= 0]) for boxes, k in rows]


VISIBLE = 8 / 255  # darker pixels of an item are transparent


def backgrounds(photos, count, size, drawn):
    """Random square crops (N, size, size) and the photo of each (N,)."""
    which = torch.randint(len(photos), (count,), **drawn)
    images = photos[0].new_empty(count, size, size)
    for number, photograph in enumerate(photos):
        rows = (which == number).nonzero()[:, 0]
        crops = photograph.unfold(0, size, 1).unfold(1, size, 1)
        top, left = (
            torch.randint(free, (len(rows),), **drawn)
            for free in crops.shape[:2]
        )
        images[rows] = crops[top, left]
    mirrored = torch.rand(count, **drawn) < 0.5
    images[mirrored] = images[mirrored].flip(-1)
    return images, which


def extents(pictures):
    """Corners (..., 4) of what is visible on pictures (..., 28, 28)."""
    ends = []
    for axis in (-2, -1):  # columns first: x before y
        seen = (pictures > VISIBLE).any(dim=axis).float()
        length = seen.shape[-1]
        ends.append((seen.argmax(-1), length - seen.flip(-1).argmax(-1)))
    (left, right), (top, bottom) = ends
    return torch.stack([left, top, right, bottom], dim=-1).float()


def arrange(extent, size, sides, overlap, drawn, *, tries: int = 20):
    """Where items go: boxes (N, M, 4), places (N, M, 3), fits (N, M).

    A place is the x and y of a picture's corner and its scale.
    """
    count, slots = extent.shape[:2]
    low, high = sides
    side = low + (high - low) * torch.rand(count, slots, **drawn)
    scale = side / 28
    spans = (extent[..., 2:] - extent[..., :2]) * scale[..., None]
    free = (size - spans)[:, :, None]  # (N, M, 1, 2)
    random = torch.rand(count, slots, tries, 2, **drawn)
    starts = random * free
    candidates = torch.cat([starts, starts + spans[:, :, None]], dim=-1)
    boxes = extent.new_zeros(count, slots, 4)
    fits = extent.new_zeros(count, slots, dtype=torch.bool)
    scenes = torch.arange(count, device=extent.device)
    for slot in range(slots):
        tried = candidates[:, slot]
        room = shares(tried, boxes).amax(dim=2) <= overlap  # (N, tries)
        fits[:, slot] = room.any(dim=1)
        first = room.float().argmax(dim=1)
        box = tried[scenes, first]
        boxes[:, slot] = box * fits[:, slot, None]
    corner = boxes[..., :2] - extent[..., :2] * scale[..., None]
    return boxes, torch.cat([corner, scale[..., None]], dim=-1), fits


def shares(boxes, others):
    """Shared area over that of the smaller box, shapes as in `iou`."""
    smaller = torch.minimum(
        area(boxes)[..., :, None], area(others)[..., None, :]
    )
    return intersection(boxes, others) / smaller.clamp(min=1e-9)


def paint(images, pictures, places):
    """Lay pictures (N, 28, 28) over images (N, H, W) at their places.

    Each row and column of the scene is a weighted mean of rows and columns
    of the picture, so scaling and moving are two matrix products.
    """
    down = weights(images.shape[1], places[:, 1], places[:, 2])  # (N, H, 28)
    across = weights(images.shape[2], places[:, 0], places[:, 2])
    opaque = (pictures > VISIBLE).float()
    cover = down @ opaque @ across.mT
    light = down @ (pictures * opaque) @ across.mT
    return images * (1 - cover) + light


def weights(size, start, scale, *, pixels: int = 28):
    """Linear interpolation as matrices (N, size, pixels)."""
    centre = torch.arange(size, device=start.device) + 0.5
    source = (centre - start[:, None]) / scale[:, None] - 0.5  # (N, size)
    reach = (1 / scale).clamp(min=1)[:, None, None]  # no gaps when shrinking
    around = torch.arange(-3, pixels + 3, device=start.device)
    distance = (source[..., None] - around).abs()
    weight = (1 - distance / reach).clamp(min=0)
    total = weight.sum(dim=-1, keepdim=True).clamp(min=1e-6)
    return (weight / total)[..., 3:-3]


def window_set(material, count: int, *, generator, size: int = 40):
    """`count` windows of `size` x `size` pixels, half of them empty.

    A set of images (N, 1, size, size), boxes (N, 4) and `touching_points`
    (N, 4, 2) in units of the window, and labels (N,), -1 for empty ones.
    """
    parts = [
        some_windows(material, min(1000, count - start), size, generator)
        for start in range(0, count, 1000)
    ]
    return TensorDataset(*map(torch.cat, zip(*parts, strict=True)))


def some_windows(material, count, size, generator):
    """The tensors of a part of a `window_set`."""
    black = [torch.zeros_like(photo) for photo in material.photos]
    same = torch.Generator()
    same.set_state(generator.get_state())
    scenes, bare = (
        compose(
            of, count, size=size, items=(0, 1), sides=(size // 2, size - 2),
            generator=random,
        )
        for of, random in [
            (material, generator), (material._replace(photos=black), same)
        ]
    )  # fmt: skip
    points = touching_points(bare.images)
    boxes, labels = scenes.boxes[:, 0], scenes.labels[:, 0]
    return scenes.images, boxes / size, labels, points / size


def touching_points(images):
    """Where items on black images (N, 1, H, W) touch their boxes: (N, 4, 2).

    The left, top, right and bottom point, each x and y. They are found as
    left points of pictures turned over a diagonal or mirrored.
    """
    seen = images[:, 0] > 0.1
    height, width = seen.shape[1:]
    left, top = first_touch(seen), first_touch(seen.mT).flip(1)
    right = first_touch(seen.flip(2))
    bottom = first_touch(seen.mT.flip(2)).flip(1)
    right[:, 0], bottom[:, 1] = width - right[:, 0], height - bottom[:, 1]
    return torch.stack([left, top, right, bottom], dim=1)


def first_touch(seen):
    """x and y (N, 2) of the leftmost light of pictures (N, H, W)."""
    column = seen.any(dim=1).float().argmax(dim=1)
    light = seen[torch.arange(len(seen)), :, column].float()  # (N, H)
    rows = torch.arange(seen.shape[1]) + 0.5
    y = (light * rows).sum(dim=1) / light.sum(dim=1).clamp(min=1)
    return torch.stack([column + 0.5, y], dim=1)
