"""Figures of tables: missing values, folds, predictions and their errors."""

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.ticker import FuncFormatter

from dlbook.figures.palette import BLUE, GREY, INK, LIGHT_BLUE, ORANGE, TEXT


def plot_missing(shares: dict, *, xlabel: str, ax=None):
    """A bar for each {name: share in 0..1}, the largest on top."""
    ax = ax or plt.subplots(figsize=(6, 0.24 * len(shares) + 0.8))[1]
    names = sorted(shares, key=shares.get)
    ax.barh(names, [100 * shares[name] for name in names], color=BLUE)
    ax.tick_params(axis="y", length=0, labelsize="small")
    ax.set(xlabel=xlabel, xlim=(0, 100))
    ax.margins(y=0.02)
    return ax.figure


def plot_folds(k: int):
    """k rounds of cross-validation: in each, another part validates."""
    figure, ax = plt.subplots(figsize=(6, 0.36 * k + 0.6))
    for fold in range(k):
        colors = [LIGHT_BLUE] * k
        colors[fold] = ORANGE
        ax.barh(
            [fold] * k, [1] * k, left=range(k), height=0.72, color=colors,
            edgecolor="white", linewidth=2,
        )  # fmt: skip
        ax.text(fold + 0.5, fold, "validation", ha="center", va="center",
                color=TEXT, fontsize="small")  # fmt: skip
    ax.set_yticks(range(k), [f"fold {fold + 1}" for fold in range(k)])
    ax.set(xticks=[], xlabel="rows of the table, shuffled")
    ax.invert_yaxis()
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return figure


def plot_predicted(actual, predicted, *, ax=None):
    """Predicted against actual prices (N,) in dollars, and the diagonal."""
    ax = ax or plt.subplots(figsize=(4.2, 3.8))[1]
    ax.axline((1e4, 1e4), (1e6, 1e6), color=GREY, linewidth=1)
    ax.loglog(actual, predicted, ".", color=BLUE, markersize=3, alpha=0.6)
    ends = (1e4, 1e6)
    ax.set(xlim=ends, ylim=ends, aspect=1)
    ax.set(xlabel="actual price", ylabel="predicted price")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(in_thousands))
    return ax.figure


def in_thousands(dollars, position=None) -> str:
    """10000 as "$10k"."""
    return f"${dollars / 1000:,.0f}k"


def plot_residuals(predicted, errors, *, marked=None):
    """Errors (N,) over predicted prices (N,); `marked` (N,) in orange."""
    figure, ax = plt.subplots(figsize=(6, 3))
    marked = torch.zeros(len(errors)).bool() if marked is None else marked
    for chosen, color in ((~marked, BLUE), (marked, ORANGE)):
        ax.semilogx(predicted[chosen], errors[chosen], ".", color=color,
                    markersize=3, alpha=0.6)  # fmt: skip
    ax.axhline(0, color=INK, linewidth=0.8)
    ticks = [30_000, 60_000, 100_000, 200_000, 400_000, 800_000]
    ax.set_xticks(ticks, [in_thousands(tick) for tick in ticks])
    ax.minorticks_off()
    ax.set(xlabel="predicted price", ylabel="error of the log price")
    return figure


def plot_scores(scores: dict, *, xlabel: str):
    """{model: scores (shuffles,)}: a dot for each, a line for their mean."""
    figure, ax = plt.subplots(figsize=(6, 0.4 * len(scores) + 0.8))
    for row, values in enumerate(scores.values()):
        values = np.asarray(values)
        ax.plot(values, [row] * len(values), "o", color=BLUE, alpha=0.7)
        ax.plot([values.mean()] * 2, [row - 0.3, row + 0.3], color=ORANGE)
    ax.set_yticks(range(len(scores)), list(scores))
    ax.set(xlabel=xlabel, ylim=(len(scores) - 0.4, -0.6))
    ax.tick_params(axis="y", length=0)
    return figure
