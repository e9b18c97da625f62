"""How exact a measured accuracy is, and whether two models differ."""

import math

import torch


def bootstrap_interval(
    correct, *, draws: int = 2_000, level: float = 0.95
) -> tuple[float, float]:
    """Interval of the mean of `correct` (N,) by drawing N with repetition.

    Draws from PyTorch's global generator.
    """
    if len(correct) == 0:
        raise ValueError("0 examples have no accuracy: give at least 1")
    if not 0 < level < 1:
        raise ValueError(f"level = {level} is not between 0 and 1, try 0.95")
    N = len(correct)
    values = correct.double().cpu()
    means = torch.stack(
        [values[torch.randint(N, (N,))].mean() for _ in range(draws)]
    )
    ends = torch.tensor([(1 - level) / 2, (1 + level) / 2]).double()
    low, high = means.quantile(ends)
    return low.item(), high.item()


def mcnemar(correct_a, correct_b) -> tuple[int, int, float]:
    """McNemar's exact test of two models on the same examples (N,) each.

    Returns how often only the first is right, how often only the second, and
    the probability of a split at least as uneven if each of these examples
    were decided by a fair coin (two-sided).
    """
    if correct_a.shape != correct_b.shape:
        raise ValueError(
            f"{len(correct_a)} and {len(correct_b)} examples: McNemar's test "
            "compares two models on the same ones"
        )
    a, b = correct_a.bool(), correct_b.bool()
    only_a, only_b = int((a & ~b).sum()), int((~a & b).sum())
    n, fewer = only_a + only_b, min(only_a, only_b)
    tail = sum(math.comb(n, k) for k in range(fewer + 1))
    return only_a, only_b, min(1.0, 2 * tail / 2**n)
