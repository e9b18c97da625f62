"""Drawings of the blocks of networks, from their input down to their output.

A block is a list of rows, a row a list of words, one for each lane; an empty
word is a lane that passes by.
"""

import matplotlib.pyplot as plt

INK, BLUE = "#1f2430", "#0072B2"
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
                    fontsize="x-small", color="#111111", zorder=3,
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
