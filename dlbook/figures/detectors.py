"""Diagrams of detectors: which network is there, and what runs how often."""

import matplotlib.pyplot as plt

from dlbook.figures.diagram import OBLIQUE, arrow, box, finish, volume
from dlbook.figures.palette import INK, LIGHT_BLUE, ORANGE


def canvas(width: float, height: float):
    """Axes that fill a new figure of so many inches."""
    figure = plt.figure(figsize=(width, height), layout="none")
    return figure.add_axes((0, 0, 1, 1))


def plot_single_shot(stages, heads, answer: str):
    """A backbone as volumes, and the heads that read its last maps.

    `stages` are (layer, channels, side) from left to right, `heads` the words
    of one box below each of the last stages, `answer` those of the box in
    which they all end.
    """
    ax = canvas(6.6, 3.0)
    patches, largest = [], stages[0][2]
    for i, (layer, channels, side) in enumerate(stages):
        height, width = 0.25 + 1.15 * side / largest, 0.1 + 0.035 * i
        patch = volume(ax, 1.75 * i, -0.175 * height, height=height,
                       width=width)  # fmt: skip
        ax.text(1.75 * i, 1.05, f"{layer}\n{channels} × {side} × {side}",
                ha="center", fontsize=7, color=INK)  # fmt: skip
        if patches:
            arrow(ax, patches[-1], patch)
        patches.append(patch)
    last = 1.75 * (len(stages) - 1)
    end = box(ax, last + 2.4, -1.5, answer, color=ORANGE)
    for i, words in enumerate(heads, start=len(stages) - len(heads)):
        below = len(stages) - 1 - i
        head = box(ax, 1.75 * i, -1.5 - 0.8 * below, words)
        lowest = patches[i].get_xy()[:, 1].min()
        arrow(ax, (1.75 * i, lowest), head)
        corners = [(last + 2.4, -1.5 - 0.8 * below)] if below else []
        arrow(ax, head, end, corners=corners)
    return finish(ax)


def plot_rcnn_family():
    """R-CNN, Fast R-CNN and Faster R-CNN, one row each.

    What runs once for each proposal is filled.
    """
    ax = canvas(7.2, 4.3)
    top, middle, bottom = 5.0, 3.2, 0.9
    for y, name in [(top, "R-CNN"), (middle, "Fast R-CNN"),
                    (bottom, "Faster R-CNN")]:  # fmt: skip
        ax.text(-0.55, y + 0.5, name, fontsize=9, weight="bold", color=INK)
    chain(ax, top, ["image", "selective\nsearch", "cut out\nand scale", "CNN",
                    "SVMs,\nbox offsets"], each=2)  # fmt: skip
    words = ["image", "CNN", "RoI\npooling", "linear\nlayers",
             "classes,\nbox offsets"]  # fmt: skip
    boxes = chain(ax, middle, words, each=2)
    search = box(ax, 1.4, middle - 0.8, "selective\nsearch")
    arrow(ax, boxes[0], search, corners=[(0, middle - 0.8)])
    arrow(ax, search, boxes[2], corners=[(2.8, middle - 0.8)])
    boxes = chain(ax, bottom, words, each=2)
    network = box(ax, 2.1, bottom - 0.9, "region proposal\nnetwork",
                  color=ORANGE)  # fmt: skip
    arrow(ax, boxes[1], network, corners=[(1.4, bottom - 0.9)])
    arrow(ax, network, boxes[2], corners=[(2.8, bottom - 0.9)])
    return finish(ax)


def chain(ax, y: float, words, *, each: int):
    """Boxes from left to right; those after number `each` are filled."""
    boxes = []
    for i, label in enumerate(words):
        fill = LIGHT_BLUE if i >= each else "white"
        boxes.append(box(ax, 1.4 * i, y, label, fill=fill))
        if i > 0:
            arrow(ax, boxes[-2], boxes[-1])
    return boxes


def plot_feature_pyramid(strides=(8, 16, 32)):
    """Maps of a backbone, upwards, and of its pyramid, downwards."""
    ax = canvas(5.6, 3.6)
    above = None
    for i, stride in reversed(list(enumerate(strides))):
        height, y = 0.9 / 1.6**i, 1.5 * i
        left, right = (
            volume(ax, x - OBLIQUE * height / 2, y - OBLIQUE * height / 2,
                   height=height, width=width, fill=fill)
            for x, width, fill in [(0, 0.25 + 0.12 * i, LIGHT_BLUE),
                                   (3, 0.25, "white")]
        )  # fmt: skip
        ax.text(-0.75, y, f"stride {stride}", ha="right", va="center",
                fontsize=8, color=INK)  # fmt: skip
        arrow(ax, left, right, label="1 × 1")
        arrow(ax, right, box(ax, 4.8, y, "3 × 3, head"))
        if above is not None:
            arrow(ax, left, above[0])
            arrow(ax, above[1], right, color=ORANGE)
            ax.text(3.15, y + 0.83, "upsampled, added", fontsize=7,
                    color=ORANGE)  # fmt: skip
        above = (left, right)
    return finish(ax)
