"""Figures of convolutions: a kernel, its windows, maps, a whole network."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle
from numpy.lib.stride_tricks import sliding_window_view

from dlbook.figures.palette import BLUE, GREY, INK, LIGHT_BLUE


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


def plot_window(
    image, kernel, position: int, *, stride=1, padding=0, dilation=1
):
    """A kernel on its window of an image, the products, and the output.

    `image` (H, W) and `kernel` (h, w) hold whole numbers. `position` counts
    the windows row by row from 0 and ends at the last. Blue are the pixels
    that the kernel reads, and the output that it gives there.
    """
    kernel = np.asarray(kernel)
    padded = np.pad(np.asarray(image), padding)
    reach = [dilation * (length - 1) + 1 for length in kernel.shape]
    figure, ax = plt.subplots(figsize=(7.4, 2.6))
    read = np.zeros(padded.shape, dtype=bool)
    if all(np.greater_equal(padded.shape, reach)):
        windows = sliding_window_view(padded, reach)[::stride, ::stride]
        windows = windows[..., ::dilation, ::dilation]
        values = (windows * kernel).sum(axis=(2, 3))
        row, column = divmod(min(position, values.size - 1), values.shape[1])
        top, left = stride * row, stride * column
        part = read[top : top + reach[0], left : left + reach[1]]
        part[::dilation, ::dilation] = True
        given = np.zeros(values.shape, dtype=bool)
        given[row, column] = True
        _numbers(ax, values, 17, 1, blue=given, wide=1.2)
        _sum(ax, windows[row, column], kernel, values[row, column])
    else:
        ax.text(8.2, 2.5, f"{reach[0]} × {reach[1]} pixels do not fit")
    _numbers(ax, padded, 1 - padding, 1 - padding, blue=read, rim=padding)
    for x, name in ((1, "input"), (8.2, "window × kernel"), (17, "output")):
        ax.text(x, -0.4, name, va="bottom", size=9)
    ax.set(xlim=(-0.2, 23.2), ylim=(5.2, -1.2), aspect=1)
    ax.axis("off")
    return figure


def _sum(ax, window, kernel, total):
    """Products of a window and a kernel, row by row, and their sum."""
    for y, pairs in enumerate(zip(window, kernel, strict=True)):
        terms = [
            f"{x:g}·{k:g}" if k >= 0 else f"{x:g}·(−{-k:g})"
            for x, k in zip(*pairs, strict=True)
        ]
        sign = "+ " if y else "   "
        ax.text(8.2, 1.5 + y, sign + " + ".join(terms), va="center", size=9)
    text = f"= {total:g}".replace("-", "−")
    ax.text(8.2, 1.5 + len(kernel), text, va="center", size=9)


def _numbers(ax, values, x, y, *, blue, rim=0, wide=1.0):
    """A table of numbers with its upper left corner at (x, y).

    Cells where `blue` is true are blue. The outer `rim` cells are padding:
    their numbers are grey.
    """
    values, blue = np.asarray(values), np.asarray(blue)
    rows, columns = values.shape
    _cells(ax, blue, x, y, wide=wide)
    inside = (x + rim * wide, y + rim, columns - 2 * rim, rows - 2 * rim)
    _grid(ax, x, y, columns, rows, wide=wide, width=0.3 if rim else 0.8)
    if rim:
        _grid(ax, *inside, wide=wide, width=0.8)
    for (i, j), value in np.ndenumerate(values):
        padding = min(i, j, rows - 1 - i, columns - 1 - j) < rim
        ax.text(
            x + wide * (j + 0.5),
            y + i + 0.5,
            f"{value:g}".replace("-", "−"),
            color=GREY if padding else INK,
            ha="center",
            va="center_baseline",
            size=8,
        )


def _cells(ax, blue, x, y, *, wide):
    """The blue cells of a table; runs of cells in a row are one rectangle."""
    for i, row in enumerate(blue):
        edges = np.flatnonzero(np.diff([0, *row, 0]))
        for start, stop in edges.reshape(-1, 2):
            corner, width = (x + wide * start, y + i), wide * (stop - start)
            ax.add_patch(
                Rectangle(corner, width, 1, fc=BLUE, alpha=0.3, clip_on=False)
            )


def _grid(ax, x, y, columns, rows, *, wide, width):
    """The lines between and around the cells of a table, as one path."""
    ends = [
        (x + wide * j, y, x + wide * j, y + rows) for j in range(columns + 1)
    ]
    ends += [(x, y + i, x + wide * columns, y + i) for i in range(rows + 1)]
    lines = np.array(ends).reshape(-1, 2, 2)
    xs = np.insert(lines[:, :, 0], 2, np.nan, axis=1).ravel()
    ys = np.insert(lines[:, :, 1], 2, np.nan, axis=1).ravel()
    ax.plot(xs, ys, color=GREY, linewidth=width, clip_on=False)


def plot_channels(images, kernels):
    """Channel by channel an image (C, H, W), its kernel (C, h, w), their map.

    Below stands the sum of the maps. All hold whole numbers.
    """
    images, kernels = np.asarray(images), np.asarray(kernels)
    C, H, W = images.shape
    _, h, w = kernels.shape
    windows = sliding_window_view(images, (h, w), axis=(1, 2))
    maps = (windows * kernels[:, None, None]).sum(axis=(3, 4))
    figure, ax = plt.subplots(figsize=(6.4, 2.7))
    x = [0, W + 1.5, W + w + 3.0, 2 * W + 6.0]
    first = np.zeros((H, W), dtype=bool)  # the first window and its outputs
    first[:h, :w] = True
    corner, none = np.zeros(maps[0].shape, dtype=bool), np.zeros((h, w), bool)
    corner[0, 0] = True
    for c in range(C):
        middle = c * (H + 1.0) + H / 2
        _numbers(ax, images[c], x[0], middle - H / 2, blue=first)
        _numbers(ax, kernels[c], x[1], middle - h / 2, blue=none)
        top = middle - maps.shape[1] / 2
        _numbers(ax, maps[c], x[2], top, blue=corner)
        ax.text(x[1] - 0.75, middle, "∗", ha="center", va="center")
        ax.text(x[2] - 0.75, middle, "=", ha="center", va="center")
        ax.text(-0.4, middle, f"channel {c}", ha="right", va="center", size=8)
    middle, end = (C * (H + 1.0) - 1) / 2, x[2] + maps.shape[2]
    top = middle - maps.shape[1] / 2
    _numbers(ax, maps.sum(axis=0), end + 3, top, blue=corner)
    for c in range(C):
        arrow = {"arrowstyle": "->", "color": GREY}
        start = (end + 0.2, c * (H + 1.0) + H / 2)
        ax.annotate("", (end + 2.8, middle), start, arrowprops=arrow)
    ax.text(end + 3, top - 0.2, "sum", va="bottom", size=8)
    total = 2 * middle
    ax.set(xlim=(-4.2, end + 5.5), ylim=(total + 0.2, -0.4), aspect=1)
    ax.axis("off")
    return figure


def plot_pooling(image, size: int):
    """An image (H, W) of whole numbers in windows, their maxima and means."""
    image = np.asarray(image)
    rows, columns = (length // size for length in image.shape)
    windows = image.reshape(rows, size, columns, size)
    small = np.indices((rows, columns)).sum(axis=0) % 2 == 0  # a chessboard
    figure, ax = plt.subplots(figsize=(5.4, 2.2))
    _numbers(ax, image, 0, 0, blue=np.kron(small, np.ones((size, size))) > 0)
    top, x = (image.shape[0] - rows) / 2, image.shape[1] + 2
    for values, name in (
        (windows.max(axis=(1, 3)), "maximum"),
        (windows.mean(axis=(1, 3)), "mean"),
    ):
        _numbers(ax, values, x, top, blue=small, wide=1.4)
        ax.text(x, top - 0.2, name, va="bottom", size=9)
        x += 1.4 * columns + 1.5
    ax.set(xlim=(-0.2, x), ylim=(image.shape[0] + 0.2, -0.4), aspect=1)
    ax.axis("off")
    return figure


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
