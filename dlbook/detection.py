"""A single-shot detector: its anchors, what they should say, what it found."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from dlbook.boxes import clip, corners, decode, encode, iou
from dlbook.nms import nms_by_class


class Detections(NamedTuple):
    """What was found on one image: (D, 4), (D,), (D,); best score first."""

    boxes: Tensor
    scores: Tensor
    labels: Tensor


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


def detection_loss(logits, offsets, classes, wanted):
    """Mean loss per positive anchor: its class and its box."""
    positive = classes > 0
    surprise = F.cross_entropy(logits.mT, classes, reduction="none")  # (B, N)
    chosen = positive | hard_negatives(surprise, positive)
    box = F.smooth_l1_loss(
        offsets[positive], wanted[positive], reduction="sum"
    )
    count = positive.sum().clamp(min=1)
    return surprise[chosen].sum() / count, box / count


@torch.no_grad()
def detect(
    model,
    images,
    anchors,
    *,
    floor: float = 0.02,
    threshold: float = 0.5,
    limit: int = 100,
) -> list[Detections]:
    """What the model finds on images (N, C, H, W), image by image.

    Boxes that score above `floor`, after `nms_by_class` with `threshold`, at
    most `limit` for each image. The model, on the device of the anchors,
    looks at 100 images at a time.
    """
    found = []
    for some in images.split(100):
        logits, offsets = model(some.to(anchors.device))
        scores = logits.softmax(dim=2)[..., 1:].cpu()
        boxes = clip(decode(offsets, anchors), *images.shape[2:]).cpu()
        for box, score in zip(boxes, scores, strict=True):
            anchor, label = (score > floor).nonzero(as_tuple=True)
            box, score = box[anchor], score[anchor, label]
            kept = nms_by_class(box, score, label, threshold)[:limit]
            found.append(Detections(box[kept], score[kept], label[kept]))
    return found
