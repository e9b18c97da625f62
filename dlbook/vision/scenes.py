"""Scenes: clothes of Fashion-MNIST pasted on photographs, boxes known.

In the order of reading: what scenes are made of, whole scenes and batches of
them, the five steps that compose one (background, boxes of items, their
arrangement, tints, pasting), and windows with at most one item and its
extreme points.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from dlbook.data.images import fashion_file, photo
from dlbook.runtime import limited, to_device
from dlbook.vision.boxes import area, intersection

PHOTOS = ("astronaut", "camera", "cat", "coffee", "rocket")
SPLITS = {"train": (0.0, 0.5), "valid": (0.5, 0.75), "test": (0.75, 1.0)}
ITEM_SIZE = 28  # pixels of an item's picture, across and down
OPAQUE = 8 / 255  # darker pixels of an item are transparent


class SceneSource(NamedTuple):
    """What the scenes of one split are composed of."""

    items: Tensor  # pictures (N, 28, 28) in 0..1
    labels: Tensor  # (N,)
    photos: list  # one (C, H, W) in 0..1 for each name in PHOTOS


class Scenes(NamedTuple):
    """B scenes with room for M items each.

    images (B, C, H, W) in 0..1; boxes (B, M, 4) corners in pixels, 0 where
    there is no item; labels (B, M) in 0..9, or -1 where there is no item;
    photos (B,) are the numbers of the backgrounds in `PHOTOS`; owners
    (B, H, W) hold the number of the item that is visible at a pixel, that
    is, the last one that covers more than half of it, or -1: background.

    Boxes are amodal: they hold a whole item, also the part that later items
    hide. The visible part of item m is `owners == m`.
    """

    images: Tensor
    boxes: Tensor
    labels: Tensor
    photos: Tensor
    owners: Tensor


def scene_source(split: str, *, grey: bool = False) -> SceneSource:
    """Items and photographs, in colour or grey, of "train", "valid" or "test".

    The splits share nothing: items are those of Fashion-MNIST's own sets (the
    last 5,000 training images validate), and of each photograph the left
    half trains, the third quarter validates, the last quarter tests.
    """
    start, end = SPLITS[split]
    images, labels = fashion_file("t10k" if split == "test" else "train")
    if split == "train":
        images, labels = images[:-5000], labels[:-5000]
    elif split == "valid":
        images, labels = images[-5000:], labels[-5000:]
    photos = []
    for name in PHOTOS:
        picture = photo(name).float()
        picture = picture.mean(0, True) if grey else picture.expand(3, -1, -1)
        picture, width = picture / 255, picture.shape[2]
        photos.append(picture[..., int(start * width) : int(end * width)])
    return SceneSource(images.float() / 255, labels.long(), photos)


def compose(
    source: SceneSource,
    count: int,
    *,
    size: int = 96,
    items: tuple[int, int] = (2, 5),
    sides: tuple[int, int] = (16, 64),
    max_overlap: float = 0.4,
    generator=None,
) -> Scenes:
    """`count` new scenes of `size` x `size` pixels.

    Each has a random number of items within `items` (fewer where they do not
    fit), drawn with replacement, mirrored half of the time, tinted, scaled
    to a side within `sides`. No two of them share more than `max_overlap` of
    the smaller one's box. Later items lie over earlier ones. All is done on
    the device of the source, where `generator` has to be too.
    """
    least, most = items
    random = {"device": source.items.device, "generator": generator}
    images, photos = backgrounds(source.photos, count, size, **random)
    number = torch.randint(least, most + 1, (count, 1), **random)
    chosen = torch.randint(len(source.items), (count, most), **random)
    pictures = mirror_half(source.items[chosen], (count, most), **random)
    boxes, origins, scales, fits = arrange(
        picture_boxes(pictures), size, sides, max_overlap, generator=generator
    )
    colors = tints(images, most, **random)  # (B, M, 3)
    slots = torch.arange(most, device=number.device)
    present = fits & (slots < number)  # (B, M)
    owners = torch.full_like(images[:, 0], -1, dtype=torch.long)
    for m in range(most):
        shown = pictures[:, m] * present[:, m, None, None]
        images, cover = paste(
            images, shown, colors[:, m], origins[:, m], scales[:, m]
        )
        owners = owners.where(cover <= 0.5, m)
    labels = source.labels[chosen].where(present, -1)
    return Scenes(images, boxes * present[..., None], labels, photos, owners)


def ground_truth(scenes: Scenes) -> list[tuple[Tensor, Tensor]]:
    """What is there, scene by scene: boxes (M_i, 4) and labels (M_i,)."""
    truths = []
    for boxes, labels in zip(scenes.boxes, scenes.labels, strict=True):
        truths.append((boxes[labels >= 0], labels[labels >= 0]))
    return truths


class SceneLoader:
    """Batches of scenes, composed anew each time they are asked for.

    An epoch has `count // batch_size` batches of `batch_size` scenes, made on
    `device`; in a rehearsal at most two batches. `size`, `items` and `sides`
    are those of `compose`. Draws from PyTorch's global generator.
    """

    def __init__(
        self,
        source: SceneSource,
        count: int,
        batch_size: int,
        *,
        size: int = 96,
        items: tuple[int, int] = (2, 5),
        sides: tuple[int, int] = (16, 64),
        device=None,
    ):
        if device is not None:
            source = to_device(source, device)
        self.source, self.batch_size = source, batch_size
        self.size, self.items, self.sides = size, items, sides
        self.length = limited(count // batch_size)

    def __len__(self):
        return self.length

    def __iter__(self):
        for _ in range(self.length):
            yield compose(
                self.source, self.batch_size, size=self.size,
                items=self.items, sides=self.sides,
            )  # fmt: skip


def backgrounds(photos, count: int, size: int, *, device, generator=None):
    """Random crops (B, C, size, size), and which photo each is from (B,).

    Half of the crops are mirrored.
    """
    random = {"device": device, "generator": generator}
    chosen = torch.randint(len(photos), (count,), **random)
    images = photos[0].new_empty(count, len(photos[0]), size, size)
    for number, photograph in enumerate(photos):
        rows = (chosen == number).nonzero()[:, 0]
        crops = photograph.unfold(1, size, 1).unfold(2, size, 1)
        top = torch.randint(crops.shape[1], (len(rows),), **random)
        left = torch.randint(crops.shape[2], (len(rows),), **random)
        images[rows] = crops[:, top, left].transpose(0, 1)
    return mirror_half(images, (count,), **random), chosen


def mirror_half(pictures, shape, *, device, generator=None):
    """Pictures (*shape, ..., H, W), half of them turned left to right."""
    turned = torch.rand(shape, device=device, generator=generator) < 0.5
    ones = (1,) * (pictures.ndim - turned.ndim)
    return pictures.flip(-1).where(turned.view(*shape, *ones), pictures)


def tints(images, count: int, *, device, generator=None):
    """Colours (B, count, C) whose largest component is 1.

    Each has the hue of a random pixel of the `images` (B, C, H, W), so that
    items have the colours of backgrounds, and an item's own colour says
    nothing about its class. Grey images (C = 1) have no hue.
    """
    B, C, H, W = images.shape
    if C == 1:
        return images.new_ones(B, count, 1)
    random = {"device": device, "generator": generator}
    image = torch.randint(B, (B, count), **random)
    pixel = torch.randint(H * W, (B, count), **random)
    colors = images.flatten(2).mT[image, pixel] + 1e-3  # black becomes grey
    return colors / colors.amax(dim=2, keepdim=True)


def picture_boxes(pictures):
    """Corners (..., 4) around the opaque pixels of pictures (..., H, W)."""
    opaque = pictures > OPAQUE
    left, right = first_and_last(opaque.any(dim=-2))
    top, bottom = first_and_last(opaque.any(dim=-1))
    return torch.stack([left, top, right, bottom], dim=-1).float()


def first_and_last(line):
    """Number of the first True of lines (..., L), and one past the last."""
    line = line.float()
    return line.argmax(-1), line.shape[-1] - line.flip(-1).argmax(-1)


def arrange(
    inner,
    size: int,
    sides: tuple[int, int],
    max_overlap: float,
    *,
    tries: int = 20,
    generator=None,
):
    """Random positions and scales for M items in each of B scenes.

    `inner` (B, M, 4) are the boxes of the items within their pictures. Each
    item gets the first of `tries` random positions at which it overlaps no
    earlier item too much.

    Returns:
        boxes (B, M, 4) in the scene; origins (B, M, 2), the x and y of the
        pictures' top left corners, and their scales (B, M); fits (B, M),
        False where no try succeeded.
    """
    B, M = inner.shape[:2]
    random = {"device": inner.device, "generator": generator}
    low, high = sides
    scales = (low + (high - low) * torch.rand(B, M, **random)) / ITEM_SIZE
    spans = (inner[..., 2:] - inner[..., :2]) * scales[..., None]
    starts = torch.rand(B, M, tries, 2, **random)
    starts = starts * (size - spans)[:, :, None]
    candidates = torch.cat([starts, starts + spans[:, :, None]], dim=-1)
    boxes = inner.new_zeros(B, M, 4)
    fits = inner.new_zeros(B, M, dtype=torch.bool)
    scene = torch.arange(B, device=inner.device)
    for m in range(M):
        overlap = intersection_over_smaller(candidates[:, m], boxes)
        free = overlap.amax(dim=2) <= max_overlap  # (B, tries)
        fits[:, m] = free.any(dim=1)
        first = free.float().argmax(dim=1)
        boxes[:, m] = candidates[scene, m, first] * fits[:, m, None]
    origins = boxes[..., :2] - inner[..., :2] * scales[..., None]
    return boxes, origins, scales, fits


def intersection_over_smaller(boxes, others):
    """Shared area over that of the smaller box, shapes as in `iou`."""
    smaller = area(boxes)[..., :, None].minimum(area(others)[..., None, :])
    return intersection(boxes, others) / smaller.clamp(min=1e-9)


def paste(images, pictures, colors, origins, scales):
    """Lay pictures (B, h, w) over images (B, C, H, W), and their cover.

    Pictures are tinted with colors (B, C). `origins` (B, 2) are x and y of
    each picture's top left corner, `scales` (B,) its size in the scene over
    its own. Dark pixels are transparent. Each row and column of the scene is
    a weighted mean of rows and columns of the picture, so scaling and moving
    are two matrix products. The cover (B, H, W) is the opaque part of each
    pixel, in 0..1.
    """
    *_, H, W = images.shape
    _, h, w = pictures.shape
    down = resize_weights(H, origins[:, 1], scales, pixels=h)  # (B, H, h)
    across = resize_weights(W, origins[:, 0], scales, pixels=w)  # (B, W, w)
    opaque = (pictures > OPAQUE).float()
    cover = down @ opaque @ across.mT  # (B, H, W)
    light = down @ (pictures * opaque) @ across.mT
    tinted = light[:, None] * colors[..., None, None]
    return images * (1 - cover[:, None]) + tinted, cover


def resize_weights(size: int, start, scale, *, pixels: int):
    """Linear interpolation of a line of pixels as matrices (B, size, pixels).

    The line begins at `start` (B,) and is stretched by `scale` (B,). Where it
    shrinks, each position averages all pixels that fall on it.
    """
    centre = torch.arange(size, device=start.device) + 0.5
    source = (centre - start[:, None]) / scale[:, None] - 0.5  # (B, size)
    reach = (1 / scale).clamp(min=1)[:, None, None]  # no gaps when shrinking
    around = torch.arange(-3, pixels + 3, device=start.device)
    distance = (source[..., None] - around).abs()
    weight = (1 - distance / reach).clamp(min=0)
    total = weight.sum(dim=-1, keepdim=True).clamp(min=1e-6)
    return (weight / total)[..., 3:-3]


def window_set(source, count: int, *, generator, size: int = 40):
    """`count` windows of `size` x `size` pixels, half of them empty.

    A data set of images (N, 3, size, size), boxes (N, 4) and `extreme_points`
    (N, 4, 2) in units of the window, and labels (N,), -1 for empty ones.
    """
    chunks = []
    for start in range(0, count, 1000):
        scenes = compose(
            source,
            min(1000, count - start),
            size=size,
            items=(0, 1),
            sides=(size // 2, size - 2),
            generator=generator,
        )
        points = extreme_points(scenes.owners == 0) / size
        boxes, labels = scenes.boxes[:, 0] / size, scenes.labels[:, 0]
        chunks.append((scenes.images, boxes, labels, points))
    return TensorDataset(*map(torch.cat, zip(*chunks, strict=True)))


def extreme_points(visible):
    """Where items, True in (B, H, W), touch their boxes: (B, 4, 2).

    The left, top, right and bottom point, each x and y in pixels. The others
    are found as left points of masks that are transposed or mirrored.
    """
    H, W = visible.shape[1:]
    left = leftmost_point(visible)
    top = leftmost_point(visible.mT).flip(1)
    right = leftmost_point(visible.flip(2))
    bottom = leftmost_point(visible.mT.flip(2)).flip(1)
    right[:, 0], bottom[:, 1] = W - right[:, 0], H - bottom[:, 1]
    return torch.stack([left, top, right, bottom], dim=1)


def leftmost_point(visible):
    """x and y (B, 2) of the leftmost visible pixels of masks (B, H, W).

    Where a column holds several, y is their mean.
    """
    B, H, _ = visible.shape
    device = visible.device
    column = visible.any(dim=1).float().argmax(dim=1)
    pixels = visible[torch.arange(B, device=device), :, column].float()
    rows = torch.arange(H, device=device) + 0.5
    y = (pixels * rows).sum(dim=1) / pixels.sum(dim=1).clamp(min=1)
    return torch.stack([column + 0.5, y], dim=1)
