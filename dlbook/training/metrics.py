"""Metrics of yes-or-no questions: precision, recall, F1, ROC and areas.

`labels` (N,) hold 1 or True for the positive examples. A score (N,) is any
number that is larger where the model finds "yes" more likely.
"""

from typing import NamedTuple

import torch
from torch import Tensor


class Counts(NamedTuple):
    """How many examples of each kind: predicted yes or no, right or wrong."""

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int


def count_outcomes(predicted, labels) -> Counts:
    """Counts of yes-or-no predictions (N,) for labels (N,)."""
    predicted, labels = check_pair(predicted, labels)
    return Counts(
        int((predicted & labels).sum()),
        int((predicted & ~labels).sum()),
        int((~predicted & labels).sum()),
        int((~predicted & ~labels).sum()),
    )


def precision_recall_f1(counts: Counts) -> tuple[float, float, float]:
    """Precision, recall and F1; 0 where nothing is there to divide by."""
    announced = counts.true_positives + counts.false_positives
    positives = counts.true_positives + counts.false_negatives
    precision = counts.true_positives / max(announced, 1)
    recall = counts.true_positives / max(positives, 1)
    f1 = 2 * counts.true_positives / max(announced + positives, 1)
    return precision, recall, f1


def cumulative_counts(scores, labels) -> tuple[Tensor, Tensor, Tensor]:
    """True and false positives if the highest scores are called positive.

    Both (M,) are counted for each of the M different scores as threshold,
    the highest first; the third tensor (M,) holds the thresholds.

    Raises:
        ValueError: labels of one kind only, for which no curve exists.
    """
    scores, labels = scores.double(), check_pair(labels, labels)[0]
    if len(scores) != len(labels):
        raise ValueError(f"{len(scores)} scores for {len(labels)} labels")
    if labels.all() or not labels.any():
        raise ValueError(
            f"{int(labels.sum())} of {len(labels)} labels are positive; a "
            "curve needs positive and negative ones"
        )
    scores, order = scores.sort(descending=True, stable=True)
    true_positives = labels[order].cumsum(dim=0).double()
    false_positives = (~labels[order]).cumsum(dim=0).double()
    last = torch.ones_like(labels)  # of its score: equal scores count at once
    last[:-1] = scores[:-1] != scores[1:]
    return true_positives[last], false_positives[last], scores[last]


def roc_curve(scores, labels) -> tuple[Tensor, Tensor]:
    """False- and true-positive rate (M + 1,), from (0, 0) to (1, 1)."""
    positives, negatives, _ = cumulative_counts(scores, labels)
    start = positives.new_zeros(1)
    return (
        torch.cat([start, negatives / negatives[-1]]),
        torch.cat([start, positives / positives[-1]]),
    )


def area_under_roc(scores, labels) -> float:
    """Area under the ROC curve, by trapezoids."""
    false_rate, true_rate = roc_curve(scores, labels)
    return torch.trapezoid(true_rate, false_rate).item()


def precision_recall_curve(scores, labels) -> tuple[Tensor, Tensor, Tensor]:
    """Precision, recall and threshold (M,), highest threshold first."""
    positives, negatives, thresholds = cumulative_counts(scores, labels)
    precision = positives / (positives + negatives)
    return precision, positives / positives[-1], thresholds


def average_precision(scores, labels) -> float:
    """Area under the precision-recall curve: precision times recall gained."""
    precision, recall, _ = precision_recall_curve(scores, labels)
    gained = recall.diff(prepend=recall.new_zeros(1))
    return (precision * gained).sum().item()


def check_pair(predicted, labels) -> tuple[Tensor, Tensor]:
    """Both as booleans (N,).

    Raises:
        ValueError: other shapes, or numbers that are neither 0 nor 1.
    """
    for name, values in [("predicted", predicted), ("labels", labels)]:
        if not ((values == 0) | (values == 1)).all():
            raise ValueError(
                f"{name} holds {values[(values != 0) & (values != 1)][0]}; "
                "a yes-or-no question has 0 and 1: compare with a class or "
                "with a threshold first"
            )
    if predicted.shape != labels.shape or labels.ndim != 1:
        raise ValueError(
            f"predictions {tuple(predicted.shape)} and labels "
            f"{tuple(labels.shape)}: both must be (N,)"
        )
    return predicted.bool(), labels.bool()
