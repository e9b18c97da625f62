"""Features of boxes: RoI pooling (Girshick, 2015, section 2.1), RoI align.

RoI align: He, Gkioxari, Dollár, Girshick: Mask R-CNN, 2017, section 3.
"""

import torch


def roi_pool(features, boxes, *, size: int, scale: float):
    """The largest features of each cell of each box: (N, C, size, size).

    A box of `boxes` (N, 4), corners in pixels of the image, is laid on the
    maps `features` (C, H, W), which are `scale` times as large, and rounded
    to whole positions, at least one. It is cut into `size` x `size` cells as
    even as possible. A cell outside of the maps holds 0.
    """
    C, H, W = features.shape
    rounded = (boxes * scale + 0.5).floor().long()
    pooled = features.new_zeros(len(boxes), C, size, size)
    for n, (left, top, right, bottom) in enumerate(rounded.tolist()):
        rows = cells(top, max(bottom - top + 1, 1), size, H)
        columns = cells(left, max(right - left + 1, 1), size, W)
        for i, (start, end) in enumerate(rows):
            for j, (first, last) in enumerate(columns):
                if start < end and first < last:
                    cell = features[:, start:end, first:last]
                    pooled[n, :, i, j] = cell.amax(dim=(1, 2))
    return pooled


def cells(start: int, length: int, count: int, limit: int):
    """[(first, last + 1), ...] of `count` cells, cut off at 0 and limit.

    Cells overlap by a position where the length cannot be divided evenly.
    """
    ends = []
    for i in range(count):
        first = start + i * length // count
        last = start + -(-(i + 1) * length // count)  # rounded up
        ends.append((min(max(first, 0), limit), min(max(last, 0), limit)))
    return ends


def roi_align(features, boxes, *, size: int, scale: float, samples: int = 2):
    """The mean of samples in each cell of each box: (N, C, size, size).

    As `roi_pool`, but nothing is rounded: each cell is read at `samples` x
    `samples` points, between the positions of the maps (`aligned=True` and
    `sampling_ratio=samples` of torchvision).
    """
    _, H, W = features.shape
    left, top, right, bottom = (boxes * scale - 0.5).unbind(dim=1)
    rows = linear_weights(top, bottom, size, H, samples)  # (N, size, H)
    columns = linear_weights(left, right, size, W, samples)  # (N, size, W)
    return torch.einsum("nih,chw,njw->ncij", rows, features, columns)


def linear_weights(start, end, size: int, limit: int, samples: int):
    """Weight of each position in each cell of a line: (N, size, limit).

    A point at 2.3 counts position 2 by 0.7 and position 3 by 0.3. Points up
    to one position outside of 0 to `limit - 1` read the border, others 0.
    """
    steps = torch.arange(0.5, size * samples, device=start.device)
    length = (end - start)[:, None]
    points = start[:, None] + length * steps / (size * samples)
    inside = (points >= -1) & (points <= limit)
    points = points.clamp(0, limit - 1)[..., None]
    distance = (points - torch.arange(limit, device=start.device)).abs()
    weight = (1 - distance).clamp(min=0) * inside[..., None]
    return weight.unflatten(1, (size, samples)).mean(dim=2)
