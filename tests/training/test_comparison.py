"""Intervals and McNemar's test, against SciPy and the normal formula."""

import pytest
import torch
from scipy.stats import binomtest

from dlbook.training.comparison import bootstrap_interval, mcnemar


def test_the_interval_is_that_of_the_normal_approximation():
    torch.manual_seed(0)
    correct = torch.arange(1_000) < 800
    low, high = bootstrap_interval(correct)
    error = 1.96 * (0.8 * 0.2 / 1_000) ** 0.5
    assert (low, high) == pytest.approx((0.8 - error, 0.8 + error), abs=0.003)
    narrow = bootstrap_interval(correct, level=0.5)
    assert low < narrow[0] < 0.8 < narrow[1] < high


@pytest.mark.parametrize("counts", [(3, 9), (40, 12), (7, 7), (0, 0), (0, 5)])
def test_mcnemar_is_the_binomial_test_of_the_disagreements(counts):
    only_a, only_b = counts
    a = torch.tensor([1] * only_a + [0] * only_b + [1] * 4 + [0] * 3)
    b = torch.tensor([0] * only_a + [1] * only_b + [1] * 4 + [0] * 3)
    n = only_a + only_b
    wanted = binomtest(only_a, n).pvalue if n else 1.0
    assert mcnemar(a, b)[:2] == counts
    assert mcnemar(a, b)[2] == pytest.approx(wanted)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="0 examples"):
        bootstrap_interval(torch.tensor([]))
    with pytest.raises(ValueError, match=r"level = 95"):
        bootstrap_interval(torch.ones(3), level=95)
    with pytest.raises(ValueError, match="3 and 2 examples"):
        mcnemar(torch.ones(3), torch.ones(2))
