"""Figures of convolutions: a kernel at work, its places, a whole network."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from dlbook.figures.palette import BLUE, GREY, LIGHT_BLUE, ORANGE


def plot_kernel(image, kernel, response):
    """A picture (H, W), the numbers of a kernel, and the kernel's response.

    Where the numbers sum to zero, middle grey of the response is zero.
    """
    figure, axes = plt.subplots(
        1, 3, figsize=(6.4, 2.5), width_ratios=[3, 1.6, 3]
    )
    axes[0].imshow(image)
    high = max(abs(response).max().item(), 1e-12)
    low = -high if abs(kernel.sum()) < 1e-6 else 0
    axes[2].imshow(response, vmin=low, vmax=high)
    for (i, j), value in np.ndenumerate(np.asarray(kernel)):
        axes[1].text(j, i, f"{value:g}", ha="center", va="center")
    height, width = kernel.shape
    axes[1].set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5), aspect=1)
    axes[1].set(xticks=[], yticks=[])
    axes[1].spines[:].set_visible(True)
    for ax in (axes[0], axes[2]):
        ax.axis("off")
    for ax, title in zip(axes, ("input", "kernel", "output"), strict=True):
        ax.set_title(title, fontsize="small")
    return figure


def plot_places(size: int, kernel: int, *, stride: int, padding: int):
    """How often a kernel reads each pixel of a padded image, and its output.

    The darker the more often; orange pixels are never read. The thin square
    is the image, the blue squares are the first two places of the kernel.
    """
    total = size + 2 * padding
    starts = range(0, total - kernel + 1, stride)
    line = np.zeros(total)
    for start in starts:
        line[start : start + kernel] += 1
    counts = np.outer(line, line)
    colors = plt.get_cmap("Greys")(0.1 + 0.45 * counts / counts.max())
    colors[counts == 0] = to_rgba(ORANGE)
    figure, (left, right) = plt.subplots(1, 2, figsize=(5, 2.9))
    _cells(left, colors)
    _cells(right, np.full((len(starts), len(starts), 4), to_rgba(LIGHT_BLUE)))
    _square(left, padding, padding, size, ec=GREY, lw=1.5)
    if len(starts) > 1:
        _square(left, stride, 0, kernel, ec=BLUE, lw=2, ls=":")
    _square(left, 0, 0, kernel, ec=BLUE, lw=2.5)
    for ax, title in ((left, "input and padding"), (right, "output")):
        ax.set(xlim=(-0.8, 11.5), ylim=(11.5, -0.8))
        ax.set_title(title, fontsize="small")
        ax.axis("off")
    return figure


def _cells(ax, colors):
    """A table of colours with white lines between its cells."""
    ax.imshow(colors)
    low, high = -0.5, len(colors) - 0.5
    edges = np.arange(1, len(colors)) - 0.5
    across = np.stack([edges * 0 + low, edges * 0 + high, edges * np.nan], 1)
    along = np.repeat(edges, 3)
    style = {"color": "white", "linewidth": 0.8}
    ax.plot(across.ravel(), along, **style)
    ax.plot(along, across.ravel(), **style)


def _square(ax, x, y, side, **style):
    place = (x - 0.5, y - 0.5)
    ax.add_patch(Rectangle(place, side, side, fc="none", zorder=3, **style))


def plot_volumes(shapes: dict, *, labels: dict | None = None):
    """A network as its numbers: maps (C, H, W) as stacks, (n,) as bars.

    `labels` are written over the arrow that leads to the volume.
    """
    figure, ax = plt.subplots(figsize=(7.4, 2.4))
    labels, x, end = labels or {}, 0.0, None
    for name, shape in shapes.items():
        flat = len(shape) == 1 or shape[1] == 1
        side, count = (0.12, 1) if flat else (shape[1] / 16, min(shape[0], 8))
        height = 0.3 + shape[0] / 80 if flat else side
        if end is not None:
            arrow = {"arrowstyle": "->", "color": GREY}
            ax.annotate("", (x, 0), (end, 0), arrowprops=arrow)
            over = {"ha": "center", "va": "bottom", "size": 7}
            ax.text((end + x) / 2 - 0.05, 0.1, labels.get(name, ""), **over)
        for i in reversed(range(count)):
            corner = (x + 0.07 * i, -height / 2 + 0.05 * i)
            style = {"fc": LIGHT_BLUE, "ec": BLUE, "lw": 0.8}
            ax.add_patch(Rectangle(corner, side, height, **style))
        width = side + 0.07 * (count - 1)
        caption = name + "\n" + "×".join(map(str, shape))
        ax.text(x + width / 2, -1.1, caption, ha="center", va="top", size=8)
        end, x = x + width + 0.08, x + width + 0.85
    ax.set(xlim=(-0.1, x - 0.4), ylim=(-1.75, 1.4), aspect=1)
    ax.axis("off")
    return figure


def plot_maps(image, maps, *, columns: int, limit: float = 1.0):
    """An image (H, W) and feature maps (C, h, w), laid out in columns.

    Black is -limit, white is limit, whatever the maps hold.
    """
    rows = -(-len(maps) // columns)
    gap = int(maps[0].numel() > 1)  # none between single numbers
    height, width = (size + gap for size in maps.shape[1:])
    sheet = np.full((rows * height - gap, columns * width - gap), np.nan)
    for number, one in enumerate(np.asarray(maps)):
        top, left = number // columns * height, number % columns * width
        sheet[top : top + len(one), left : left + one.shape[1]] = one
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(6.2, 2.9), width_ratios=[1, 2.2]
    )
    left.imshow(image)
    right.imshow(sheet, vmin=-limit, vmax=limit)
    left.set_title("input", fontsize="small")
    right.set_title("feature maps", fontsize="small")
    for ax in (left, right):
        ax.axis("off")
    return figure
