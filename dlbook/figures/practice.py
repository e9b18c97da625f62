"""Figures of practice: curves of runs, reliability, intervals, optimism."""

import matplotlib.pyplot as plt

from dlbook.figures.palette import BLUE, GREY, LIGHT_BLUE, ORANGE


def plot_runs(runs: dict, *, columns: int = 3, most: float = 4.0):
    """A panel for each {name: history}: loss by step, accuracies by epoch.

    A history holds "loss" (steps,), grey on the left axis and cut at `most`,
    and "train" and "valid" (epochs,), accuracies on the right axis.
    """
    rows = -(-len(runs) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(2.5 * columns, 1.9 * rows), squeeze=False
    )
    for ax in axes.flat[len(runs) :]:
        ax.axis("off")
    for i, (name, history) in enumerate(runs.items()):
        ax = axes.flat[i]
        steps, epochs = len(history["loss"]), len(history["valid"])
        ax.plot(
            [(step + 1) * epochs / steps for step in range(steps)],
            [min(loss, most) for loss in history["loss"]],
            color=GREY,
            linewidth=0.7,
        )
        ax.set(ylim=(0, most), xlim=(0, epochs))
        ax.set_title(name, fontsize="small", loc="left")
        right = ax.twinx()
        right.set_ylim(0, 1)
        for split, style in [("train", "--"), ("valid", "-")]:
            right.plot(range(1, epochs + 1), history[split], style, color=BLUE)
        if i % columns:
            ax.set_yticklabels([])
        else:
            ax.set_ylabel("loss", color=GREY)
        if i % columns < columns - 1 and i < len(runs) - 1:
            right.set_yticklabels([])
        else:
            right.set_ylabel("accuracy", color=BLUE)
        if i >= len(runs) - columns:
            ax.set_xlabel("epoch")
    return figure


def plot_reliability(reliability, *, ax=None):
    """Accuracy over confidence, one bar for each bin, and the diagonal.

    `reliability` holds three tensors of equal length: confidence, accuracy
    and share of the examples in each bin. The gap to the diagonal is orange.
    """
    ax = ax or plt.subplots(figsize=(3.6, 3.2))[1]
    confidence, accuracy, share = (values.tolist() for values in reliability)
    ax.bar(confidence, accuracy, width=0.07, color=LIGHT_BLUE)
    ax.vlines(confidence, accuracy, confidence, color=ORANGE, linewidth=3)
    sizes = [4 + 200 * part for part in share]
    ax.scatter(confidence, accuracy, s=sizes, color=BLUE, zorder=3)
    ax.plot([0, 1], [0, 1], color=GREY, linewidth=1)
    ax.set(xlim=(0, 1.04), ylim=(0, 1.04), aspect=1)
    ax.set(xlabel="confidence", ylabel="accuracy")
    return ax.figure


def plot_intervals(intervals: dict, *, xlabel: str):
    """{name: (value, low, high)}: a dot and a line; the first is on top."""
    figure, ax = plt.subplots(figsize=(6, 0.36 * len(intervals) + 0.8))
    for row, (value, low, high) in enumerate(intervals.values()):
        ax.plot([low, high], [row, row], color=BLUE)
        ax.plot(value, row, "o", color=BLUE)
    ax.set_yticks(range(len(intervals)), list(intervals))
    ax.set(xlabel=xlabel, ylim=(len(intervals) - 0.4, -0.6))
    ax.tick_params(axis="y", length=0)
    return figure


def plot_optimism(counts, chosen: dict, truth, *, ax=None):
    """Score of the best of so many candidates, and what it is worth.

    `chosen` is {name: scores (counts,)} on the images that chose, drawn as
    lines; `truth` {name: scores (counts,)} on others, dashed.
    """
    ax = ax or plt.subplots(figsize=(6, 3))[1]
    for name, scores in chosen.items():
        (line,) = ax.semilogx(counts, scores, ".-", label=f"chosen on {name}")
        ax.semilogx(counts, truth[name], "--", color=line.get_color())
    ax.set_xticks(counts, [f"{count}" for count in counts])
    ax.minorticks_off()
    ax.set(xlabel="candidates", ylabel="accuracy of the best")
    ax.legend(fontsize="small")
    return ax.figure
