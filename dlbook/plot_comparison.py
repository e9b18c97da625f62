"""Figures that compare: before and after, by depth, by cost."""

from itertools import cycle

import matplotlib.pyplot as plt
import torch


def plot_histograms(values: dict, *, low: float, high: float, bins: int = 34):
    """The share of each bin for every tensor of {name: values}."""
    figure, ax = plt.subplots(figsize=(5.4, 2.6))
    for name, numbers in values.items():
        numbers = numbers.detach().flatten()
        height, edges = torch.histogram(numbers, bins, range=(low, high))
        ax.stairs(height / len(numbers), edges, label=name, linewidth=1.8)
    ax.set(xlabel="value", ylabel="share", xlim=(low, high))
    ax.legend()
    return figure


def plot_slopes(runs: dict, *, blocks: int, limits):
    """Norm of the gradient block by block, for {(name, color): norms}."""
    figure, ax = plt.subplots(figsize=(5.4, 2.8))
    for (name, color), norms in runs.items():
        places = range(1, len(norms) + 1)
        ax.semilogy(places, norms, ".-", label=name, color=color)
    ax.set(xlabel="block", ylabel="norm of the slope")
    ax.set(xlim=(0, blocks + 1), ylim=limits)
    ax.legend(loc="upper right")
    return figure


def plot_costs(costs: dict, *, xlabel: str, ylabel: str):
    """A dot and its name for each {name: (cost, value)}, costs by factors."""
    figure, ax = plt.subplots(figsize=(6, 3.4))
    heights = cycle([9, -10])  # points; names must not write over another
    for name in sorted(costs, key=costs.get):
        style = {"fontsize": "small", "ha": "center", "va": "center"}
        style |= {"xytext": (0, next(heights)), "textcoords": "offset points"}
        ax.plot(*costs[name], "o", color="C0")
        ax.annotate(name, costs[name], **style)
    ax.set_xscale("log", base=2)
    ax.xaxis.set_major_formatter("{x:g}")
    ax.margins(x=0.2, y=0.1)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    return figure
