"""Drawings of attention: Q, K and V, the Transformer, maps over a picture."""

import matplotlib.pyplot as plt
import torch

from dlbook.figures.palette import (
    BLUE,
    GREY,
    INK,
    LIGHT_BLUE,
    LIGHT_GREY,
    TEXT,
)

MATRICES = {  # name: corner, rows, columns, colour
    "$x$": ((0.0, 1.3), 3, 4, LIGHT_GREY),
    "memory": ((0.0, -3.0), 5, 4, LIGHT_GREY),
    "$Q$": ((4.4, 1.3), 3, 2, LIGHT_BLUE),
    "$K$": ((4.4, -1.7), 5, 2, LIGHT_BLUE),
    "$V$": ((4.4, -5.4), 5, 2, LIGHT_BLUE),
    "weights": ((8.6, 0.2), 3, 5, LIGHT_BLUE),
    "output": ((14.8, -1.9), 3, 2, LIGHT_BLUE),
}
SHAPES = {
    "$x$": "(T, D)", "memory": "(S, D)", "$Q$": "(T, d)", "$K$": "(S, d)",
    "$V$": "(S, d)", "weights": "(T, S)", "output": "(T, d)",
}  # fmt: skip
PRODUCTS = [
    ("$x$", "$Q$", "$W_Q$"),
    ("memory", "$K$", "$W_K$"),
    ("memory", "$V$", "$W_V$"),
    ("$Q$", "weights", ""),
    ("$K$", "weights", ""),
    ("weights", "output", ""),
    ("$V$", "output", ""),
]
CELL = 0.45  # side of one number of a matrix


def plot_queries_keys_values():
    """One head: from x and memory to Q, K, V, weights and output."""
    figure, ax = plt.subplots(figsize=(7, 3.3))
    boxes = {}
    for name, ((x, y), rows, columns, color) in MATRICES.items():
        width, height = CELL * columns, CELL * rows
        boxes[name] = (x, y, x + width, y + height)
        ax.add_patch(plt.Rectangle((x, y), width, height, fc=color, ec=GREY))
        for line in range(1, rows):
            level = y + CELL * line
            ax.plot([x, x + width], [level, level], color="white", lw=0.8)
        label = f"{name} {SHAPES[name]}"
        middle = x + width / 2
        ax.text(middle, y + height + 0.2, label, ha="center", fontsize=9)
    for start, end, label in PRODUCTS:
        x0, y0 = boxes[start][2], sum(boxes[start][1::2]) / 2
        x1, y1 = boxes[end][0], sum(boxes[end][1::2]) / 2
        arrow = {"arrowstyle": "-|>", "color": INK, "shrinkA": 2, "shrinkB": 2}
        ax.annotate("", (x1, y1), (x0, y0), arrowprops=arrow)
        above = 0.3 if y1 >= y0 else -0.8
        ax.text((x0 + x1) / 2, (y0 + y1) / 2 + above, label, ha="center")
    ax.text(9.7, -0.6, r"softmax$(QK^\top / \sqrt{d})$", ha="center")
    ax.set(xlim=(-0.6, 16.6), ylim=(-5.8, 3.5))
    ax.axis("off")
    return figure


ENCODER = ["source tokens", "embedding", "+ positions", "self-attention",
           "feed-forward", "norm"]  # fmt: skip
DECODER = ["target tokens, shifted", "embedding", "+ positions",
           "causal self-attention", "cross-attention", "feed-forward",
           "norm", "linear, softmax"]  # fmt: skip
BRANCHES = ("attention", "feed-forward")  # with a norm before, a sum after


