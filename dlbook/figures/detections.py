"""The figure of a two-stage detector whose last layers are replaced."""

import matplotlib.pyplot as plt

from dlbook.figures.diagram import arrow, box, finish
from dlbook.figures.palette import AMBER, BLUE, LIGHT_BLUE


def plot_replaced_head(num_classes: int):
    """Faster R-CNN as boxes and arrows; layers to replace are amber.

    The backbone computes feature maps for both heads, and the first head
    proposes regions to the second.
    """
    figure = plt.figure(figsize=(7.2, 2.0), layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(-0.5, 10), ylim=(-1.2, 1.4))
    image = box(ax, 0, 0, "image")
    backbone = box(ax, 1.5, 0, "backbone", fill=LIGHT_BLUE)
    maps = box(ax, 3.1, 0, "feature\nmaps")
    first = box(
        ax, 4.7, 0.9, "first head:\nobject or not,\noffsets", fill=LIGHT_BLUE
    )
    second = box(ax, 6.6, 0, "RoI align,\ntwo layers", fill=LIGHT_BLUE)
    scores = f"{num_classes} classes and\nbackground"
    classes = box(ax, 8.9, 0.6, scores, color=BLUE, fill=AMBER)
    offsets = box(ax, 8.9, -0.6, "4 offsets\nfor each", fill=AMBER)
    for start, end in [
        (image, backbone), (backbone, maps), (maps, first), (maps, second),
        (first, second), (second, classes), (second, offsets),
    ]:  # fmt: skip
        arrow(ax, start, end)
    ax.text(6.0, 0.7, "proposals", fontsize=7, color=BLUE)
    return finish(ax)
