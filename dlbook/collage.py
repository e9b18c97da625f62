"""How pictures are scaled, placed, and laid on photographs, many at once.

`drawn` is where random numbers come from: {"generator": ..., "device": ...}.
"""

import torch

from dlbook.boxes import area, intersection

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
