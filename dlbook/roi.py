"""Region-of-interest pooling: Girshick, 2015, section 2.1."""


def roi_pool(features, boxes, *, size: int, scale: float):
    """The largest features of each cell of each box: (N, C, size, size).

    A box of `boxes` (N, 4), corners in pixels of the image, is laid on the
    maps `features` (C, H, W), which are `scale` times as large, and rounded
    to whole places, at least one. It is cut into `size` x `size` cells as
    even as places allow. A cell outside of the maps holds 0.
    """
    C, H, W = features.shape
    places = (boxes * scale + 0.5).floor().long()
    pooled = features.new_zeros(len(boxes), C, size, size)
    for n, (left, top, right, bottom) in enumerate(places.tolist()):
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

    Cells overlap by a place where the length cannot be divided evenly.
    """
    ends = []
    for i in range(count):
        first = start + i * length // count
        last = start + -(-(i + 1) * length // count)  # rounded up
        ends.append((min(max(first, 0), limit), min(max(last, 0), limit)))
    return ends
