"""Figures of boxes: on scenes, against each other, and how well they do."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from dlbook.figures.common import image_grid
from dlbook.figures.palette import AMBER, BLUE, GREEN, ORANGE, SKY, TEXT


def draw_boxes(ax, boxes, *, names=None, color=AMBER, style="-", width=1.4):
    """Rectangles for boxes (N, 4), corners, each with a name above it."""
    names = names if names is not None else [""] * len(boxes)
    for box, name in zip(np.asarray(boxes), names, strict=True):
        left, top, right, bottom = box
        rectangle = Rectangle(
            (left, top), right - left, bottom - top,
            facecolor="none", edgecolor=color, linestyle=style,
            linewidth=width,
        )  # fmt: skip
        ax.add_patch(rectangle)
        if name:
            ax.text(
                left, top, name, fontsize=6, color=TEXT, va="bottom",
                bbox={"fc": color, "ec": "none", "pad": 0.6}, clip_on=True,
            )  # fmt: skip
    return ax.figure


def show_scene(ax, image, *, title=""):
    """One image (1, H, W) in 0..1 whose pixels have corners at integers."""
    _, height, width = image.shape
    extent = (0, width, height, 0)
    ax.imshow(image[0], vmin=0, vmax=1, extent=extent)
    ax.set_title(title, fontsize="small", loc="center")
    ax.axis("off")
    return ax.figure


def show_scenes(
    images, boxes, *, names=None, titles=None, columns: int = 5, size=1.5
):
    """A grid of images (B, 1, H, W) with the boxes of each, and its names.

    `size` is inches per image.
    """
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
        width, height = high - low
        ax.add_patch(Rectangle(low, width, height, fc=AMBER, ec="none"))
    draw_boxes(ax, [first], color=BLUE, width=2.5)
    draw_boxes(ax, [second], color=ORANGE, width=2.5)
    ax.set(xlim=(0, 100), ylim=(80, 0), aspect=1, xticks=[], yticks=[])
    ax.set_title(f"IoU = {value:.2f}", fontsize="medium", loc="center")
    ax.spines[:].set_visible(True)
    return figure


def plot_levels(image, levels, boxes, assigned):
    """A scene under the grid of each level, with the anchors of its items.

    `levels` is {stride: shapes}; `assigned` one (N, 4) of anchors per level.
    """
    figure, axes = plt.subplots(
        1, len(levels), figsize=(6, 3.1), squeeze=False
    )
    size = image.shape[1]
    for ax, stride, anchors in zip(axes[0], levels, assigned, strict=True):
        show_scene(ax, image, title=f"stride {stride}")
        centre = np.arange(stride / 2, size, stride)
        x, y = np.meshgrid(centre, centre)
        ax.plot(x.ravel(), y.ravel(), ".", color=GREEN, markersize=2)
        draw_boxes(ax, anchors, color=SKY, width=0.8)
        draw_boxes(ax, boxes, width=2)
        ax.set(xlim=(0, size), ylim=(size, 0))
    return figure


def plot_operating_point(image, boxes, names, precision, recall, at: int):
    """A scene with detected boxes, and the point `at` of the curve."""
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(6.2, 2.9), width_ratios=[1, 1.2]
    )
    show_scene(left, image)
    draw_boxes(left, boxes, names=names)
    right.plot(recall, precision, color=BLUE)
    right.plot(recall[at], precision[at], "o", color=ORANGE, markersize=9)
    right.set(xlim=(0, 1.02), ylim=(0, 1.05))
    right.set(xlabel="recall", ylabel="precision")
    return figure


def plot_confusion(table, rows, columns, *, size=(5.4, 4.2)):
    """A table of per cent as numbers and shades; each row sums to 100."""
    figure, ax = plt.subplots(figsize=size)
    ax.imshow(table, cmap="Blues", vmin=0, vmax=100, aspect="auto")
    for (i, j), value in np.ndenumerate(np.asarray(table)):
        if value >= 0.5:
            color = "white" if value > 55 else TEXT
            ax.text(
                j, i, f"{value:.0f}", color=color, fontsize="x-small",
                ha="center", va="center",
            )  # fmt: skip
    ax.set_xticks(range(len(columns)), columns, rotation=45, ha="right")
    ax.set_yticks(range(len(rows)), rows)
    ax.tick_params(length=0, labelsize="small")
    ax.set(xlabel="detected as", ylabel="truth")
    return figure


def plot_detection_errors(panels, *, columns: int = 3):
    """Scenes with true boxes (amber) and detected ones (orange, dashed).

    `panels` is {title: (image, true boxes, detected boxes, their names)}.
    """
    figure, axes = image_grid(len(panels), columns, cell=(2, 2.25))
    for ax, title in zip(axes, panels, strict=True):
        image, true_boxes, boxes, names = panels[title]
        show_scene(ax, image, title=title)
        draw_boxes(ax, true_boxes, width=1.8)
        draw_boxes(ax, boxes, names=names, color=ORANGE, style="--")
    return figure
