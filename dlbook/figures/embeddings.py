"""Figures of word vectors: words as points."""

import matplotlib.pyplot as plt


def plot_words(places, names=None, *, ax=None, color="C0", size=8):
    """Points (N, 2), each with its name beside it.

    Names that would cover each other are moved up; so draw what sets the
    limits of the axes before.
    """
    ax = ax or plt.gca()
    x, y = places.T
    ax.plot(x, y, ".", color=color, markersize=6 if names else 3)
    for i, up in enumerate(_heights(ax, places.tolist(), names or [], size)):
        ax.text(
            x[i], up, f" {names[i]}", fontsize=size, color=color, va="center"
        )
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    return ax


def _heights(ax, places, names, size):
    """Heights at which no name covers another one."""
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    frame, em = ax.get_window_extent(), size * ax.figure.dpi / 72
    letter = 0.58 * em * (right - left) / frame.width
    line = 1.1 * em * (high - low) / frame.height
    heights = {}
    for i in sorted(range(len(names)), key=lambda i: places[i][1]):
        x, up = places[i]
        for j in sorted(heights, key=heights.get):
            behind = x > places[j][0] + letter * (len(names[j]) + 1)
            before = places[j][0] > x + letter * (len(names[i]) + 1)
            if not behind and not before and abs(up - heights[j]) < line:
                up = heights[j] + line
        heights[i] = up
    return [heights[i] for i in range(len(names))]


def plot_neighbours(places, names, chosen: int, neighbours):
    """A map (N, 2) of grey points; one word, and its neighbours by name.

    The names stand in a column on the right, in the order of their points.
    The frame depends on `places` alone, whatever is named.
    """
    figure, ax = plt.subplots(figsize=(6.2, 4.2))
    plot_words(places, ax=ax, color="#9aa3b2")
    (left, low), (right, high) = (
        edge.values.tolist() for edge in (places.min(0), places.max(0))
    )
    width, gap = right - left, (high - low) / 16
    named = sorted([chosen, *neighbours], key=lambda i: places[i, 1].item())
    middle = sum(places[i, 1].item() for i in named) / len(named)
    bottom = min(middle - gap * len(named) / 2, high - gap * len(named))
    column, gaps = right + 0.06 * width, float("nan")
    lines = {"#0072B2": [], "#D55E00": []}
    for k, i in enumerate(named):
        point, up = places[i].tolist(), max(bottom, low) + k * gap
        color = "#D55E00" if i == chosen else "#0072B2"
        lines[color] += [point, (column, up), (gaps, gaps)]
        text = ax.text(column, up, f" {names[i]}", color=color, va="center")
        text.set_in_layout(False)
    for color, ends in lines.items():
        if not ends:
            continue
        ax.plot(*zip(*ends, strict=True), color=color, linewidth=0.5)
        ax.plot(*zip(*ends[::3], strict=True), "o", color=color, markersize=4)
    ax.set_xlim(left - 0.03 * width, right + 0.4 * width)
    ax.set_ylim(low - gap, high + gap)
    return figure


def plot_cloud(x, y, *, line: float, ax=None):
    """How many points (N,) lie where, and the line y = x + `line`."""
    ax = ax or plt.gca()
    ax.hexbin(
        x, y, gridsize=60, bins="log", cmap="Blues", mincnt=1, linewidths=0
    )
    ax.axline((0, line), slope=1, color="C1")
    return ax
