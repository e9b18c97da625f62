"""Figures of word vectors: what is predicted, and words as points."""

import matplotlib.pyplot as plt

from dlbook.figures.palette import BLUE, GREY, LIGHT_GREY, ORANGE


def plot_predictions(words, centre: int):
    """Skip-gram and CBOW: what is given at the bottom, what is predicted
    on top.

    `words` stand beside each other in a text; `centre` is the number of the
    word in the middle, the others are its context.
    """
    figure, axes = plt.subplots(1, 2, figsize=(7.4, 2.7))
    context = [i for i in range(len(words)) if i != centre]
    _predict(axes[0], words, [centre], context, f"vector of {words[centre]}")
    _predict(axes[1], words, context, [centre], "mean of the vectors")
    axes[0].set_title("skip-gram")
    axes[1].set_title("CBOW")
    return figure


def _predict(ax, words, given, predicted, hidden):
    """Boxes of words on two levels, and arrows through a box between them."""

    def box(x, y, name, color):
        frame = {"boxstyle": "round,pad=0.4", "fc": "none", "ec": color}
        text = ax.text(x, y, name, ha="center", va="center", bbox=frame)
        text.set_fontsize("x-small")
        return (x, y), text.get_bbox_patch()

    middle = box((len(words) - 1) / 2, 1, hidden, GREY)
    arrows = [(box(i, 0, words[i], BLUE), middle) for i in given]
    arrows += [(middle, box(i, 2, words[i], ORANGE)) for i in predicted]
    for (start, behind), (end, before) in arrows:
        line = {"arrowstyle": "-|>", "color": GREY, "shrinkA": 0, "shrinkB": 0}
        line |= {"patchA": behind, "patchB": before}
        ax.annotate("", end, start, arrowprops=line)
    ax.text(-0.6, 0, "given", va="center", ha="right", fontsize="x-small")
    ax.text(-0.6, 2, "predicted", va="center", ha="right", fontsize="x-small")
    ax.set(xlim=(-1.6, len(words) - 0.4), ylim=(-0.4, 2.4))
    ax.axis("off")


def plot_words(positions, *, ax=None, color=LIGHT_GREY):
    """Points (N, 2) without names."""
    ax = ax or plt.gca()
    x, y = positions.T
    ax.plot(x, y, ".", color=color, markersize=3)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    return ax.figure


def plot_map(positions, groups, *, ax=None, size=7):
    """Points (N, 2), some with their names: {color: {name: number}}.

    The names stand in two columns, left and right of the points, so that
    none covers another one; a line leads from each name to its point.
    """
    ax = ax or plt.gca()
    plot_words(positions, ax=ax)
    left, low = positions.min(dim=0).values.tolist()
    right, high = positions.max(dim=0).values.tolist()
    width, named = right - left, []
    for color, numbers in groups.items():
        for name, number in numbers.items():
            x, y = positions[number].tolist()
            named.append((y, x, name, color))
            ax.plot(x, y, "o", color=color, markersize=4)
    named.sort(key=lambda row: row[1])
    half = len(named) // 2
    sides = [(left, -1, named[:half]), (right, 1, named[half:])]
    for edge, side, column in sides:
        x = edge + side * 0.08 * width
        step = (high - low) / max(len(column), 1)
        for row, (point_y, point_x, name, color) in enumerate(sorted(column)):
            y = low + (row + 0.5) * step
            ax.plot([point_x, x], [point_y, y], color=color, linewidth=0.5)
            align = "right" if side < 0 else "left"
            text = ax.text(x + side * 0.01 * width, y, name, ha=align)
            text.set(va="center", fontsize=size, color=color)
    ax.set_xlim(left - 0.5 * width, right + 0.5 * width)
    return ax.figure


def plot_neighbours(positions, names, chosen: int, neighbours):
    """A map (N, 2) of grey points; one word, and its neighbours by name.

    The names stand in a column on the right, in the order of their points.
    The frame depends on `positions` alone, whatever is named.
    """
    figure, ax = plt.subplots(figsize=(6.2, 4.2))
    plot_words(positions, ax=ax)
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
