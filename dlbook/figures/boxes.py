"""Figures of boxes: on scenes, against each other, and how well they do."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from dlbook.figures.common import image_grid

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#5b6474"
LIGHT = "#E69F00"  # readable on dark and on bright photographs


def draw_boxes(ax, boxes, *, names=None, color=LIGHT, style="-", width=1.4):
    """Rectangles for boxes (N, 4), corners, each with a name above it."""
    names = names if names is not None else [""] * len(boxes)
    for box, name in zip(np.asarray(boxes), names, strict=True):
        left, top, right, bottom = box
        size = right - left, bottom - top
        style_of = {"fc": "none", "ec": color, "ls": style, "lw": width}
        ax.add_patch(Rectangle((left, top), *size, **style_of))
        if name:
            ax.text(
                left, top, name, fontsize=6, color="#111111", va="bottom",
                bbox={"fc": color, "ec": "none", "pad": 0.6}, clip_on=True,
            )  # fmt: skip


def show_scene(ax, image, *, title=""):
    """One image (1, H, W) in 0..1 whose pixels have corners at integers."""
    _, height, width = image.shape
    frame = (0, width, height, 0)
    ax.imshow(image[0], vmin=0, vmax=1, extent=frame)
    ax.set_title(title, fontsize="small", loc="center")
    ax.axis("off")


def show_scenes(
    images, boxes, *, names=None, titles=None, columns: int = 5, size=1.5
):
    """A grid of images (N, 1, H, W) with the boxes of each, and its names."""
    height = size * (1.15 if titles is not None else 1.03)
    figure, axes = image_grid(len(images), columns, cell=(size, height))
    for i, (ax, image) in enumerate(zip(axes, images, strict=True)):
        show_scene(ax, image, title=titles[i] if titles is not None else "")
        draw_boxes(ax, boxes[i], names=names[i] if names else None)
    return figure


def plot_two_boxes(first, second, value: float):
    """Two boxes of corners, their intersection filled, on a plain ground."""
    figure, ax = plt.subplots(figsize=(3.6, 2.9))
    low = np.maximum(first[:2], second[:2])
    high = np.minimum(first[2:], second[2:])
    if (high > low).all():
        ax.add_patch(Rectangle(low, *(high - low), fc=LIGHT, ec="none"))
    draw_boxes(ax, [first], color=BLUE, width=2.5)
    draw_boxes(ax, [second], color=ORANGE, width=2.5)
    ax.set(xlim=(0, 100), ylim=(80, 0), aspect=1, xticks=[], yticks=[])
    ax.set_title(f"IoU = {value:.2f}", fontsize="medium", loc="center")
    ax.spines[:].set_visible(True)
    return figure


def plot_levels(image, levels, boxes, owned):
    """A scene under the grid of each level, with anchors that own a box.

    `levels` is {stride: shapes}; `owned` one (N, 4) of anchors per level.
    """
    figure, axes = plt.subplots(1, len(levels), figsize=(6, 3.1))
    size = image.shape[1]
    for ax, stride, anchors in zip(axes, levels, owned, strict=True):
        show_scene(ax, image, title=f"stride {stride}")
        middle = np.arange(stride / 2, size, stride)
        x, y = np.meshgrid(middle, middle)
        ax.plot(x.ravel(), y.ravel(), ".", color=GREEN, markersize=2)
        draw_boxes(ax, anchors, color="#56B4E9", width=0.8)
        draw_boxes(ax, boxes, width=2)
        ax.set(xlim=(0, size), ylim=(size, 0))
    return figure


def plot_operating_point(image, found, names, precision, recall, at: int):
    """A scene with what was found, and where we are on the curve."""
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(6.2, 2.9), width_ratios=[1, 1.2]
    )
    show_scene(left, image)
    draw_boxes(left, found, names=names)
    right.plot(recall, precision, color=BLUE)
    right.plot(recall[at], precision[at], "o", color=ORANGE, markersize=9)
    right.set(xlim=(0, 1.02), ylim=(0, 1.05))
    right.set(xlabel="recall", ylabel="precision")
    return figure


def plot_confusion(table, rows, columns, *, size=(5.4, 4.2)):
    """Shares in percent as a table of words and shades, rows sum to 100."""
    figure, ax = plt.subplots(figsize=size)
    ax.imshow(table, cmap="Blues", vmin=0, vmax=100, aspect="auto")
    for (i, j), value in np.ndenumerate(np.asarray(table)):
        if value >= 0.5:
            dark = "white" if value > 55 else "#111111"
            ax.text(
                j, i, f"{value:.0f}", color=dark, fontsize="x-small",
                ha="center", va="center",
            )  # fmt: skip
    ax.set_xticks(range(len(columns)), columns, rotation=45, ha="right")
    ax.set_yticks(range(len(rows)), rows)
    ax.tick_params(length=0, labelsize="small")
    ax.set(xlabel="detected as", ylabel="truth")
    return figure


def plot_kinds(panels, *, columns: int = 3):
    """Scenes with true boxes (yellow) and detected ones (orange).

    `panels` is {title: (image, true boxes, detected boxes, names)}.
    """
    rows = -(-len(panels) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(2 * columns, 2.25 * rows), squeeze=False
    )
    for ax in axes.flat:
        ax.axis("off")
    for ax, (title, panel) in zip(axes.flat, panels.items(), strict=False):
        image, real, found, names = panel
        show_scene(ax, image, title=title)
        draw_boxes(ax, real, width=1.8)
        draw_boxes(ax, found, names=names, color=ORANGE, style="--")
    return figure
