"""Anchors of a single-shot detector: what each of them has to predict.

Liu et al., 2016: SSD, section 2.2. B images, N anchors, M boxes per image.
"""

import torch

from dlbook.vision.boxes import corners, encode, iou


def make_anchors(size: int, levels: dict, *, device=None):
    """Anchors (N, 4), corners, of an image of `size` x `size` pixels.

    `levels` is {stride: shapes}: at every position of a map with that stride
    there is an anchor for each (width, height) of shapes. They are numbered
    level by level, row by row, position by position, shape by shape.
    """
    anchors = []
    for stride, shapes in levels.items():
        centre = torch.arange(stride / 2, size, stride, device=device)
        y, x = torch.meshgrid(centre, centre, indexing="ij")
        positions = torch.stack([x, y], dim=-1)[:, :, None]  # (H, W, 1, 2)
        positions = positions.expand(-1, -1, len(shapes), -1)
        sizes = torch.tensor(shapes, device=device).float()
        sizes = sizes.expand_as(positions)
        anchors.append(torch.cat([positions, sizes], dim=-1).flatten(0, 2))
    return corners(torch.cat(anchors))


def assign(anchors, boxes, present, *, threshold: float = 0.5):
    """The box assigned to each anchor: numbers (B, N), -1 for none.

    An anchor gets the box that it overlaps most, if their IoU reaches
    `threshold`. But first every box of `boxes` (B, M, 4) that is `present`
    (B, M) gets one anchor of its own: the pair with the largest IoU, then
    the best pair among the other boxes and anchors, and so on.
    """
    overlap = iou(anchors, boxes).where(present[:, None], -1.0)  # (B, N, M)
    largest, assigned = overlap.max(dim=2)
    assigned = assigned.where(largest >= threshold, -1)
    image = torch.arange(len(boxes), device=boxes.device)
    for _ in range(boxes.shape[1]):
        pair = overlap.flatten(1).argmax(dim=1)  # (B,)
        anchor, box = pair // boxes.shape[1], pair % boxes.shape[1]
        free = overlap[image, anchor, box] >= 0  # both are, in this image
        before = assigned[image, anchor]
        assigned[image, anchor] = torch.where(free, box, before)
        overlap[image, anchor] = -1.0
        overlap[image, :, box] = -1.0
    return assigned


def targets(anchors, boxes, labels):
    """What each anchor has to predict: classes (B, N), offsets (B, N, 4).

    Class 0 is background, class 1 + k an item with label k. `labels` (B, M)
    are -1 where there is no item. Offsets of background are 0.
    """
    assigned = assign(anchors, boxes, labels >= 0)
    positive = assigned >= 0
    index = assigned.clamp(min=0)
    classes = (labels.gather(1, index) + 1).where(positive, 0)
    matched = boxes.gather(1, index[..., None].expand(-1, -1, 4))
    matched = matched.where(positive[..., None], anchors)
    return classes, encode(matched, anchors)


def hard_negatives(losses, positive, *, ratio: int = 3):
    """The background anchors (B, N) with the largest losses.

    There are `ratio` of them for each anchor that is `positive` (B, N), and
    `ratio` in an image without any.
    """
    losses = losses.detach().masked_fill(positive, -1.0)
    rank = losses.argsort(dim=1, descending=True).argsort(dim=1)
    count = ratio * positive.sum(dim=1, keepdim=True).clamp(min=1)
    return (rank < count) & ~positive
