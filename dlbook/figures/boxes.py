"""Figures of boxes: on scenes, against each other, and how well they do."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from dlbook.figures.common import image_grid
from dlbook.figures.palette import (
    AMBER,
    BLUE,
    GREEN,
    GREY,
    LIGHT_BLUE,
    ORANGE,
    SKY,
    TEXT,
)


def draw_boxes(
    ax, boxes, *, names=None, below=False, color=AMBER, style="-", width=1.4
):
    """Rectangles for boxes (N, 4), corners, each with a name above it.

    Or below it, where `below` says so. A name that would leave the axes stands
    within its box.
    """
    names = names if names is not None else [""] * len(boxes)
    for box, name in zip(np.asarray(boxes), names, strict=True):
        left, top, right, bottom = box
        rectangle = Rectangle(
            (left, top), right - left, bottom - top,
            facecolor="none", edgecolor=color, linestyle=style,
            linewidth=width,
        )  # fmt: skip
        outline = withStroke(linewidth=width + 1.2, foreground=TEXT)
        rectangle.set_path_effects([outline])  # seen on every background
        ax.add_patch(rectangle)
        if name:
            end = max(ax.get_ylim())
            inside = bottom > end - 7 if below else top < 7  # room for words
            ax.text(
                left, bottom if below else top, name, fontsize=6, color=TEXT,
                va="bottom" if below == inside else "top",
                bbox={"fc": color, "ec": "none", "pad": 0.6}, clip_on=True,
            )  # fmt: skip
    return ax.figure


def show_scene(ax, image, *, title=""):
    """One image (3, H, W) in 0..1 whose pixels have corners at integers."""
    _, height, width = image.shape
    extent = (0, width, height, 0)
    ax.imshow(image.permute(1, 2, 0).clamp(0, 1), extent=extent)
    ax.set_title(title, fontsize="small", loc="center")
    ax.axis("off")
    return ax.figure


def show_scenes(
    images, boxes, *, names=None, titles=None, columns: int = 5, size=1.5
):
    """A grid of images (B, 3, H, W) with the boxes of each, and its names.

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


def plot_cells(image, boxes, cells: int):
    """A scene cut into cells; those that hold the centre of a box are framed.

    A line joins each centre to the corner of its cell.
    """
    figure, ax = plt.subplots(figsize=(3.1, 3.1))
    show_scene(ax, image)
    size = image.shape[2]
    step = size / cells
    for position in np.arange(1, cells) * step:
        ax.axvline(position, color="white", linewidth=0.6)
        ax.axhline(position, color="white", linewidth=0.6)
    draw_boxes(ax, boxes)
    centre = (np.asarray(boxes)[:, :2] + np.asarray(boxes)[:, 2:]) / 2
    corner = np.floor(centre / step) * step
    draw_boxes(ax, np.hstack([corner, corner + step]), color=SKY)
    for start, end in zip(corner, centre, strict=True):
        ax.plot(*zip(start, end, strict=True), color=SKY, linewidth=1.4)
    ax.plot(*centre.T, "o", color=SKY, markersize=4, markeredgecolor=TEXT)
    ax.set(xlim=(0, size), ylim=(size, 0))
    return figure


def plot_average_precision(scores, correct, precision, recall):
    """A ranked list of detections, and its curve of precision over recall.

    All are sequences of D numbers, best score first. The line through the
    points is the precision after each detection; the shaded area lies under
    the best precision at each recall or beyond.
    """
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(6.6, 2.9), width_ratios=[1, 1.15]
    )
    colors = [GREEN if hit else ORANGE for hit in correct]
    titles = ["score", "", "precision", "recall"]
    for x, title in zip((0, 1.3, 2.7, 4), titles, strict=True):
        left.text(x, 0, title, fontsize="small", ha="center")
    for row, hit in enumerate(correct, start=1):
        numbers = (scores[row - 1], precision[row - 1], recall[row - 1])
        for x, number in zip((0, 2.7, 4), numbers, strict=True):
            left.text(x, row, f"{number:.2f}", ha="center", fontsize="small")
        left.text(
            1.3, row, "TP" if hit else "FP", color=TEXT, fontsize="small",
            ha="center", bbox={"fc": colors[row - 1], "ec": "none", "pad": 2},
        )  # fmt: skip
    left.set(xlim=(-0.6, 4.6), ylim=(len(correct) + 0.6, -0.6))
    left.axis("off")
    envelope = np.maximum.accumulate(np.asarray(precision)[::-1])[::-1]
    edges, best = [0, *recall], [envelope[0], *envelope]
    right.fill_between(edges, best, step="pre", color=LIGHT_BLUE, alpha=0.6)
    right.step(edges, best, color=BLUE, where="pre")
    right.plot(recall, precision, color=GREY, linestyle=":", zorder=2)
    right.scatter(recall, precision, color=colors, zorder=3)
    for row, point in enumerate(zip(recall, precision, strict=True), start=1):
        right.annotate(f"{row}", point, (4, 4), textcoords="offset points",
                       fontsize="x-small")  # fmt: skip
    right.set(xlim=(0, 1.05), ylim=(0, 1.12))
    right.set(xlabel="recall", ylabel="precision")
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
    """Scenes with true boxes (amber) and detected ones (sky blue, dashed).

    `panels` is {title: (image, true boxes, their names, detected boxes,
    their names)}. True names stand below their boxes.
    """
    figure, axes = image_grid(len(panels), columns, cell=(2, 2.25))
    for ax, title in zip(axes, panels, strict=True):
        image, true_boxes, true_names, boxes, names = panels[title]
        show_scene(ax, image, title=title)
        draw_boxes(ax, true_boxes, names=true_names, below=True)
        draw_boxes(ax, boxes, names=names, color=SKY, style="--")
    return figure
