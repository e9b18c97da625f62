"""Measures of quality, each a number that a person can read."""

import math


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
