"""Non-maximum suppression: of boxes that overlap too much, keep the best."""

import torch

from dlbook.vision.boxes import iou


def nms_by_loop(boxes, scores, threshold: float):
    """Numbers of the boxes (N, 4) to keep, best of `scores` (N,) first.

    A box goes if its IoU with a better one that stays is above `threshold`.
    """
    remaining = scores.argsort(descending=True, stable=True)
    kept = []
    while len(remaining) > 0:
        best, remaining = remaining[0], remaining[1:]
        kept.append(best)
        overlap = iou(boxes[best, None], boxes[remaining])[0]
        remaining = remaining[overlap <= threshold]
    return torch.stack(kept) if kept else remaining


def nms(boxes, scores, threshold: float, *, block: int = 16):
    """The same as `nms_by_loop`, a block of boxes at a time."""
    remaining = scores.argsort(descending=True, stable=True)
    kept = [remaining[:0]]
    while len(remaining) > 0:
        first, remaining = remaining[:block], remaining[block:]
        overlap = iou(boxes[first], boxes[first]) > threshold
        first = first[survivors(overlap.triu(diagonal=1))]
        kept.append(first)
        overlap = iou(boxes[first], boxes[remaining]) > threshold
        remaining = remaining[~overlap.any(dim=0)]
    return torch.cat(kept)


def survivors(suppresses):
    """Which of N boxes stay (N,), in the order of their scores.

    `suppresses` (N, N) holds where box i would suppress the later box j, but
    only if i itself stays. The first box is decided at once, the second
    after one round, and so on: when nothing changes any more, all are
    decided. That takes few rounds.
    """
    stays = torch.ones(
        len(suppresses), dtype=torch.bool, device=suppresses.device
    )
    while True:
        updated = ~(suppresses & stays[:, None]).any(dim=0)
        if torch.equal(updated, stays):
            return stays
        stays = updated


def nms_by_class(boxes, scores, labels, threshold: float):
    """`nms` within each class: a shirt never suppresses a shoe."""
    kept = [labels[:0]]
    for label in labels.unique():
        members = (labels == label).nonzero()[:, 0]
        best = nms(boxes[members], scores[members], threshold)
        kept.append(members[best])
    kept = torch.cat(kept)
    return kept[scores[kept].argsort(descending=True, stable=True)]


def soft_nms(boxes, scores, *, sigma: float = 0.5, min_score: float = 1e-3):
    """Numbers and lowered scores of the boxes to keep, best score first.

    Nothing is removed at once: each box in turn, the best first, multiplies
    the scores of the others by exp(-IoU^2 / sigma). What falls below
    `min_score` is dropped (Bodla et al., 2017, Figure 2 and equation 3).
    """
    scores, kept = scores.clone(), []
    remaining = (scores >= min_score).nonzero()[:, 0]
    while len(remaining) > 0:
        best = remaining[scores[remaining].argmax()]
        kept.append(best)
        remaining = remaining[remaining != best]
        overlap = iou(boxes[best, None], boxes[remaining])[0]
        scores[remaining] *= torch.exp(-(overlap**2) / sigma)
        remaining = remaining[scores[remaining] >= min_score]
    kept = torch.stack(kept) if kept else remaining
    return kept, scores[kept]


def soft_nms_by_class(
    boxes, scores, labels, *, sigma: float = 0.5, min_score: float = 1e-3
):
    """`soft_nms` within each class."""
    kept, lowered = [labels[:0]], [scores[:0]]
    for label in labels.unique():
        members = (labels == label).nonzero()[:, 0]
        best, best_scores = soft_nms(
            boxes[members], scores[members], sigma=sigma, min_score=min_score
        )
        kept.append(members[best])
        lowered.append(best_scores)
    kept, lowered = torch.cat(kept), torch.cat(lowered)
    order = lowered.argsort(descending=True, stable=True)
    return kept[order], lowered[order]
