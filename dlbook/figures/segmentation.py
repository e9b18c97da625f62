"""Figures of segmentation: masks, transposed convolutions, the U of U-Net."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb

from dlbook.figures.common import image_grid
from dlbook.figures.diagram import arrow, finish, volume
from dlbook.figures.palette import (
    AMBER,
    BLUE,
    GREY,
    INK,
    LIGHT_BLUE,
    ORANGE,
    SKY,
    TEXT,
)

PAIRED = plt.get_cmap("tab10").colors
CLASS_COLORS = np.array([to_rgb(TEXT), *PAIRED])  # the background, 10 classes


def picture(pixels):
    """What imshow draws: an array (H, W, 3).

    `pixels` are an image (3, H, W) in 0..1, class numbers (H, W), which get
    the colours of the classes, or (H, W) of True (white) and False, or of
    probabilities, which become grey.
    """
    pixels = np.asarray(pixels)
    if pixels.ndim == 3:
        return pixels.transpose(1, 2, 0).clip(0, 1)
    if pixels.dtype.kind in "bf":
        return np.repeat(pixels[..., None].astype(float), 3, axis=-1)
    return CLASS_COLORS[pixels]


def show_rows(rows: dict, *, size: float = 0.85, names=None):
    """Rows of pictures of the same scenes, each with its title on the left.

    `rows` is {title: pictures}, see `picture`. `names` of classes make a
    legend of those that occur.
    """
    count = max(len(pictures) for pictures in rows.values())
    height = len(rows) * size + (0.45 if names is not None else 0)
    figure, axes = plt.subplots(
        len(rows), count, figsize=(count * size + 0.9, height), squeeze=False
    )
    seen = set()
    for line, (title, pictures) in zip(axes, rows.items(), strict=True):
        for ax, pixels in zip(line, pictures, strict=True):
            ax.imshow(picture(pixels))
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(False)
            pixels = np.asarray(pixels)
            if pixels.ndim == 2 and pixels.dtype.kind == "i":
                seen |= set(np.unique(pixels).tolist())
        line[0].set_ylabel(
            title, rotation=0, ha="right", va="center", fontsize="small"
        )
    if names is not None:
        add_legend(figure, sorted(seen), names)
    return figure


def add_legend(figure, classes, names):
    """Below the figure, a square in the colour of each of the classes."""
    squares = [
        plt.Rectangle((0, 0), 1, 1, color=CLASS_COLORS[k]) for k in classes
    ]
    figure.legend(
        squares, [names[k] for k in classes], loc="outside lower center",
        ncols=6, fontsize="x-small", handlelength=0.9, columnspacing=1,
    )  # fmt: skip


def plot_stamps(maps, kernel, stamps, total):
    """Each number of `maps` (H, W) stamps the kernel on the output.

    `stamps` (H W, H', W') are the outputs of single numbers, and `total`
    (H', W') is their sum.
    """
    count = len(stamps)
    ratios = [maps.shape[1], kernel.shape[1], *[total.shape[1]] * (count + 1)]
    figure, axes = plt.subplots(
        1, count + 3, figsize=(7.4, 1.5), width_ratios=ratios
    )
    titles = ["input", "kernel", *[""] * count, "sum"]
    titles[2] = "stamps"
    tables = [maps, kernel, *stamps, total]
    for ax, table, title in zip(axes, tables, titles, strict=True):
        draw_numbers(ax, table)
        ax.set_title(title, fontsize="small", loc="left")
    for ax, stamp in zip(axes[2:], stamps, strict=False):
        rows, columns = np.nonzero(np.asarray(stamp))
        if len(rows) > 0:
            frame_cells(ax, rows, columns)
    return figure


def frame_cells(ax, rows, columns):
    """A frame around all cells of the given rows and columns."""
    corner = columns.min() - 0.5, rows.min() - 0.5
    width, height = np.ptp(columns) + 1, np.ptp(rows) + 1
    ax.add_patch(
        plt.Rectangle(corner, width, height, fill=False, ec=ORANGE, lw=1.5)
    )


def draw_numbers(ax, table):
    """A table of numbers as shades and figures."""
    table = np.asarray(table)
    ax.imshow(table, cmap="Blues", vmin=0, vmax=2.2 * max(table.max(), 1))
    for (i, j), value in np.ndenumerate(table):
        ax.text(
            j, i, f"{value:g}", ha="center", va="center", fontsize="x-small",
            color=TEXT,
        )  # fmt: skip
    ax.axis("off")


def plot_unet(widths, size: int, in_channels: int, num_classes: int):
    """The U: maps as volumes with channels × side², skips as level arrows.

    On the right arm a volume holds the maps of the skip and the enlarged
    ones, before two convolutions halve their number.
    """
    _, ax = plt.subplots(figsize=(7.4, 3.9))
    depth = len(widths)
    left, right = [], []
    for level, width in enumerate(widths):
        side, y = size // 2**level, -1.1 * level
        x = 1.2 * level
        left.append(unet_volume(ax, x, y, width, side, size, where="left"))
        if level < depth - 1:
            x = 1.2 * (2 * depth - 2 - level) + 0.3
            merged = unet_volume(ax, x, y, width, side, size, where="right")
            right.append(merged)
    first = unet_volume(ax, -1.5, 0, in_channels, size, size, where="left")
    end = 1.2 * (2 * depth - 2) + 1.8
    last = unet_volume(ax, end, 0, num_classes, size, size, where="end")
    arrow(ax, first, left[0])
    for above, below in pairwise(left):
        arrow(ax, above, below, color=ORANGE)
    for patch, merged in zip(left, right, strict=False):
        arrow(ax, patch, merged, color=GREY)
    for below, above in pairwise([left[-1], *reversed(right)]):
        arrow(ax, below, above, color=BLUE)
    arrow(ax, right[0], last)
    return finish(ax)


def unet_volume(ax, x, y, channels, side, size, *, where: str):
    """One volume of `plot_unet`, its shape written to the left or right."""
    merged = where == "right"
    total = 2 * channels if merged else channels
    height, width = 0.1 + 0.5 * side / size, 0.05 + 0.03 * total**0.5
    patch = volume(
        ax, x, y, height=height, width=width,
        fill=SKY if merged else LIGHT_BLUE,
    )  # fmt: skip
    text = f"{channels} + {channels}" if merged else f"{channels}"
    gap = width / 2 + 0.08 + (0 if where == "left" else 0.35 * height)
    if where == "left":
        place = {"x": x - gap, "ha": "right"}
    else:
        place = {"x": x + gap, "ha": "left"}
    ax.text(
        y=y - 0.12, s=f"{text}\n× {side}²", va="top", size=7, color=INK,
        **place,
    )  # fmt: skip
    return patch


def show_columns(columns: dict, *, size: float = 1.5):
    """Pictures of one scene side by side: {title: picture}, see `picture`."""
    figure, axes = image_grid(
        len(columns), len(columns), cell=(size, 1.15 * size)
    )
    for ax, (title, pixels) in zip(axes, columns.items(), strict=True):
        ax.imshow(picture(pixels))
        ax.set_title(title, fontsize="small", loc="center")
    return figure


def plot_class_iou(iou, names, *, mean: float):
    """A bar for the IoU of each class, and a line at their mean."""
    figure, ax = plt.subplots(figsize=(6, 2.9))
    order = np.argsort(iou)
    ax.barh(
        [names[k] for k in order], [iou[k] for k in order],
        color=[CLASS_COLORS[k] if k else INK for k in order],
    )  # fmt: skip
    ax.axvline(mean, color=AMBER, linestyle="--")
    for row, k in enumerate(order):
        ax.text(iou[k] + 0.01, row, f"{iou[k]:.2f}", va="center", size=8)
    ax.set(xlim=(0, 1.05), xlabel="IoU; dashed: their mean")
    ax.tick_params(axis="y", length=0, labelsize="small")
    return figure
