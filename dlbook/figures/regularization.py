"""Regularisation: the units that dropout removes, runs beside each other."""

import matplotlib.pyplot as plt
import torch

from dlbook.figures.palette import BLUE, GREY


def plot_mask(keep, *, ax=None):
    """Units (B, units) of a layer: filled where `keep` is not 0, else hollow.

    One row for each example of a batch, the first on top.
    """
    ax = ax or plt.gca()
    keep = torch.as_tensor(keep) != 0
    for chosen, fill, edge in [(keep, BLUE, BLUE), (~keep, "none", GREY)]:
        rows, columns = chosen.nonzero().T
        ax.plot(
            columns + 1,
            rows + 1,
            "o",
            markersize=6,
            markerfacecolor=fill,
            markeredgecolor=edge,
            markeredgewidth=0.8,
        )
    examples, units = keep.shape
    ax.set(xlabel="hidden unit", ylabel="example")
    ax.set(xlim=(0.3, units + 0.7), ylim=(examples + 0.7, 0.3))
    ax.yaxis.get_major_locator().set_params(integer=True)
    return ax.figure


def plot_runs(runs: dict, *, xlabel: str, ax=None):
    """A row for each {name: values}: a dot for each run, a bar at the mean.

    The first name is on top.
    """
    ax = ax or plt.gca()
    for row, values in enumerate(runs.values()):
        values = torch.as_tensor(values, dtype=torch.float64)
        ax.plot(values.mean(), -row, "|", color=BLUE, markersize=16)
        ax.plot(values, [-row] * len(values), "o", color=BLUE, alpha=0.5)
    ax.set_yticks([-row for row in range(len(runs))], list(runs))
    ax.tick_params(axis="y", length=0)
    ax.set(xlabel=xlabel, ylim=(0.6 - len(runs), 0.4))
    return ax.figure
