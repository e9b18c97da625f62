"""Figures of metric learning: pairs, triplets, errors, sheets of characters.

Characters are drawn as pictures, ink dark on light, so no font is needed.
"""

import math

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Annulus, Circle, Rectangle

from dlbook.figures.diagram import arrow, box, finish
from dlbook.figures.palette import (
    BLUE,
    GREY,
    INK,
    LIGHT_BLUE,
    LIGHT_GREY,
    ORANGE,
    TEXT,
)


def draw_character(ax, image, x: float, y: float, *, size: float, color=None):
    """A picture (H, W), ink high, with its centre at (x, y), and a frame."""
    half = size / 2
    extent = (x - half, x + half, y - half, y + half)
    image = np.asarray(image, dtype=float)
    ax.imshow(image, extent=extent, cmap="Greys", vmin=0, vmax=image.max(),
              aspect="auto", zorder=2)  # fmt: skip
    if color is not None:
        ax.add_patch(Rectangle((x - half, y - half), size, size, fill=False,
                               ec=color, lw=1.5, zorder=3))  # fmt: skip


def plot_sheet(images, names, *, marks=None, size: float = 0.42):
    """Rows of characters (R, C, H, W), a name for each row.

    `marks` (R, C) frames a picture in blue where it is 1, in orange where it
    is 0, and not at all where it is -1.

    Raises:
        ValueError: the number of names is not the number of rows.
    """
    rows, columns = images.shape[:2]
    if len(names) != rows:
        raise ValueError(f"{len(names)} names for {rows} rows of pictures")
    figure, ax = plt.subplots(figsize=(size * columns + 1.2, size * rows))
    for row in range(rows):
        for column in range(columns):
            mark = -1 if marks is None else int(marks[row][column])
            color = {-1: None, 0: ORANGE, 1: BLUE}[mark]
            draw_character(ax, images[row, column], column, -row, size=0.88,
                           color=color)  # fmt: skip
        ax.text(-0.7, -row, names[row], ha="right", va="center",
                fontsize="small", color=INK)  # fmt: skip
    ax.set(xlim=(-0.6, columns - 0.4), ylim=(-rows + 0.4, 0.6))
    ax.axis("off")
    return figure


def plot_siamese(first, second):
    """Two characters, one network with shared weights, and a distance."""
    figure, ax = plt.subplots(figsize=(7, 2.3), layout="none")
    figure.subplots_adjust(0, 0, 1, 1)
    distance = box(ax, 6.4, 0, "distance\nof the two points")
    decision = box(ax, 8.6, 0, "below the\nthreshold?")
    for y, image in ((0.8, first), (-0.8, second)):
        draw_character(ax, image, 0, y, size=1.1, color=GREY)
        network = box(ax, 2.1, y, "network $f$")
        point = box(ax, 4.2, y, "embedding", fill=LIGHT_BLUE)
        arrow(ax, (0.55, y), network)
        arrow(ax, network, point)
        arrow(ax, point, distance)
    arrow(ax, distance, decision)
    ax.plot([2.1, 2.1], [-0.52, 0.52], "--", color=GREY, lw=1)
    ax.text(2.25, 0, "same weights", va="center", fontsize=7, color=INK)
    ax.set(aspect="equal")
    return finish(ax)


