"""Figures of convolutions: a kernel, its positions, maps, a whole network."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from dlbook.figures.palette import BLUE, GREY, LIGHT_BLUE, ORANGE


def plot_kernel(image, kernel, output):
    """An image (H, W), the weights of a kernel (h, w), and its output.

    If the weights sum to zero, middle grey in the output is zero.
    """
    figure, axes = plt.subplots(
        1, 3, figsize=(6.4, 2.5), width_ratios=[3, 1.6, 3]
    )
    axes[0].imshow(image)
    high = max(abs(output).max().item(), 1e-12)
    low = -high if abs(kernel.sum()) < 1e-6 else 0
    axes[2].imshow(output, vmin=low, vmax=high)
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


def plot_positions(size: int, kernel_size: int, *, stride: int, padding: int):
    """How many positions of a kernel cover each pixel, and the output.

    The darker a pixel, the more positions cover it; orange pixels are covered
    by none. The thin square is the image, the blue squares are the first two
    positions of the kernel.
    """
    total = size + 2 * padding
    starts = range(0, total - kernel_size + 1, stride)
    line = np.zeros(total)
    for start in starts:
        line[start : start + kernel_size] += 1
    counts = np.outer(line, line)
    colors = plt.get_cmap("Greys")(0.1 + 0.45 * counts / counts.max())
    colors[counts == 0] = to_rgba(ORANGE)
    figure, (left, right) = plt.subplots(1, 2, figsize=(5, 2.9))
    _cells(left, colors)
    _cells(right, np.full((len(starts), len(starts), 4), to_rgba(LIGHT_BLUE)))
    _square(left, padding, padding, size, color=GREY, width=1.5)
    if len(starts) > 1:
        _square(left, stride, 0, kernel_size, color=BLUE, width=2, style=":")
    _square(left, 0, 0, kernel_size, color=BLUE, width=2.5)
    for ax, title in ((left, "input and padding"), (right, "output")):
        ax.set(xlim=(-0.8, 11.5), ylim=(11.5, -0.8))
        ax.set_title(title, fontsize="small")
        ax.axis("off")
    return figure


def _cells(ax, colors):
    """A table of colours with white lines between its cells."""
    ax.imshow(colors)
    edges = np.arange(1, len(colors)) - 0.5
    ends = [-0.5, len(colors) - 0.5, np.nan]  # nan: the line is interrupted
    along, across = np.tile(ends, len(edges)), np.repeat(edges, 3)
    ax.plot(along, across, color="white", linewidth=0.8)
    ax.plot(across, along, color="white", linewidth=0.8)


def _square(ax, x, y, side, *, color, width, style="-"):
    """The outline of a square whose upper left pixel is (x, y)."""
    corner = (x - 0.5, y - 0.5)
    square = Rectangle(
        corner, side, side, fc="none", ec=color, lw=width, ls=style, zorder=3
    )
    ax.add_patch(square)


def plot_volumes(shapes: dict, *, labels: dict | None = None):
    """A network as its outputs: maps (C, H, W) as stacks, vectors as bars.

    `shapes` is {name: shape}; `labels` {name: text} are written over the
    arrow that leads to the output.
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
            ax.text(
                (end + x) / 2 - 0.05,
                0.1,
                labels.get(name, ""),
                ha="center",
                va="bottom",
                size=7,
            )
        for i in reversed(range(count)):
            corner = (x + 0.07 * i, -height / 2 + 0.05 * i)
            sheet = Rectangle(
                corner, side, height, fc=LIGHT_BLUE, ec=BLUE, lw=0.8
            )
            ax.add_patch(sheet)
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
    _, height, width = maps.shape
    gap = int(maps[0].numel() > 1)  # none between single numbers
    sheet = np.full(
        (rows * (height + gap) - gap, columns * (width + gap) - gap), np.nan
    )
    for number, values in enumerate(np.asarray(maps)):
        top = number // columns * (height + gap)
        left = number % columns * (width + gap)
        sheet[top : top + height, left : left + width] = values
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
