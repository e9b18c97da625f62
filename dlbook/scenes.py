"""Scenes: clothes of Fashion-MNIST on photographs, with their exact boxes."""

from typing import NamedTuple

import torch
from torch import Tensor

from dlbook.collage import arrange, backgrounds, extents, paint
from dlbook.data import fashion_file, photo
from dlbook.runtime import to_device

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
