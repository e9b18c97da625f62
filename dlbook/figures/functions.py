"""Losses and classifiers: gradients, paths of descent, what is decided."""

import matplotlib.pyplot as plt
import numpy as np
import torch

from dlbook.figures.common import plot_contours
from dlbook.figures.palette import BLUE, INK, ORANGE, TEXT


def plot_gradients(x, y, heights, *, points, gradients, levels, ax=None):
    """Gradients of a function as arrows over its contours.

    The grid x, y, heights is (N, M), `points` and `gradients` are (P, 2).
    The longest arrow is a fifth of the grid's width. Both axes have the same
    unit, so that a right angle looks like one.
    """
    ax = ax or plt.gca()
    plot_contours(x, y, heights, levels=levels, ax=ax)
    points, gradients = np.asarray(points), np.asarray(gradients)
    longest = np.linalg.norm(gradients, axis=1).max()
    arrows = gradients * float(x.max() - x.min()) / (5 * longest)
    ax.quiver(
        *points.T,
        *arrows.T,
        angles="xy",
        scale_units="xy",
        scale=1,
        width=0.008,
        color=ORANGE,
        zorder=3,
    )
    ax.plot(*points.T, "o", color=BLUE, markersize=4)
    ax.set_aspect("equal")
    return ax.figure


def plot_descent(x, y, heights, path, *, minimum, levels, ax=None):
    """A path (steps, 2) over the contours of a loss, a star at its minimum."""
    ax = ax or plt.gca()
    plot_contours(x, y, heights, levels=levels, ax=ax)
    ax.plot(*np.asarray(path).T, "-", color=BLUE, linewidth=1.2)
    ax.plot(*path[0], "o", color=BLUE)
    ax.plot(*minimum, "*", color=INK, markersize=9)
    return ax.figure


def plot_boundary(features, labels, weights, bias, *, names, ax=None):
    """Where a logistic regression of two features gives 0.1, 0.5 and 0.9.

    The line of 0.5, the decision boundary, is solid. `features` (N, 2) have
    the colours of their `labels` (N,), 0 or 1; `names` are for the axes.
    """
    ax = ax or plt.gca()
    features, labels = np.asarray(features), np.asarray(labels)
    for label, color, marker in [(0, BLUE, "o"), (1, ORANGE, "s")]:
        points = features[labels == label]
        ax.plot(*points.T, marker, color=color, markersize=2.5)
    low, high = features.min(axis=0) - 0.2, features.max(axis=0) + 0.2
    x, y = np.meshgrid(*np.stack([low, high], axis=1))
    first, second = np.asarray(weights)
    ax.contour(
        x,
        y,
        first * x + second * y + float(bias),
        levels=[-np.log(9), 0, np.log(9)],  # log(p / (1 - p))
        colors=INK,
        linestyles=["dashed", "solid", "dashed"],
        linewidths=1.2,
    )
    ax.set(xlabel=names[0], ylabel=names[1])
    return ax.figure


def plot_confusion(confusion, names, *, ax=None):
    """Counts (K, K), true classes in rows, as shares of their row in %."""
    ax = ax or plt.gca()
    shares = torch.as_tensor(confusion).cpu().double()
    shares = (100 * shares / shares.sum(dim=1, keepdim=True)).numpy()
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=100)
    for row, values in enumerate(shares):
        for column, share in enumerate(values):
            if share > 0.5:
                ax.text(
                    column,
                    row,
                    f"{share:.0f}",
                    ha="center",
                    va="center",
                    fontsize="small",
                    color="white" if share > 55 else TEXT,
                )
    ax.set_xticks(range(len(names)), names, rotation=45, ha="right")
    ax.set_yticks(range(len(names)), names)
    ax.set(xlabel="predicted class", ylabel="true class")
    return ax.figure
