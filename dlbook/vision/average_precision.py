"""Average precision as COCO counts it: Lin et al., 2014.

In the shapes, T thresholds of the IoU, D detections, M truths, K classes.
"""

import math

import numpy as np
import torch

from dlbook.vision.boxes import area, iou

# NumPy's numbers, which are COCO's to the last digit.
RECALLS = torch.from_numpy(np.linspace(0, 1, 101))
THRESHOLDS = torch.from_numpy(np.linspace(0.5, 0.95, 10))


def match(overlap, thresholds, ignored):
    """The truth that each detection matches: numbers (T, D), -1 for none.

    `overlap` (D, M) is the IoU of detections, best score first, with truths.
    Each takes, among the truths still free, the one that it overlaps most,
    if their IoU reaches the threshold. A truth that is `ignored` (M,) is
    taken only where no other is left.
    """
    D, M = overlap.shape
    matched = overlap.new_full((len(thresholds), D), -1, dtype=torch.long)
    if M == 0:
        return matched
    thresholds = thresholds.to(overlap.device)[:, None]
    free = torch.ones_like(thresholds, dtype=torch.bool).repeat(1, M)
    for d, row in enumerate(overlap):
        value = row.where(free & (row >= thresholds), -9.0)  # (T, M)
        largest, truth = (value - 2.0 * ignored).max(dim=1)
        hit = largest > -3  # -2 to -1 if all that is left is ignored
        matched[hit, d] = truth[hit]
        free[hit, truth[hit]] = False
    return matched


def precision_recall(scores, correct, ignored, truths: int):
    """Precision and recall (T, D) after each detection, best score first.

    `correct` (T, D) detections match one of `truths` items; those that are
    `ignored` (T, D) count neither as true nor as false positives.
    """
    order = scores.argsort(descending=True, stable=True)
    correct, ignored = correct[:, order], ignored[:, order]
    true_positives = (correct & ~ignored).cumsum(dim=1).double()
    false_positives = (~correct & ~ignored).cumsum(dim=1)
    detected = (true_positives + false_positives).clamp(min=1)
    return true_positives / detected, true_positives / truths


def area_under_curve(precision, recall):
    """Mean over 101 recalls of the best precision at that recall or more."""
    best = precision.flip(-1).cummax(dim=-1).values.flip(-1)
    best = torch.cat([best, best.new_zeros(len(best), 1)], dim=1)
    recalls = RECALLS.to(recall.device).repeat(len(recall), 1)
    return best.gather(1, torch.searchsorted(recall, recalls)).mean(dim=1)


def average_precision(
    detections,
    truths,
    *,
    num_classes: int,
    thresholds=THRESHOLDS,
    area_range=(0.0, 1e10),
    limit: int = 100,
):
    """AP (T, K) of each IoU threshold and class, NaN without any truth.

    Args:
        detections: for each image (boxes, scores, labels).
        truths: for each image (boxes, labels), on the same device.
        area_range: truths outside are ignored, detections outside are not
            counted as false positives.
        limit: most detections per image and class, best scores first.
    """
    table = torch.full((len(thresholds), num_classes), math.nan).double()
    for k in range(num_classes):
        matches = [
            match_class(detected, truth, k, thresholds, area_range, limit)
            for detected, truth in zip(detections, truths, strict=True)
        ]
        scores, correct, ignored, counts = zip(*matches, strict=True)
        if sum(counts) > 0:
            precision, recall = precision_recall(
                torch.cat(scores),
                torch.cat(correct, dim=1),
                torch.cat(ignored, dim=1),
                sum(counts),
            )
            table[:, k] = area_under_curve(precision, recall)
    return table


def match_class(detected, truth, label: int, thresholds, area_range, limit):
    """What `precision_recall` asks for, of one image and class.

    Returns scores (D,), correct (T, D), ignored (T, D) and the number of
    truths that count.
    """
    boxes, scores, labels = detected
    members = (labels == label).nonzero()[:, 0]
    best = scores[members].argsort(descending=True, stable=True)[:limit]
    boxes, scores = boxes[members[best]], scores[members[best]]
    true_boxes = truth[0][truth[1] == label]
    ignored_truths = is_outside(true_boxes, area_range)
    matched = match(iou(boxes, true_boxes), thresholds, ignored_truths)
    correct = matched >= 0  # (T, D)
    ignored = is_outside(boxes, area_range) & ~correct
    if len(true_boxes) > 0:
        ignored = ignored | (correct & ignored_truths[matched.clamp(min=0)])
    return scores, correct, ignored, int((~ignored_truths).sum())


def is_outside(boxes, area_range):
    """Which boxes have an area that is not within the range."""
    size = area(boxes)
    return (size < area_range[0]) | (size > area_range[1])
