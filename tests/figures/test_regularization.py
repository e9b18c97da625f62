"""Drawings of dropout masks and of runs with several seeds."""

import matplotlib.pyplot as plt
import torch

from dlbook.figures.regularization import plot_mask, plot_runs


def test_a_mask_shows_each_unit_once_filled_or_hollow():
    keep = torch.tensor([[2.0, 0.0, 2.0], [0.0, 0.0, 2.0]])
    figure, ax = plt.subplots()
    assert plot_mask(keep, ax=ax) is figure
    filled, hollow = ax.lines
    assert hollow.get_markerfacecolor() == "none"
    assert filled.get_markerfacecolor() != "none"
    assert [*zip(*filled.get_data(), strict=True)] == [(1, 1), (3, 1), (3, 2)]
    assert [*zip(*hollow.get_data(), strict=True)] == [(2, 1), (1, 2), (2, 2)]
    bottom, top = ax.get_ylim()
    assert bottom > top  # the first example is the upper row


def test_runs_are_dots_around_the_bar_of_their_mean():
    (ax,) = plot_runs({"first": [1, 2, 6], "second": [5]}, xlabel="x").axes
    positions = [
        [*zip(line.get_xdata(), line.get_ydata(), strict=True)]
        for line in ax.lines
    ]
    assert positions == [
        [(3, 0)], [(1, 0), (2, 0), (6, 0)], [(5, -1)], [(5, -1)],
    ]  # fmt: skip
    names = dict(zip(ax.get_yticks(), ax.get_yticklabels(), strict=True))
    assert names[0].get_text() == "first" and names[-1].get_text() == "second"
    assert ax.get_xlabel() == "x"
