"""Calibration: whether a probability of 0.8 is right in 80 % of the cases.

Guo, Pleiss, Sun and Weinberger, 2017: On calibration of modern neural
networks.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor


class Reliability(NamedTuple):
    """Of the bins that hold examples: mean confidence, accuracy, share."""

    confidence: Tensor
    accuracy: Tensor
    share: Tensor


def reliability(logits, labels, *, bins: int = 10) -> Reliability:
    """Accuracy by confidence, the largest probability of logits (N, K).

    The confidences are cut into `bins` intervals of equal width between 0
    and 1; intervals without examples are left out.
    """
    if len(logits) != len(labels) or len(labels) == 0:
        raise ValueError(
            f"{len(logits)} rows of logits for {len(labels)} labels: give "
            "one row for each label, and at least one"
        )
    confidence, predicted = logits.double().softmax(dim=1).max(dim=1)
    correct = (predicted == labels).double()
    interval = (confidence * bins).long().clamp(max=bins - 1)
    count = torch.bincount(interval, minlength=bins)
    used = count > 0
    total_confidence = torch.bincount(interval, confidence, minlength=bins)
    total_correct = torch.bincount(interval, correct, minlength=bins)
    return Reliability(
        total_confidence[used] / count[used],
        total_correct[used] / count[used],
        count[used] / len(labels),
    )


def calibration_error(logits, labels, *, bins: int = 10) -> float:
    """Mean distance of confidence and accuracy, weighted by share: ECE."""
    confidence, accuracy, share = reliability(logits, labels, bins=bins)
    return (share * (confidence - accuracy).abs()).sum().item()


def fit_temperature(logits, labels) -> float:
    """The temperature T that minimises the cross-entropy of logits / T.

    The loss is convex in 1 / T. Its minimum is between the T where bisection
    finds the derivative's sign to change, from 0.01 to 100.
    """
    logits = logits.double()
    truth = logits.gather(1, labels[:, None])[:, 0].mean()
    low, high = 0.01, 100.0  # of 1 / T
    for _ in range(60):
        middle = (low * high) ** 0.5
        p = F.softmax(middle * logits, dim=1)
        derivative = (p * logits).sum(dim=1).mean() - truth
        low, high = (low, middle) if derivative > 0 else (middle, high)
    return 1 / middle
