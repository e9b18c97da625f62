"""Networks as drawings: units, blocks, regions of the plane."""

from itertools import pairwise

import matplotlib.pyplot as plt
import torch

from dlbook.figures.palette import BLUE, GREY, INK, ORANGE, TEXT


def plot_network(sizes, *, names=None):
    """Layers of units, from left to right, with an arrow for every weight."""
    figure, ax = plt.subplots(figsize=(6.2, 2.9))
    layers = [
        [(x, (size - 1) / 2 - i) for i in range(size)]
        for x, size in enumerate(sizes)
    ]
    arrow = {"arrowstyle": "->", "lw": 0.6, "color": GREY}
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
    colors = [BLUE, ORANGE]
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


HEAD = [["4096"], ["4096"], ["1000"]]
BLOCKS = {
    "LeNet": [
        ["5×5"], ["mean"], ["5×5"], ["mean"], ["120"], ["84"], ["10"],
    ],
    "AlexNet": [
        ["11×11, stride 4"], ["max"], ["5×5"], ["max"],
        ["3×3"], ["3×3"], ["3×3"], ["max"], *HEAD,
    ],
    "VGG block": [["3×3"], ["3×3"], ["max"]],
    "VGG-11": [["1 × 3×3, max"]] * 2 + [["2 × 3×3, max"]] * 3 + HEAD,
    "NiN block": [["5×5"], ["1×1"], ["1×1"]],
    "NiN": [
        ["NiN block"], ["max"], ["NiN block"], ["mean"],
        ["NiN block"], ["one map per class"], ["mean over all places"],
    ],
    "Inception block": [
        ["input"],
        ["", "1×1", "1×1", "max 3×3"],
        ["1×1", "3×3", "5×5", "1×1"],
        ["side by side"],
    ],
    "plain": [["x"], ["3×3, BN"], ["3×3, BN"], ["ReLU"]],
    "residual": [["x"], ["3×3, BN", ""], ["3×3, BN", ""], ["+, ReLU"]],
    "bottleneck": [
        ["x"], ["1×1, BN", ""], ["3×3, BN", ""], ["1×1, BN", ""],
        ["+, ReLU"],
    ],
    "dense layer": [
        ["x"], ["BN, ReLU, 1×1", ""], ["BN, ReLU, 3×3", ""],
        ["side by side"],
    ],
    "separable": [["x"], ["3×3, depthwise"], ["1×1"]],
    "inverted residual": [
        ["x"], ["1×1, wider", ""], ["3×3, depthwise", ""],
        ["1×1, narrower", ""], ["+"],
    ],
}  # fmt: skip


def plot_blocks(*names, blocks=BLOCKS, size=(6.2, 2.6)):
    """The named blocks {name: rows}, side by side."""
    figure, axes = plt.subplots(1, len(names), figsize=size, squeeze=False)
    for ax, name in zip(axes[0], names, strict=True):
        draw_block(ax, blocks[name])
        ax.set_title(name, fontsize="small", loc="center")
    return figure


def draw_block(ax, rows):
    """One block on its axes: words in boxes, arrows between the rows."""
    lanes = max(len(row) for row in rows)
    places = [
        [(lane + (lanes - len(row)) / 2, -level) for lane in range(len(row))]
        for level, row in enumerate(rows)
    ]
    box = {"boxstyle": "round,pad=0.3", "fc": "white", "ec": BLUE}
    for level, row in enumerate(rows):
        for (x, y), word in zip(places[level], row, strict=True):
            if word:
                ax.text(
                    x, y, word, ha="center", va="center", bbox=box,
                    fontsize="x-small", color=TEXT, zorder=3,
                )  # fmt: skip
    for upper, lower, words in zip(places, places[1:], rows[1:], strict=False):
        for start, end, word in joined(upper, lower, words):
            arrow = {"arrowstyle": "->" if word else "-", "color": INK}
            arrow |= {"shrinkA": 0, "shrinkB": 9 if word else 0}
            ax.annotate("", end, start, arrowprops=arrow, zorder=1)
    ax.set(xlim=(-0.7, lanes - 0.3), ylim=(0.6 - len(rows), 0.5))
    ax.axis("off")


def joined(upper, lower, words):
    """(start, end, word at the end) of the arrows between two rows."""
    if len(upper) == len(lower):
        return list(zip(upper, lower, words, strict=True))
    return [
        (start, end, word)
        for start in upper
        for end, word in zip(lower, words, strict=True)
    ]
