"""Blocks of convolutional networks, which kernel reads what, class maps."""

import matplotlib.pyplot as plt
import torch.nn.functional as F

from dlbook.figures.diagram import arrow, box, finish, volume
from dlbook.figures.palette import BLUE, ORANGE

JOINS = ("+", "concatenate")  # a row where a skip connection ends


def plot_columns(blocks: dict, *, size=(7.2, 3.4)):
    """Blocks side by side: {title: rows}, each row the words of one layer.

    Data flow downwards. In a row that begins with "+" or "concatenate" a
    skip connection from the first row comes in.
    """
    figure, axes = plt.subplots(1, len(blocks), figsize=size, squeeze=False)
    deepest = max(map(len, blocks.values()))
    for ax, (title, rows) in zip(axes[0], blocks.items(), strict=True):
        ax.set(xlim=(-1, 1.4), ylim=(-deepest, 0.5))
        boxes = [box(ax, 0, -level, row) for level, row in enumerate(rows)]
        for above, below, row in zip(boxes, boxes[1:], rows[1:], strict=False):
            arrow(ax, above, below)
            if row.startswith(JOINS):
                level = rows.index(row)
                corners = [(1.25, 0), (1.25, -level)]
                arrow(ax, boxes[0], below, corners=corners, color=ORANGE)
        ax.set_title(title, fontsize="small", loc="center")
        ax.axis("off")
    return figure


def plot_inception(in_channels: int, widths, *, size=(7.2, 3.0)):
    """The four branches of an Inception block; `widths` as in the class."""
    a, (b, c), (d, e), f = widths
    branches = [
        [f"1×1 conv, {a}"],
        [f"1×1 conv, {b}", f"3×3 conv, {c}"],
        [f"1×1 conv, {d}", f"5×5 conv, {e}"],
        ["3×3 max pooling", f"1×1 conv, {f}"],
    ]
    _, ax = plt.subplots(figsize=size)
    ax.set(xlim=(-0.7, 3.7), ylim=(-3.4, 0.4))
    top = box(ax, 1.5, 0, f"input: {in_channels} channels")
    total = a + c + e + f
    bottom = box(ax, 1.5, -3, f"concatenate: {total} channels")
    for x, layers in enumerate(branches):
        heights = (-1, -2) if len(layers) == 2 else (-1.5,)
        previous = top
        for y, layer in zip(heights, layers, strict=True):
            current = box(ax, x, y, layer)
            arrow(ax, previous, current)
            previous = current
        arrow(ax, previous, bottom)
    return finish(ax)


def plot_depthwise(in_channels: int = 3, out_channels: int = 4):
    """A full and a depthwise-separable convolution: an arrow is a kernel."""
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(7.2, 3.2), width_ratios=[2, 3]
    )
    inputs = slabs(left, 0, in_channels)
    connect(left, inputs, slabs(left, 2, out_channels))
    left.set_title(
        f"full: {in_channels * out_channels} kernels of 3×3",
        fontsize="small", loc="center",
    )  # fmt: skip
    inputs, middle = slabs(right, 0, in_channels), slabs(right, 2, in_channels)
    for start, end in zip(inputs, middle, strict=True):
        arrow(right, start, end, color=BLUE)
    connect(right, middle, slabs(right, 4, out_channels), color=ORANGE)
    right.set_title(
        f"depthwise: {in_channels} of 3×3; then "
        f"{in_channels * out_channels} of 1×1",
        fontsize="small", loc="center",
    )  # fmt: skip
    for ax in (left, right):
        finish(ax)
    return figure


def slabs(ax, x: float, count: int):
    """`count` single feature maps above each other, their middle at 0."""
    middle = (count - 1) / 2
    return [
        volume(ax, x, middle - number, height=0.55, width=0.08)
        for number in range(count)
    ]


def connect(ax, starts, ends, *, color=BLUE):
    """An arrow from each of `starts` to each of `ends`."""
    for start in starts:
        for end in ends:
            arrow(ax, start, end, color=color)


def plot_class_maps(images, maps, *, titles):
    """Images (N, 1, H, W); below each its map (N, h, w) laid over it.

    A map is enlarged to the image and scaled to its own range.
    """
    side = tuple(images.shape[-2:])
    large = F.interpolate(
        maps[:, None], side, mode="bilinear", align_corners=False
    )
    images, large = images.numpy(), large.numpy()
    figure, axes = plt.subplots(
        2, len(images), figsize=(1.5 * len(images), 3.3), squeeze=False
    )
    for column, title in enumerate(titles):
        for row in (0, 1):
            ax = axes[row, column]
            ax.imshow(images[column, 0], cmap="gray")
            ax.axis("off")
        ax.imshow(large[column, 0], cmap="magma", alpha=0.6)
        axes[0, column].set_title(title, fontsize="small", loc="center")
    return figure


def plot_depths(errors: dict, *, ylabel: str, ax=None):
    """Means and single seeds over depth: {name: {layers: [one per seed]}}."""
    ax = ax or plt.gca()
    for name, by_depth in errors.items():
        means = [sum(values) / len(values) for values in by_depth.values()]
        (line,) = ax.plot(list(by_depth), means, label=name)
        for depth, values in by_depth.items():
            ax.plot(
                [depth] * len(values), values, "o",
                color=line.get_color(), markersize=3,
            )  # fmt: skip
    ax.set_xticks(list(by_depth))
    ax.set(xlabel="layers with weights", ylabel=ylabel)
    ax.legend()
    return ax.figure
