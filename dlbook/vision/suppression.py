"""Non-maximum suppression: of boxes that overlap too much, keep the best."""

import torch

from dlbook.vision.boxes import iou


def nms_by_loop(boxes, scores, threshold: float):
    """Numbers of the boxes to keep, best score first.

    A box goes if its IoU with a better one that stays is above `threshold`.
    """
    left = scores.argsort(descending=True, stable=True)
    kept = []
    while len(left) > 0:
        best, left = left[0], left[1:]
        kept.append(best)
        overlap = iou(boxes[best, None], boxes[left])[0]
        left = left[overlap <= threshold]
    return torch.stack(kept) if kept else left


def nms(boxes, scores, threshold: float, *, block: int = 16):
    """The same as `nms_by_loop`, a block of boxes at a time."""
    left = scores.argsort(descending=True, stable=True)
    kept = [left[:0]]
    while len(left) > 0:
        head, left = left[:block], left[block:]
        overlap = iou(boxes[head], boxes[head]) > threshold
        best = head[survivors(overlap.triu(diagonal=1))]
        kept.append(best)
        hidden = iou(boxes[best], boxes[left]) > threshold
        left = left[~hidden.any(dim=0)]
    return torch.cat(kept)


def survivors(hides):
    """Which of N stay, if i would hide j > i (N, N), but only if i stays.

    The first is right at once, the second after one round, and so on: when
    nothing changes any more, all are right. That takes few rounds.
    """
    stay = torch.ones(len(hides), dtype=torch.bool, device=hides.device)
    while True:
        again = ~(hides & stay[:, None]).any(dim=0)
        if torch.equal(again, stay):
            return stay
        stay = again


def nms_by_class(boxes, scores, labels, threshold: float):
    """`nms` within each class: a shirt never suppresses a shoe."""
    kept = [labels[:0]]
    for label in labels.unique():
        members = (labels == label).nonzero()[:, 0]
        best = nms(boxes[members], scores[members], threshold)
        kept.append(members[best])
    kept = torch.cat(kept)
    return kept[scores[kept].argsort(descending=True, stable=True)]


def soft_nms(boxes, scores, *, sigma: float = 0.5, floor: float = 1e-3):
    """Order and lowered scores of the boxes that stay (Bodla et al., 2017).

    Nothing is removed at once: each box in turn, the best first, multiplies
    the scores of the others by exp(-IoU^2 / sigma). What falls below `floor`
    is dropped.
    """
    scores, kept = scores.clone(), []
    left = (scores >= floor).nonzero()[:, 0]
    while len(left) > 0:
        best = left[scores[left].argmax()]
        kept.append(best)
        left = left[left != best]
        overlap = iou(boxes[best, None], boxes[left])[0]
        scores[left] *= torch.exp(-(overlap**2) / sigma)
        left = left[scores[left] >= floor]
    kept = torch.stack(kept) if kept else left
    return kept, scores[kept]


def soft_nms_by_class(
    boxes, scores, labels, *, sigma: float = 0.5, floor: float = 1e-3
):
    """Order and lowered scores of `soft_nms` within each class."""
    kept, lowered = [labels[:0]], [scores[:0]]
    for label in labels.unique():
        members = (labels == label).nonzero()[:, 0]
        order, those = soft_nms(
            boxes[members], scores[members], sigma=sigma, floor=floor
        )
        kept.append(members[order])
        lowered.append(those)
    kept, lowered = torch.cat(kept), torch.cat(lowered)
    order = lowered.argsort(descending=True, stable=True)
    return kept[order], lowered[order]
