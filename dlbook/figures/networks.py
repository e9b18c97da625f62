"""Networks as drawings: units, and what they make of the plane."""

from itertools import pairwise

import matplotlib.pyplot as plt
import torch

from dlbook.figures.palette import BLUE, GREY, ORANGE


def plot_network(sizes, *, names=None):
    """Layers of units, from left to right, with an arrow for every weight."""
    figure, ax = plt.subplots(figsize=(6.2, 2.9))
    layers = [
        [(x, (size - 1) / 2 - i) for i in range(size)]
        for x, size in enumerate(sizes)
    ]
    arrow = {
        "arrowstyle": "->",
        "lw": 0.6,
        "color": GREY,
        "shrinkA": 9,
        "shrinkB": 9,
    }
    for left, right in pairwise(layers):
        for start in left:
            for end in right:
                ax.annotate("", end, start, arrowprops=arrow)
    for x, layer in enumerate(layers):
        ax.plot(*zip(*layer, strict=True), "o", markersize=15)
        if names is not None:
            ax.text(x, -max(sizes) / 2 - 0.4, names[x], ha="center")
    ax.set(xlim=(-0.4, len(sizes) - 0.6), ylim=(-max(sizes) / 2 - 0.7, None))
    ax.axis("off")
    return figure


def plot_regions(decide, points, labels, *, ax=None, grid: int = 80):
    """Points (N, 2) of class 0 or 1 over the decision regions of a model.

    `decide` maps points (M, 2) to scores (M,) or (M, 1); above 0 is class 1.
    """
    ax = ax or plt.gca()
    low, high = points.amin(dim=0) - 0.2, points.amax(dim=0) + 0.2
    x = torch.linspace(low[0], high[0], grid)
    y = torch.linspace(low[1], high[1], grid)
    with torch.no_grad():
        scores = decide(torch.cartesian_prod(x, y)).reshape(grid, grid).T
    colors = [BLUE, ORANGE]
    levels = [-torch.inf, 0, torch.inf]
    ax.contourf(x, y, scores, levels, colors=colors, alpha=0.2)
    for label, marker in enumerate("os"):
        chosen = points[labels == label]
        ax.plot(*chosen.T, marker, color=colors[label], markersize=2.5)
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    return ax.figure


def plot_classes(points, labels, *, names, ax=None):
    """Points (N, 2) in the colour of their class, and a legend of `names`."""
    ax = ax or plt.gca()
    colors = plt.get_cmap("tab10")
    for k, name in enumerate(names):
        x, y = points[labels == k].T
        ax.plot(x, y, ".", label=name, color=colors(k), markersize=2)
    ax.legend(markerscale=5, bbox_to_anchor=(1, 1), fontsize="small")
    return ax.figure