def plot_transformer():
    """Encoder (left) and decoder (right) of the pre-norm Transformer."""
    figure, ax = plt.subplots(figsize=(6.6, 5.6))
    stacks = [(draw_stack(ax, 0.0, ENCODER)), (draw_stack(ax, 4.6, DECODER))]
    memory, cross = stacks[0]["norm"], stacks[1]["cross-attention"]
    x0, y0 = memory.get_position()
    x1, y1 = cross.get_position()
    ax.plot([x0, x0, 2.3, 2.3], [y0 + 0.3, y0 + 0.8, y0 + 0.8, y1], color=BLUE)
    arrow = {
        "arrowstyle": "-|>", "color": BLUE, "shrinkA": 0, "shrinkB": 0,
        "patchB": cross.get_bbox_patch(),
    }  # fmt: skip
    ax.annotate("", (x1, y1), (2.3, y1), arrowprops=arrow)
    label = "memory, for keys and values"
    ax.text(2.3, y0 + 1.0, label, ha="right", fontsize=8, color=BLUE)
    ax.set(xlim=(-2, 7.4), ylim=(-0.6, 11.2))
    ax.axis("off")
    return figure


def draw_stack(ax, x: float, names):
    """Boxes from bottom to top with their shortcuts: {name: text}."""
    texts, y, previous = {}, 0.0, None
    box = {"boxstyle": "round,pad=0.35", "fc": "white", "ec": BLUE}
    frame = []
    for name in names:
        branch = name.endswith(BRANCHES)
        label = f"norm, {name}" if branch else name
        text = ax.text(
            x, y, label, ha="center", va="center", bbox=box, fontsize=8,
            color=TEXT, zorder=3,
        )  # fmt: skip
        texts[name] = text
        if previous is not None:
            join(ax, previous, text)
        previous = text
        if branch:
            frame.append(y)
            plus = ax.text(
                x, y + 0.85, "+", ha="center", va="center", fontsize=9,
                color=TEXT, zorder=3,
                bbox={"boxstyle": "circle,pad=0.1", "fc": "white", "ec": BLUE},
            )  # fmt: skip
            join(ax, text, plus)
            side = x + 1.75
            path = [(x, y - 0.5), (side, y - 0.5), (side, y + 0.85)]
            ax.plot(*zip(*path, strict=True), color=INK, lw=1)
            arrow = {
                "arrowstyle": "-|>", "color": INK, "shrinkA": 0,
                "shrinkB": 0, "patchB": plus.get_bbox_patch(),
            }  # fmt: skip
            ax.annotate("", (x, y + 0.85), path[-1], arrowprops=arrow)
            previous, y = plus, y + 0.85
        y += 1.05
    low, high = frame[0] - 0.7, frame[-1] + 1.2
    ax.add_patch(
        plt.Rectangle(
            (x - 1.85, low), 3.9, high - low, fc="none", ec=GREY, ls="--"
        )
    )
    ax.text(x - 1.75, high + 0.1, "× layers", fontsize=8, color=GREY)
    return texts


def join(ax, lower, upper):
    """An arrow from one box to the next."""
    arrow = {
        "arrowstyle": "-|>", "color": INK, "shrinkA": 0, "shrinkB": 0,
        "patchA": lower.get_bbox_patch(), "patchB": upper.get_bbox_patch(),
    }  # fmt: skip
    ax.annotate(
        "", upper.get_position(), lower.get_position(), arrowprops=arrow
    )


def plot_attention_over(image, weights, words):
    """An image (H, W), and over it the weights (T, S) of each of T words.

    S positions form a square grid. The more opaque the orange, the larger
    the weight; all panels share one scale.
    """
    figure, axes = plt.subplots(
        1, len(words) + 1, figsize=(1.15 * len(words) + 1.7, 1.6)
    )
    H, W = image.shape
    side = round(weights.shape[-1] ** 0.5)
    axes[0].imshow(image, cmap="gray", vmin=0, vmax=1)
    for ax, word, row in zip(axes[1:], words, weights, strict=True):
        ax.imshow(image, cmap="gray", vmin=0, vmax=1)
        grid = torch.as_tensor(row).reshape(side, side)
        shade = ax.imshow(
            grid, cmap="Oranges", vmin=0, vmax=1, alpha=grid.clamp(0, 0.8),
            extent=(-0.5, W - 0.5, H - 0.5, -0.5),
        )  # fmt: skip
        ax.set_title(word, fontsize="small", loc="center")
    for ax in axes:
        ax.axis("off")
    bar = figure.colorbar(shade, ax=list(axes), fraction=0.02, pad=0.02)
    bar.set_label("weight")
    bar.solids.set_alpha(1)
    return figure
