"""What a detector gets wrong, box by box: after Bolya et al., 2020."""

import torch

from dlbook.vision.average_precision import match
from dlbook.vision.boxes import iou

KINDS = ("right", "class", "place", "twice", "background")
FATES = ("found", "class", "place", "unseen")


def judge_image(detected, truth, *, good: float = 0.5, touching: float = 0.1):
    """The kind of each detection (D,), and what became of each item (M,).

    Numbers of `KINDS` and `FATES`. A detection is right if it finds an item
    as `match` says; else the first that fits: an item of its class that was
    found already (twice), one of another class (class), both with an IoU of
    `good`; one that it touches (place); nothing (background). An item that
    is not found is named by the detections on it in the same way.
    """
    (boxes, _, labels), (real, real_labels) = detected, truth
    overlap = iou(boxes, real)
    same = labels[:, None] == real_labels
    as_named, else_named = overlap.where(same, 0.0), overlap.where(~same, 0.0)
    nobody = torch.zeros(len(real), dtype=torch.bool)
    taken = match(as_named, torch.tensor([good]), nobody)[0]
    kinds = torch.full((len(boxes),), KINDS.index("background"))
    fates = torch.full((len(real),), FATES.index("unseen"))
    if overlap.numel() > 0:
        kinds[overlap.amax(dim=1) >= touching] = KINDS.index("place")
        kinds[else_named.amax(dim=1) >= good] = KINDS.index("class")
        kinds[as_named.amax(dim=1) >= good] = KINDS.index("twice")
        fates[overlap.amax(dim=0) >= touching] = FATES.index("place")
        fates[else_named.amax(dim=0) >= good] = FATES.index("class")
        kinds[taken >= 0] = KINDS.index("right")
        fates[taken[taken >= 0]] = FATES.index("found")
    return kinds, fates


def judge(detections, truths, **options):
    """`judge_image` for each image: [(kinds, fates), ...]."""
    return [
        judge_image(detected, truth, **options)
        for detected, truth in zip(detections, truths, strict=True)
    ]


def confusion(detections, truths, *, classes: int, good: float = 0.5):
    """Shares (K, K + 1) in per cent: what items of a class are taken for.

    It is the class of the best detection on the item, whatever it says; the
    last column counts the items that nothing frames.
    """
    table = torch.zeros(classes, classes + 1)
    for (boxes, _, labels), (real, real_labels) in zip(
        detections, truths, strict=True
    ):
        framed = iou(real, boxes) >= good  # (M, D), best scores first
        for item, label in zip(framed, real_labels, strict=True):
            hits = labels[item]
            table[label, hits[0] if len(hits) > 0 else classes] += 1
    return 100 * table / table.sum(dim=1, keepdim=True).clamp(min=1)


def examples(images, detections, truths, judged, *, names):
    """The first of each kind: {title: (image, true boxes, boxes, names)}."""
    found = {}
    for image, (boxes, _, labels), (real, _), (kinds, fates) in zip(
        images, detections, truths, judged, strict=True
    ):
        for d, kind in enumerate(kinds.tolist()):
            one = (image, real, boxes[[d]], [names[labels[d]]])
            found.setdefault(f"box: {KINDS[kind]}", one)
        unseen = fates == FATES.index("unseen")
        if unseen.any():
            one = (image, real[unseen], boxes[:0], [])
            found.setdefault("item: unseen", one)
    return dict(sorted(found.items(), reverse=True))
