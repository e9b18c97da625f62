"""Figures of recurrent networks: curves over distance, gates over a text."""

import matplotlib.pyplot as plt
import torch


def plot_by_distance(distances, runs: dict, *, ylabel: str, ax=None):
    """One curve for each name: the mean of `runs[name]` over the seeds.

    `runs[name]` is (seeds, distances); every seed is a dot.
    """
    ax = ax or plt.gca()
    for name, values in runs.items():
        values = torch.as_tensor(values)
        (line,) = ax.plot(distances, values.mean(dim=0), label=name)
        for seed in values:
            style = {"color": line.get_color(), "markersize": 3}
            ax.plot(distances, seed, "o", **style)
    ax.set(xlabel="distance in steps", ylabel=ylabel)
    ax.legend()
    return ax


def plot_gates(gates, text: str):
    """How far the gates (T, units) are open at each letter of a text.

    Units are sorted by their mean, the most open one on top. Blue is open,
    white is closed.
    """
    order = gates.mean(dim=0).argsort(descending=True)
    figure, ax = plt.subplots(figsize=(6.4, 2.7))
    ax.imshow(gates[:, order].T, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    ax.set_xticks(range(len(text)), text.replace(" ", "·"), fontsize=8)
    ax.set(yticks=[], ylabel="units")
    ax.tick_params(length=0)
    return figure
