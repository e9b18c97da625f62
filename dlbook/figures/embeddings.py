"""Figures of word vectors: words as points."""

import matplotlib.pyplot as plt

from dlbook.figures.palette import BLUE, LIGHT_GREY, ORANGE


def plot_words(positions, names=None, *, ax=None, color=BLUE, size=8):
    """Points (N, 2), each with its name beside it.

    Names that would cover each other are moved up; so draw what sets the
    limits of the axes before.
    """
    ax = ax or plt.gca()
    x, y = positions.T
    ax.plot(x, y, ".", color=color, markersize=6 if names else 3)
    heights = _heights(ax, positions.tolist(), names or [], size)
    for i, height in enumerate(heights):
        ax.text(
            x[i],
            height,
            f" {names[i]}",
            fontsize=size,
            color=color,
            va="center",
        )
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    return ax.figure


def _heights(ax, positions, names, size):
    """Heights at which no name covers another one."""
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    frame, em = ax.get_window_extent(), size * ax.figure.dpi / 72
    letter = 0.58 * em * (right - left) / frame.width
    line = 1.1 * em * (high - low) / frame.height
    heights = {}
    for i in sorted(range(len(names)), key=lambda i: positions[i][1]):
        x, height = positions[i]
        for j in sorted(heights, key=heights.get):
            after = x > positions[j][0] + letter * (len(names[j]) + 1)
            before = positions[j][0] > x + letter * (len(names[i]) + 1)
            if not after and not before and abs(height - heights[j]) < line:
                height = heights[j] + line
        heights[i] = height
    return [heights[i] for i in range(len(names))]


def plot_neighbours(positions, names, chosen: int, neighbours):
    """A map (N, 2) of grey points; one word, and its neighbours by name.

    The names stand in a column on the right, in the order of their points.
    The frame depends on `positions` alone, whatever is named.
    """
    figure, ax = plt.subplots(figsize=(6.2, 4.2))
    plot_words(positions, ax=ax, color=LIGHT_GREY)
    left, low = positions.min(dim=0).values.tolist()
    right, high = positions.max(dim=0).values.tolist()
    width, gap = right - left, (high - low) / 16
    heights = positions[:, 1].tolist()
    named = sorted([chosen, *neighbours], key=heights.__getitem__)
    middle = sum(heights[i] for i in named) / len(named)
    bottom = min(middle - gap * len(named) / 2, high - gap * len(named))
    column, bottom = right + 0.06 * width, max(bottom, low)
    rows = {i: bottom + row * gap for row, i in enumerate(named)}
    for color, group in ((BLUE, neighbours), (ORANGE, [chosen])):
        xs, ys = [], []  # one curve with gaps: many would make large pages
        for i in group:
            x, y = positions[i].tolist()
            xs += [x, column, float("nan")]
            ys += [y, rows[i], float("nan")]
            text = ax.text(column, rows[i], f" {names[i]}", color=color)
            text.set(va="center", in_layout=False)
        ax.plot(xs, ys, color=color, linewidth=0.5)
        ax.plot(xs[::3], ys[::3], "o", color=color, markersize=4)
    ax.set_xlim(left - 0.03 * width, right + 0.4 * width)
    ax.set_ylim(low - gap, high + gap)
    return figure


def plot_cloud(x, y, *, line: float, ax=None):
    """How many points (N,) lie where, and the line y = x + `line`."""
    ax = ax or plt.gca()
    ax.hexbin(
        x, y, gridsize=60, bins="log", cmap="Blues", mincnt=1, linewidths=0
    )
    ax.axline((0, line), slope=1, color=ORANGE)
    return ax.figure
