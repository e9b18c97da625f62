"""Networks as drawings: units, blocks, and what they make of the plane."""

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
    arrow = {
        "arrowstyle": "->",
        "lw": 0.6,
        "color": GREY,
        "shrinkA": 9,
        "shrinkB": 9,
    }
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
    """Points (N, 2) of class 0 or 1 over the decision regions of a model.

    `decide` maps points (M, 2) to scores (M,) or (M, 1); above 0 is class 1.
    """
    ax = ax or plt.gca()
    low, high = points.amin(dim=0) - 0.2, points.amax(dim=0) + 0.2
    x = torch.linspace(low[0], high[0], grid)
    y = torch.linspace(low[1], high[1], grid)
    with torch.no_grad():
        scores = decide(torch.cartesian_prod(x, y)).reshape(grid, grid).T
    colors = [BLUE, ORANGE]
    levels = [-torch.inf, 0, torch.inf]
    ax.contourf(x, y, scores, levels, colors=colors, alpha=0.2)
    for label, marker in enumerate("os"):
        chosen = points[labels == label]
        ax.plot(*chosen.T, marker, color=colors[label], markersize=2.5)
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    return ax.figure


def plot_classes(points, labels, *, names, ax=None):
    """Points (N, 2) in the colour of their class, and a legend of `names`."""
    ax = ax or plt.gca()
    colors = plt.get_cmap("tab10")
    for k, name in enumerate(names):
        x, y = points[labels == k].T
        ax.plot(x, y, ".", label=name, color=colors(k), markersize=2)
    ax.legend(markerscale=5, bbox_to_anchor=(1, 1), fontsize="small")
    return ax.figure


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
        ["NiN block"], ["one map per class"], ["mean over all positions"],
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
    """The named blocks, side by side; `blocks` is {name: rows}.

    A row is a list of words, one for each lane; an empty word lets the lane
    of a shortcut pass.
    """
    figure, axes = plt.subplots(1, len(names), figsize=size, squeeze=False)
    for ax, name in zip(axes[0], names, strict=True):
        draw_block(ax, blocks[name])
        ax.set_title(name, fontsize="small", loc="center")
    return figure


def draw_block(ax, rows):
    """One block on its axes: words in boxes, arrows between the rows."""
    lanes = max(len(row) for row in rows)
    positions = [
        [(lane + (lanes - len(row)) / 2, -level) for lane in range(len(row))]
        for level, row in enumerate(rows)
    ]
    box = {"boxstyle": "round,pad=0.3", "fc": "white", "ec": BLUE}
    for level, row in enumerate(rows):
        for (x, y), word in zip(positions[level], row, strict=True):
            if word:
                ax.text(
                    x, y, word, ha="center", va="center", bbox=box,
                    fontsize="x-small", color=TEXT, zorder=3,
                )  # fmt: skip
    for level in range(1, len(rows)):
        upper, lower = positions[level - 1], positions[level]
        for start, end, word in joined(upper, lower, rows[level]):
            arrow = {
                "arrowstyle": "->" if word else "-",
                "color": INK,
                "shrinkA": 0,
                "shrinkB": 9 if word else 0,
            }
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
