"""Objectives: what `fit` minimises and reports, task by task.

An objective is a function of (model, batch) that returns the loss and a dict
of metrics.
"""

import math

import torch.nn.functional as F

from dlbook.training.checks import check_labels


def classification(model, batch):
    """Cross-entropy and accuracy of a classifier on (inputs, labels).

    The model returns logits (B, K) for labels (B,), whole numbers in 0..K-1.
    """
    inputs, labels = batch
    logits = model(inputs)
    labels = check_labels(logits, labels)
    accuracy = (logits.argmax(dim=1) == labels).float().mean()
    return F.cross_entropy(logits, labels), {"accuracy": accuracy}


def regression(model, batch):
    """Mean squared error on (inputs, targets), compared shape for shape."""
    inputs, targets = batch
    predictions = model(inputs)
    if predictions.shape != targets.shape:
        raise ValueError(
            f"predictions {tuple(predictions.shape)} and targets "
            f"{tuple(targets.shape)} would broadcast to every pair; "
            "reshape one of them"
        )
    return F.mse_loss(predictions, targets), {}


def perplexity(loss: float) -> float:
    """How many equally likely tokens leave as much doubt as the model has.

    `loss` is the mean cross-entropy per token with natural logarithms, a
    mean over tokens and not over batches.
    """
    loss = float(loss)
    if not loss >= 0:
        raise ValueError(
            f"a cross-entropy of {loss} is not 0 or more; is it the mean of "
            "-log(probability)?"
        )
    return math.exp(loss) if loss < 700 else math.inf