def plot_triplet(to_positive: float, to_negative: float, *, margin: float):
    """Anchor, positive and negative, and the zones of a triplet loss.

    Distances are not squared; the margin is one between squared distances,
    so the zone of the semi-hard negatives ends at the root of their sum.
    """
    reach = math.sqrt(to_positive**2 + margin)
    figure, ax = plt.subplots(figsize=(4.6, 3.4))
    if margin > 0:  # see-through: seen on light and on dark pages
        ring = Annulus((0, 0), reach, reach - to_positive, fc=BLUE, alpha=0.2)
        ax.add_patch(ring)
    for radius, style in ((reach, "--"), (to_positive, "-")):
        ax.add_patch(Circle((0, 0), radius, fill=False, ec=GREY, ls=style))
    points = {
        "anchor": ((0, 0), INK),
        "positive": ((-to_positive * 0.6, to_positive * 0.8), BLUE),
        "negative": ((to_negative, 0), ORANGE),
    }
    for name, ((x, y), color) in points.items():
        ax.plot([0, x], [0, y], color=color, lw=1)
        ax.plot(x, y, "o", color=color)
        above = 11 if name == "positive" else -11  # beside its line
        ax.annotate(name, (x, y), (0, above), textcoords="offset points",
                    ha="center", va="center", color=INK,
                    fontsize="small")  # fmt: skip
    ax.set(xlim=(-1.25, 1.75), ylim=(-1.2, 1.2), aspect="equal")
    ax.axis("off")
    return figure


def plot_pair(first, second, distance: float, *, threshold: float, same):
    """Two characters and their distance on a line with the threshold."""
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(6, 1.7), width_ratios=(1, 1.8)
    )
    for x, image in ((0, first), (1.2, second)):
        draw_character(left, image, x, 0, size=1, color=GREY)
    left.set(xlim=(-0.55, 1.75), ylim=(-0.55, 0.55), aspect="equal")
    left.axis("off")
    right.axvspan(0, threshold, color=LIGHT_BLUE, lw=0)
    right.axvline(threshold, color=GREY, ls="--")
    right.plot(distance, 0.5, "o", color=BLUE if same else ORANGE, ms=9)
    right.text(threshold / 2, 0.86, "accepted", ha="center",
               fontsize="small", color=TEXT)  # fmt: skip
    right.text((threshold + 2) / 2, 0.86, "rejected", ha="center",
               fontsize="small", color=INK)  # fmt: skip
    right.set(xlim=(0, 2), ylim=(0, 1), yticks=[], xlabel="distance")
    return figure


def plot_distances(same, different, *, threshold: float, ax=None):
    """Histograms of the distances of two kinds of pairs, and a threshold."""
    ax = ax or plt.gca()
    bins = np.linspace(0, 2, 61)
    for values, color, name in (
        (different, ORANGE, "different characters"),
        (same, BLUE, "one character"),
    ):
        ax.hist(values, bins, density=True, color=color, alpha=0.6,
                label=name)  # fmt: skip
    ax.axvline(threshold, color=GREY, ls="--", label="threshold")
    top = 1.45 * ax.get_ylim()[1]  # room for the legend
    ax.set(xlabel="distance", ylabel="density", xlim=(0, 2), ylim=(0, top))
    ax.legend(fontsize="small", loc="upper left")
    return ax.figure


def plot_roc(curves, *, ax=None):
    """{name: (share of false accepts, share of true accepts)} as curves.

    The grey line joins the points where both kinds of error are as frequent.
    """
    ax = ax or plt.gca()
    for name, (false, true) in curves.items():
        ax.plot(false, true, label=name)
    ax.plot([0, 0.5], [1, 0.5], color=LIGHT_GREY, lw=1)
    ax.set(
        xlim=(0, 1), ylim=(0, 1.01), xlabel="false accepts of all different",
        ylabel="true accepts of all same",
    )  # fmt: skip
    ax.legend(loc="lower right", fontsize="small")
    return ax.figure


def plot_map(positions, images, colors, *, size: float = 0.05):
    """Characters (N, H, W) at points (N, 2) of a map, in frames of colours.

    `size` is the side of a picture as a share of the longer side of the map.
    """
    positions = np.asarray(positions, dtype=float)
    extent = np.ptp(positions, axis=0)
    side = size * extent.max()
    figure, ax = plt.subplots(figsize=(6, 6 * extent[1] / extent[0] + 0.2))
    for (x, y), image, color in zip(positions, images, colors, strict=True):
        draw_character(ax, image, x, y, size=side, color=color)
    low, high = positions.min(axis=0) - side, positions.max(axis=0) + side
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
    ax.axis("off")
    return figure
