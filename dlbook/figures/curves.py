"""Curves and bars: over epochs, layers, sizes, distances and costs."""

from itertools import cycle

import matplotlib.pyplot as plt
import torch


def plot_histograms(values: dict, *, low: float, high: float, bins: int = 34):
    """The fraction of values in each bin, for every tensor of {name: values}.

    Values outside `low`..`high` are counted in no bin.
    """
    figure, ax = plt.subplots(figsize=(5.4, 2.6))
    for name, numbers in values.items():
        numbers = numbers.detach().flatten()
        height, edges = torch.histogram(numbers, bins, range=(low, high))
        ax.stairs(height / len(numbers), edges, label=name, linewidth=1.8)
    ax.set(xlabel="value", ylabel="fraction", xlim=(low, high))
    ax.legend()
    return figure


def plot_gradient_norms(norms: dict, *, colors: dict, blocks: int, limits):
    """Norm of the gradient of each block: {name: norms}, {name: color}.

    The axes are the same for any norms: up to `blocks` blocks, and `limits`.
    """
    figure, ax = plt.subplots(figsize=(5.4, 2.8))
    for name, heights in norms.items():
        numbers = range(1, len(heights) + 1)
        ax.semilogy(numbers, heights, ".-", label=name, color=colors[name])
    ax.set(xlabel="block", ylabel="norm of the gradient")
    ax.set(xlim=(0, blocks + 1), ylim=limits)
    ax.legend(loc="upper right")
    return figure


def plot_costs(costs: dict, *, xlabel: str, ylabel: str):
    """A dot and its name for each {name: (cost, value)}, costs by factors."""
    figure, ax = plt.subplots(figsize=(6, 3.4))
    offsets = cycle([9, -10])  # points; names must not cover each other
    for name in sorted(costs, key=costs.get):
        ax.plot(*costs[name], "o", color="C0")
        ax.annotate(
            name,
            costs[name],
            xytext=(0, next(offsets)),
            textcoords="offset points",
            fontsize="small",
            ha="center",
            va="center",
        )
    ax.set_xscale("log", base=2)
    ax.xaxis.set_major_formatter("{x:g}")
    ax.margins(x=0.2, y=0.1)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    return figure


def plot_by_layer(values, *, label="", ax=None):
    """One positive number per layer, on a logarithmic axis."""
    ax = ax or plt.gca()
    values = torch.as_tensor(values).clamp_min(1e-12)
    ax.semilogy(range(1, len(values) + 1), values, label=label)
    ax.set(xlabel="layer", ylim=(1e-9, 1e9))
    return ax.figure


def plot_by_distance(distances, runs: dict, *, ylabel: str, ax=None):
    """A line of means for each name, a dot for each seed, over distances.

    `runs[name]` is (seeds, distances).
    """
    ax = ax or plt.gca()
    for name, values in runs.items():
        values = torch.as_tensor(values)
        (line,) = ax.plot(distances, values.mean(dim=0), label=name)
        for seed in values:
            ax.plot(distances, seed, "o", color=line.get_color(), markersize=3)
    ax.set(xlabel="distance in steps", ylabel=ylabel)
    ax.legend()
    return ax.figure


def plot_shares(shares: dict, *, xlabel: str, ax=None):
    """Horizontal bars for {name: {run: share}}; the first name is on top."""
    ax = ax or plt.gca()
    runs = list(next(iter(shares.values())))
    height = 0.8 / len(runs)
    for number, run in enumerate(runs):
        widths = [of_run[run] for of_run in shares.values()]
        positions = [-i - number * height for i in range(len(shares))]
        ax.barh(positions, widths, height=height, label=run)
    middle = (len(runs) - 1) * height / 2
    ax.set_yticks([-i - middle for i in range(len(shares))], list(shares))
    ax.tick_params(axis="y", length=0)
    ax.set(xlabel=xlabel)
    if len(runs) > 1:
        ax.legend()
    return ax.figure


def plot_by_size(sizes, runs: dict, *, ylabel: str, ax=None):
    """A line of means for each name, a dot for each seed, over log sizes.

    `runs[name]` is (seeds, sizes).
    """
    ax = ax or plt.gca()
    for name, values in runs.items():
        (line,) = ax.semilogx(sizes, values.mean(dim=0), label=name)
        for seed in values:
            ax.plot(sizes, seed, ".", color=line.get_color(), markersize=4)
    ax.set_xticks(sizes, [f"{size:,}" for size in sizes])
    ax.minorticks_off()
    ax.set(xlabel="labelled snippets", ylabel=ylabel)
    ax.legend()
    return ax.figure


def plot_by_length(scores: dict, *, ylabel: str, ax=None):
    """One curve for each name: {name: {length of the source: score}}."""
    ax = ax or plt.gca()
    for name, values in scores.items():
        ax.plot(list(values), list(values.values()), "o-", label=name)
    ax.set(xlabel="tokens of the source", ylabel=ylabel, ylim=(0, None))
    ax.legend()
    return ax.figure
