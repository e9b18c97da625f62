"""Boxes: two ways to write them, how much they overlap, how to learn them.

A box is four numbers in pixels, along the last axis. As *corners* they are
left, top, right, bottom; as *centres* they are the x and y of the centre,
width and height. Functions take corners unless they say otherwise.
"""

import torch

SHIFT_SCALE, GROWTH_SCALE = 0.1, 0.2  # typical sizes of the offsets


def corners(boxes):
    """Boxes (..., 4) from centres to corners."""
    centre, size = boxes[..., :2], boxes[..., 2:]
    return torch.cat([centre - size / 2, centre + size / 2], dim=-1)


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

    A shift in units of the anchor and the logarithm of growth, across and
    down, each divided by its typical size (Liu et al., 2016, equation 2).
    """
    box, anchor = centres(boxes), centres(anchors)
    shift = (box[..., :2] - anchor[..., :2]) / anchor[..., 2:]
    growth = (box[..., 2:] / anchor[..., 2:]).log()
    return torch.cat([shift / SHIFT_SCALE, growth / GROWTH_SCALE], dim=-1)


def decode(offsets, anchors):
    """The boxes (..., 4) to which the offsets lead: `encode` undone."""
    anchor = centres(anchors)
    shift = SHIFT_SCALE * offsets[..., :2]
    growth = GROWTH_SCALE * offsets[..., 2:]
    centre = anchor[..., :2] + shift * anchor[..., 2:]
    size = anchor[..., 2:] * growth.exp()
    return corners(torch.cat([centre, size], dim=-1))
