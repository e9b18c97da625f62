"""A single-shot detector: its loss, and what it found."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from dlbook.vision.anchors import hard_negatives
from dlbook.vision.boxes import (
    clip,
    decode,
)
from dlbook.vision.suppression import nms_by_class


class Detections(NamedTuple):
    """What was found on one image: (D, 4), (D,), (D,); best score first."""

    boxes: Tensor
    scores: Tensor
    labels: Tensor


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
