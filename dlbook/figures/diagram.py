"""Diagrams: boxes with words, feature maps as volumes, arrows that join them.

Positions are data coordinates of the axes. `box` and `volume` return what
`arrow` accepts as its start or end; the arrow touches the outline. A drawing
ends with `finish`, which shows all of it on axes without a frame.
"""

from itertools import pairwise
from math import log2

import matplotlib.pyplot as plt
from matplotlib.patches import FancyArrowPatch, Polygon

from dlbook.figures.palette import BLUE, GREY, INK, LIGHT_BLUE, TEXT

OBLIQUE = 0.35  # depth of a volume over its height
FONT_SIZE = 8


def box(ax, x: float, y: float, label: str, *, color=BLUE, fill="white"):
    """Words in a rounded box with its centre at (x, y); returns the box."""
    frame = {"boxstyle": "round,pad=0.35", "fc": fill, "ec": color}
    text = ax.text(
        x, y, label, ha="center", va="center", bbox=frame,
        fontsize=FONT_SIZE, color=TEXT, zorder=3,
    )  # fmt: skip
    return text.get_bbox_patch()


def volume(
    ax,
    x: float,
    y: float,
    *,
    height: float,
    width: float,
    label: str = "",
    fill=LIGHT_BLUE,
):
    """A block of feature maps whose front face has its centre at (x, y).

    `height` stands for the side of the maps, `width` for the number of
    channels; the label is written below. Returns the outline.
    """
    left, right = x - width / 2, x + width / 2
    bottom, top = y - height / 2, y + height / 2
    back = OBLIQUE * height
    outline = [
        (left, bottom), (right, bottom), (right + back, bottom + back),
        (right + back, top + back), (left + back, top + back), (left, top),
    ]  # fmt: skip
    patch = Polygon(outline, fc=fill, ec=GREY, lw=0.8, zorder=3)
    ax.add_patch(patch)
    for corner in [(left, top), (right, bottom), (right + back, top + back)]:
        ax.plot(*zip((right, top), corner, strict=True), color=GREY, lw=0.8,
                zorder=4)  # fmt: skip
    ax.text(x, bottom, f"\n{label}", ha="center", va="top",
            linespacing=0.6, fontsize=FONT_SIZE - 1, color=INK)  # fmt: skip
    return patch


def arrow(ax, start, end, *, corners=(), label: str = "", color=INK):
    """An arrow from one patch or point (x, y) to another, by way of corners.

    It begins and ends at the outlines of the patches. The label stands above
    the middle of its first stretch.
    """
    points = [centre(ax, start), *corners, centre(ax, end)]
    for here, there in pairwise(points[:-1]):
        ax.plot(*zip(here, there, strict=True), color=color, lw=1, zorder=1)
    ax.add_patch(
        FancyArrowPatch(
            points[-2],
            points[-1],
            arrowstyle="-|>",
            mutation_scale=9,
            shrinkA=0,
            shrinkB=0,
            patchA=start if is_patch(start) and not corners else None,
            patchB=end if is_patch(end) else None,
            color=color,
            lw=1,
            zorder=5 if is_patch(end) else 1,
        )
    )
    (x0, y0), (x1, y1) = points[:2]
    ax.text((x0 + x1) / 2, (y0 + y1) / 2, f"{label}\n", ha="center",
            va="center", fontsize=FONT_SIZE - 1, color=color)  # fmt: skip


def is_patch(thing) -> bool:
    return hasattr(thing, "get_path")


def centre(ax, thing):
    """The middle of a patch in data coordinates, or the point itself."""
    if not is_patch(thing):
        return tuple(thing)
    if isinstance(thing, Polygon):
        corners = thing.get_xy()[:-1]
        return tuple((corners.min(axis=0) + corners.max(axis=0)) / 2)
    ax.figure.canvas.draw()  # a text box has a size once it is drawn
    box = thing.get_window_extent().transformed(ax.transData.inverted())
    return (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2


def finish(ax, *, margin: float = 0.05):
    """Fit the axes to all that was drawn, and hide their frame."""
    ax.axis("off")
    for _ in range(3):  # words keep their size when the limits change
        ax.figure.canvas.draw()
        drawn = [
            artist.get_window_extent().transformed(ax.transData.inverted())
            for artist in (*ax.patches, *ax.lines, *ax.texts)
        ]
        x0, x1 = min(b.x0 for b in drawn), max(b.x1 for b in drawn)
        y0, y1 = min(b.y0 for b in drawn), max(b.y1 for b in drawn)
        dx, dy = margin * (x1 - x0), margin * (y1 - y0)
        ax.set(xlim=(x0 - dx, x1 + dx), ylim=(y0 - dy, y1 + dy))
    return ax.figure


def plot_volumes(networks, *, size=None):
    """Networks as rows of feature maps, from left to right.

    `networks` is {name: stages}; a stage is (layer, channels, side): what
    the layer before it is called, and the shape of the maps that it returns.
    The input comes first, with an empty layer; `side` 1 is a vector. Heights
    grow with the side and widths with the logarithm of the channels.
    """
    count = len(networks)
    size = size or (7.2, 1.9 * count)
    figure, axes = plt.subplots(count, 1, figsize=size, squeeze=False)
    for ax, (name, stages) in zip(axes[:, 0], networks.items(), strict=True):
        draw_volumes(ax, stages)
        ax.set_title(name, fontsize="small", loc="left")
    return figure


def draw_volumes(ax, stages):
    """One row of `plot_volumes` on its axes."""
    largest = max(side for _, _, side in stages)
    previous, edge, x = None, 0.0, 0.0
    for layer, channels, side in stages:
        height = 0.12 + 1.2 * side / largest
        width = 0.08 + 0.05 * log2(channels)
        x += width / 2
        shape = f"{channels} × {side}²" if side > 1 else f"{channels}"
        y = -OBLIQUE * height / 2  # all middles on one line
        patch = volume(ax, x, y, height=height, width=width, label=shape)
        if previous is not None:
            arrow(ax, previous, patch)
            middle = (edge + x - width / 2) / 2
            ax.text(middle, 0.95, layer, ha="center", va="bottom",
                    fontsize=FONT_SIZE - 1, color=INK)  # fmt: skip
        edge = x + width / 2 + OBLIQUE * height
        previous, x = patch, edge + 0.75
    finish(ax, margin=0.01)
