"""Optimisation: paths over a loss surface, a table of scores as shades."""

import matplotlib.pyplot as plt
import numpy as np
import torch

from dlbook.figures.common import plot_contours
from dlbook.figures.palette import TEXT


def plot_paths(loss, paths: dict, *, x, y, levels, ax=None):
    """Contours of `loss` over x and y (low, high), and paths (steps, 2).

    `loss` takes points (2, ...) and gives their losses (...). Each path
    {name: points} is a line with a dot every five steps and a large one at
    its end.
    """
    ax = ax or plt.gca()
    grid = torch.meshgrid(
        torch.linspace(*x, 80), torch.linspace(*y, 80), indexing="xy"
    )
    plot_contours(*grid, loss(torch.stack(grid)), levels=levels, ax=ax)
    for name, path in paths.items():
        points = np.asarray(path).T
        (line,) = ax.plot(
            *points, ".-", linewidth=1, markersize=4, markevery=5
        )
        ax.plot(*points[:, -1], "o", color=line.get_color(), label=name)
    if len(paths) > 1:
        ax.legend(fontsize="small")
    return ax.figure


def plot_table(values, rows, columns, *, xlabel: str, limits, ax=None):
    """Numbers (R, C) in shades between the two `limits`; NaN stays empty."""
    ax = ax or plt.gca()
    values = np.asarray(values)
    low, high = limits
    ax.imshow(values, cmap="Blues", vmin=low, vmax=high, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        if np.isnan(value):
            continue
        dark = (value - low) / (high - low) > 0.55
        ax.text(
            column, row, f"{value:.1f}", ha="center", va="center",
            color="white" if dark else TEXT, fontsize="small",
        )  # fmt: skip
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(rows)), rows)
    ax.tick_params(length=0)
    ax.set(xlabel=xlabel)
    return ax.figure
