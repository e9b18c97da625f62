"""Figures of networks: their units, their regions, their signals by depth."""

from itertools import pairwise

import matplotlib.pyplot as plt
import torch


def plot_network(sizes, *, names=None):
    """Layers of units, from left to right, with an arrow for every weight."""
    figure, ax = plt.subplots(figsize=(6.2, 2.9))
    layers = [
        [(x, (size - 1) / 2 - i) for i in range(size)]
        for x, size in enumerate(sizes)
    ]
    arrow = {"arrowstyle": "->", "lw": 0.6, "color": "#5b6474"}
    arrow |= {"shrinkA": 9, "shrinkB": 9}
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
    """Points (N, 2) of class 0 or 1 over the regions that a model gives them.

    `decide` maps points (M, 2) to scores (M,) or (M, 1); above 0 is class 1.
    """
    ax = ax or plt.gca()
    low, high = points.min(dim=0).values, points.max(dim=0).values
    ends = zip(low - 0.2, high + 0.2, strict=True)
    across, up = (torch.linspace(*pair, grid) for pair in ends)
    places = torch.cartesian_prod(across, up)
    with torch.no_grad():
        above = decide(places).reshape(grid, grid).T
    colors = ["#0072B2", "#D55E00"]
    levels = [-torch.inf, 0, torch.inf]
    ax.contourf(across, up, above, levels, colors=colors, alpha=0.2)
    for label, marker in enumerate("os"):
        chosen = points[labels == label]
        ax.plot(*chosen.T, marker, color=colors[label], markersize=2.5)
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    return ax


def plot_classes(points, labels, *, names, ax=None):
    """Points (N, 2) in the colour of their class, and a legend of `names`."""
    ax = ax or plt.gca()
    for k, name in enumerate(names):
        style = {"markersize": 2, "color": plt.get_cmap("tab10")(k)}
        ax.plot(*points[labels == k].T, ".", label=name, **style)
    ax.legend(markerscale=5, bbox_to_anchor=(1, 1), fontsize="small")
    return ax


def plot_by_layer(values, *, label="", ax=None):
    """One positive number per layer, on a logarithmic axis."""
    ax = ax or plt.gca()
    values = torch.as_tensor(values).clamp_min(1e-12)
    ax.semilogy(range(1, len(values) + 1), values, label=label)
    ax.set(xlabel="layer", ylim=(1e-9, 1e9))
    return ax
