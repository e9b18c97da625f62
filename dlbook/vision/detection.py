"""A single-shot detector: its loss, and the boxes that it detects."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from dlbook.vision.anchors import hard_negatives
from dlbook.vision.boxes import clip, decode
from dlbook.vision.suppression import nms_by_class


class Detections(NamedTuple):
    """The boxes detected in one image: (D, 4), (D,), (D,), best first."""

    boxes: Tensor
    scores: Tensor
    labels: Tensor


def detection_loss(logits, offsets, classes, target_offsets):
    """Loss of classification and of localisation, per positive anchor.

    `logits` (B, N, 1 + K) and `offsets` (B, N, 4) are what a model predicts,
    `classes` (B, N) and `target_offsets` (B, N, 4) what `targets` asks for.
    Liu et al., 2016, equations 1 to 3 and section 2.2, hard negatives.
    """
    positive = classes > 0
    losses = F.cross_entropy(logits.mT, classes, reduction="none")  # (B, N)
    counted = positive | hard_negatives(losses, positive)
    distances = F.smooth_l1_loss(offsets, target_offsets, reduction="none")
    localisation = distances.sum(dim=2).where(positive, 0.0).sum()
    count = positive.sum().clamp(min=1)
    return losses.where(counted, 0.0).sum() / count, localisation / count


@torch.no_grad()
def detect(
    model,
    images,
    anchors,
    *,
    min_score: float = 0.02,
    threshold: float = 0.5,
    limit: int = 100,
) -> list[Detections]:
    """What `model` detects on images (B, C, H, W), image by image.

    Boxes are chosen by `select` with `min_score`, `threshold` and `limit`.
    The model and the anchors are on one device, and 100 images at a time go
    there; the detections are on the CPU, whose many small steps of
    suppression are faster.
    """
    detections = []
    for chunk in images.split(100):
        logits, offsets = model(chunk.to(anchors.device))
        probabilities = logits.softmax(dim=2)[..., 1:].cpu()  # (B, N, K)
        boxes = clip(decode(offsets, anchors), *images.shape[2:]).cpu()
        for box, probability in zip(boxes, probabilities, strict=True):
            detections.append(
                select(box, probability, min_score, threshold, limit)
            )
    return detections


def select(boxes, probabilities, min_score, threshold, limit) -> Detections:
    """The detections of one image, out of boxes (N, 4) and scores (N, K).

    Every pair of a box and a class that scores above `min_score` is a
    candidate. `nms_by_class` with the IoU `threshold` chooses among them, and
    the best `limit` stay.
    """
    box, label = (probabilities > min_score).nonzero(as_tuple=True)
    boxes, scores = boxes[box], probabilities[box, label]
    kept = nms_by_class(boxes, scores, label, threshold)[:limit]
    return Detections(boxes[kept], scores[kept], label[kept])
