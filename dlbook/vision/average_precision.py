"""Average precision as COCO counts it: Lin et al., 2014."""

import math

import numpy as np
import torch

from dlbook.vision.boxes import area, iou

# NumPy's numbers, which are COCO's to the last digit.
RECALLS = torch.from_numpy(np.linspace(0, 1, 101))
THRESHOLDS = torch.from_numpy(np.linspace(0.5, 0.95, 10))


def match(overlap, thresholds, ignored):
    """The truth that each detection finds: (T, D) numbers, -1 for none.

    `overlap` (D, M) is the IoU of detections, best score first, with truths.
    Each takes, among the truths still free, the one that it overlaps most,
    if their IoU reaches the threshold. A truth that is `ignored` (M,) is
    taken only where no other is left.
    """
    found = torch.full((len(thresholds), len(overlap)), -1)
    if overlap.shape[1] == 0:
        return found
    free = torch.ones(len(thresholds), overlap.shape[1], dtype=torch.bool)
    for d, row in enumerate(overlap):
        value = row.where(free & (row >= thresholds[:, None]), -9.0)  # (T, M)
        best, truth = (value - 2.0 * ignored).max(dim=1)
        hit = best > -3  # -2 to -1 if all that is left is ignored
        found[hit, d] = truth[hit]
        free[hit, truth[hit]] = False
    return found


def precision_recall(scores, hits, skipped, truths: int):
    """Precision and recall (T, D) after each detection, best score first.

    `hits` (T, D) are right, `skipped` (T, D) neither right nor wrong.
    """
    order = scores.argsort(descending=True, stable=True)
    hits, skipped = hits[:, order], skipped[:, order]
    right = (hits & ~skipped).cumsum(dim=1).double()
    wrong = (~hits & ~skipped).cumsum(dim=1)
    return right / (right + wrong).clamp(min=1), right / truths


def area_under(precision, recall):
    """Mean over 101 recalls of the best precision at that recall or more."""
    best = precision.flip(-1).cummax(dim=-1).values.flip(-1)
    best = torch.cat([best, best.new_zeros(len(best), 1)], dim=1)
    places = torch.searchsorted(recall, RECALLS.repeat(len(recall), 1))
    return best.gather(1, places).mean(dim=1)


def average_precision(
    detections,
    truths,
    *,
    classes: int,
    thresholds=THRESHOLDS,
    areas=(0.0, 1e10),
    limit: int = 100,
):
    """AP (T, K) of each IoU threshold and class, NaN without any truth.

    Args:
        detections: for each image (boxes, scores, labels).
        truths: for each image (boxes, labels).
        areas: truths outside are ignored, detections outside are not
            counted as wrong.
        limit: most detections per image and class, best scores first.
    """
    table = torch.full((len(thresholds), classes), math.nan).double()
    for k in range(classes):
        per_image = [
            match_image(detected, truth, k, thresholds, areas, limit)
            for detected, truth in zip(detections, truths, strict=True)
        ]
        scores, hits, skipped, counts = zip(*per_image, strict=True)
        if sum(counts) > 0:
            curves = precision_recall(
                torch.cat(scores),
                torch.cat(hits, dim=1),
                torch.cat(skipped, dim=1),
                sum(counts),
            )
            table[:, k] = area_under(*curves)
    return table


def match_image(detected, truth, label, thresholds, areas, limit):
    """Scores, hits, skipped and number of truths of one image and class."""
    boxes, scores, labels = detected
    mine = (labels == label).nonzero()[:, 0]
    best = scores[mine].argsort(descending=True, stable=True)[:limit]
    boxes, scores = boxes[mine[best]], scores[mine[best]]
    real = truth[0][truth[1] == label]
    ignored = outside(real, areas)
    found = match(iou(boxes, real), thresholds, ignored)  # (T, D)
    hits = found >= 0
    skipped = outside(boxes, areas) & ~hits
    if len(real) > 0:
        skipped = skipped | (hits & ignored[found.clamp(min=0)])
    return scores, hits, skipped, int((~ignored).sum())


def outside(boxes, areas):
    """Which boxes are smaller or larger than the range of areas."""
    size = area(boxes)
    return (size < areas[0]) | (size > areas[1])
