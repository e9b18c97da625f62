"""Anchors of a single-shot detector, and what each of them should say."""

import torch

from dlbook.vision.boxes import (
    corners,
    encode,
    iou,
)


def make_anchors(size: int, levels: dict):
    """Anchors (N, 4), corners, of an image of `size` x `size` pixels.

    `levels` is {stride: shapes}: on every place of a map with that stride
    there is an anchor for each (width, height) of shapes. They are numbered
    level by level, row by row, place by place, shape by shape.
    """
    boxes = []
    for stride, shapes in levels.items():
        middle = torch.arange(stride / 2, size, stride)
        y, x = torch.meshgrid(middle, middle, indexing="ij")
        place = torch.stack([x, y], dim=-1)[:, :, None]  # (H, W, 1, 2)
        place = place.expand(-1, -1, len(shapes), -1)
        shape = torch.tensor(shapes).float().expand_as(place)
        boxes.append(torch.cat([place, shape], dim=-1).flatten(0, 2))
    return corners(torch.cat(boxes))


def assign(anchors, boxes, present, *, threshold: float = 0.5):
    """Whose each anchor is: owners (B, N), numbers of boxes, -1 for none.

    An anchor belongs to the box that it overlaps most, if their IoU reaches
    `threshold`. But first every box of `boxes` (B, M, 4) that is `present`
    (B, M) gets one anchor of its own: the best pair of all is bound, then
    the best pair among the other boxes and anchors, and so on.
    """
    overlap = iou(anchors, boxes).where(present[:, None], -1.0)  # (B, N, M)
    best, owners = overlap.max(dim=2)
    owners[best < threshold] = -1
    image = torch.arange(len(boxes), device=boxes.device)
    for _ in range(boxes.shape[1]):
        pair = overlap.flatten(1).argmax(dim=1)  # (B,)
        anchor, box = pair // boxes.shape[1], pair % boxes.shape[1]
        found = overlap[image, anchor, box] >= 0
        owners[image[found], anchor[found]] = box[found]
        overlap[image, anchor] = -1.0
        overlap[image, :, box] = -1.0
    return owners


def targets(anchors, boxes, labels):
    """What each anchor should say: classes (B, N) and offsets (B, N, 4).

    Class 0 is background, class 1 + k an item with label k. `labels` (B, M)
    are -1 where there is no item. Offsets of background mean nothing.
    """
    owners = assign(anchors, boxes, labels >= 0)
    owner = owners.clamp(min=0)
    classes = (labels.gather(1, owner) + 1).where(owners >= 0, 0)
    owned = boxes.gather(1, owner[..., None].expand(-1, -1, 4))
    owned = owned.where((owners >= 0)[..., None], anchors)
    return classes, encode(owned, anchors)


def hard_negatives(surprise, positive, *, ratio: int = 3):
    """The background anchors (B, N) that surprise most, some per positive."""
    surprise = surprise.detach().masked_fill(positive, -1.0)
    rank = surprise.argsort(dim=1, descending=True).argsort(dim=1)
    wanted = ratio * positive.sum(dim=1, keepdim=True).clamp(min=1)
    return (rank < wanted) & ~positive
