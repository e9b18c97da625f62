"""Boxes: two ways to write them, how much they overlap, how to learn them.

A box is four numbers in pixels, along the last axis. As *corners* they are
left, top, right, bottom; as *centres* they are the x and y of the middle,
width and height. Functions take corners unless they say otherwise.
"""

import torch

SCALES = (0.1, 0.1, 0.2, 0.2)  # typical sizes of the four offsets


def corners(boxes):
    """Boxes (..., 4) from centres to corners."""
    middle, size = boxes[..., :2], boxes[..., 2:]
    return torch.cat([middle - size / 2, middle + size / 2], dim=-1)


def centres(boxes):
    """Boxes (..., 4) from corners to centres."""
    low, high = boxes[..., :2], boxes[..., 2:]
    return torch.cat([(low + high) / 2, high - low], dim=-1)


def area(boxes):
    """Areas (...,) of boxes (..., 4)."""
    left, top, right, bottom = boxes.unbind(-1)
    return (right - left) * (bottom - top)


def intersection(boxes, others):
    """Areas (..., N, M) that boxes (..., N, 4) share with (..., M, 4)."""
    boxes, others = boxes[..., :, None, :], others[..., None, :, :]
    left, top, right, bottom = boxes.unbind(-1)  # (..., N, 1) each
    others_left, others_top, others_right, others_bottom = others.unbind(-1)
    width = right.minimum(others_right) - left.maximum(others_left)
    height = bottom.minimum(others_bottom) - top.maximum(others_top)
    return width.clamp(min=0) * height.clamp(min=0)


def iou(boxes, others):
    """Intersection over union (..., N, M) of boxes with other boxes.

    The axes before (N, 4) and (M, 4) are broadcast. Two boxes without any
    area have 0, not 0 / 0.
    """
    shared = intersection(boxes, others)
    union = area(boxes)[..., :, None] + area(others)[..., None, :] - shared
    return shared / union.clamp(min=1e-9)


def clip(boxes, height: int, width: int):
    """The parts of boxes (..., 4) that lie within the image."""
    limits = boxes.new_tensor([width, height, width, height])
    return torch.minimum(boxes.clamp(min=0), limits)


def encode(boxes, anchors):
    """Offsets (..., 4) that lead from anchors to boxes, both corners.

    Steps are in units of the anchor, sizes are logarithms of ratios, and all
    are divided by `SCALES` (Liu et al., 2016, equation 2).
    """
    box, anchor = centres(boxes), centres(anchors)
    step = (box[..., :2] - anchor[..., :2]) / anchor[..., 2:]
    growth = (box[..., 2:] / anchor[..., 2:]).log()
    offsets = torch.cat([step, growth], dim=-1)
    return offsets / offsets.new_tensor(SCALES)


def decode(offsets, anchors):
    """The boxes (..., 4) to which the offsets lead: `encode` undone."""
    anchor = centres(anchors)
    offsets = offsets * offsets.new_tensor(SCALES)
    middle = anchor[..., :2] + offsets[..., :2] * anchor[..., 2:]
    size = anchor[..., 2:] * offsets[..., 2:].exp()
    return corners(torch.cat([middle, size], dim=-1))
