"""What a detector gets wrong, box by box: after Bolya et al., 2020 (TIDE)."""

import torch

from dlbook.vision.average_precision import match
from dlbook.vision.boxes import iou

# What a detection is, and what became of an item.
KINDS = ("true positive", "classification", "localisation", "duplicate",
         "background")  # fmt: skip
OUTCOMES = ("detected", "classification", "localisation", "missed")


def diagnose_image(detected, truth, *, high: float = 0.5, low: float = 0.1):
    """Numbers of the `KINDS` of detections (D,), `OUTCOMES` of items (M,).

    A detection that `match` gives an item is a true positive. Any other is
    the first that fits: duplicate (of an item of its class, already matched)
    or classification (of an item of another class), both with an IoU of at
    least `high`; localisation (an IoU of at least `low`); background. An item
    without a match is named by the detections on it in the same way.
    Differs from the paper: a box with a wrong class and an IoU between the
    two is an error of localisation, not one of both.
    """
    (boxes, _, labels), (true_boxes, true_labels) = detected, truth
    overlap = iou(boxes, true_boxes)  # (D, M)
    is_same = labels[:, None] == true_labels
    same, other = overlap.where(is_same, 0.0), overlap.where(~is_same, 0.0)
    none = torch.zeros_like(true_labels, dtype=torch.bool)
    matched = match(same, same.new_tensor([high]), none)[0]
    kinds = torch.full_like(labels, KINDS.index("background"))
    outcomes = torch.full_like(true_labels, OUTCOMES.index("missed"))
    if overlap.numel() > 0:
        kinds[overlap.amax(dim=1) >= low] = KINDS.index("localisation")
        kinds[other.amax(dim=1) >= high] = KINDS.index("classification")
        kinds[same.amax(dim=1) >= high] = KINDS.index("duplicate")
        kinds[matched >= 0] = KINDS.index("true positive")
        outcomes[overlap.amax(dim=0) >= low] = OUTCOMES.index("localisation")
        outcomes[other.amax(dim=0) >= high] = OUTCOMES.index("classification")
        outcomes[matched[matched >= 0]] = OUTCOMES.index("detected")
    return kinds, outcomes


def diagnose(detections, truths, *, high: float = 0.5, low: float = 0.1):
    """`diagnose_image` for each image: [(kinds, outcomes), ...]."""
    return [
        diagnose_image(detected, truth, high=high, low=low)
        for detected, truth in zip(detections, truths, strict=True)
    ]


def confusion_matrix(
    detections, truths, *, num_classes: int, threshold: float = 0.5
):
    """Items in per cent (K, K + 1): the class as which each is detected.

    It is the class of the best detection whose IoU with the item reaches
    `threshold`, whatever that class is; the last column counts the items
    that no detection overlaps so much.
    """
    table = torch.zeros(num_classes, num_classes + 1)
    for (boxes, _, labels), (true_boxes, true_labels) in zip(
        detections, truths, strict=True
    ):
        overlaps = iou(true_boxes, boxes) >= threshold  # (M, D), best first
        for on_item, label in zip(overlaps, true_labels, strict=True):
            detected_as = labels[on_item]
            column = detected_as[0] if len(detected_as) > 0 else num_classes
            table[label, column] += 1
    return 100 * table / table.sum(dim=1, keepdim=True).clamp(min=1)


def first_examples(images, detections, truths, diagnoses, *, names):
    """One example of each kind of error, and a missed item.

    Each is the first in a scene that shows no other; "missed" shows only the
    items that were missed. `names` are those of
    the classes. Returns {title: (image, true boxes, their names, detected
    boxes, their names)} in the order of `KINDS`, as `plot_detection_errors`
    draws them; kinds without an example are left out.
    """
    examples = {}
    for image, (boxes, _, labels), (true_boxes, true_labels), pair in zip(
        images, detections, truths, diagnoses, strict=True
    ):
        for title, shown, row in kinds_in(*pair):
            if title not in examples:
                true_names = [names[k] for k in true_labels[shown]]
                detected, called = boxes[row], [names[k] for k in labels[row]]
                examples[title] = (
                    image, true_boxes[shown], true_names, detected, called
                )  # fmt: skip
                break
    return {t: examples[t] for t in (*KINDS, "missed") if t in examples}


def kinds_in(kinds, outcomes):
    """(kind, items to show (M,), [number of a detection]), rare kinds first.

    Of a scene; with "missed" the items are those that were missed.
    """
    missed = outcomes == OUTCOMES.index("missed")
    if missed.any():
        yield "missed", missed, []
    rare_first = sorted(enumerate(kinds.tolist()), key=lambda pair: -pair[1])
    for d, kind in rare_first:
        yield KINDS[kind], torch.ones_like(missed), [d]
