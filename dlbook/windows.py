"""Windows with one item or none, its box, its class, and its landmarks."""

import torch
from torch.utils.data import TensorDataset

from dlbook.scenes import compose


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
