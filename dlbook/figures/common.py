"""Figures of the book: each function draws given data and returns its figure.

No function here trains, loads or shows anything. Those with an argument `ax`
draw on these axes, or else on the current ones. Colour tells runs apart;
dashed is training, solid is validation. The look is in `book.mplstyle`.
"""

import matplotlib.pyplot as plt
import numpy as np
import torch

from dlbook.figures.palette import BLUE, GREY, ORANGE


def plot_history(history, metric: str = "loss", *, label="", ax=None):
    """Curves of one metric of a `fit` history; call again to add a run.

    Raises:
        ValueError: the history has no such metric; the message names those
            it has.
    """
    ax = ax or plt.gca()
    color = None
    for split, style in [("train", "--"), ("valid", "-")]:
        values = history.get(f"{split}_{metric}")
        if values is None:
            continue
        (line,) = ax.plot(
            range(1, len(values) + 1),
            values,
            style,
            color=color,
            marker="o" if len(values) == 1 else None,
            label=f"{label} {split}".strip(),
        )
        color = line.get_color()
    if color is None:
        known = sorted({name.partition("_")[2] or name for name in history})
        raise ValueError(f"no {metric!r} in this history, only {known}")
    ax.set(xlabel="epoch", ylabel=metric)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend()
    return ax.figure


def show_images(images, *, titles=None, columns: int = 8, size: float = 0.9):
    """A grid of images (N, 1, H, W), (N, 3, H, W) or (N, H, W) with titles.

    Each image is scaled to its own range. `size` is inches per image.

    Raises:
        ValueError: images of another shape, no images, or a number of titles
            that is not the number of images.
    """
    images = torch.as_tensor(images).detach().cpu().float()
    if images.ndim == 4:  # channels last, as Matplotlib wants them
        images = images.permute(0, 2, 3, 1).squeeze(-1)
    if images.ndim not in (3, 4) or len(images) == 0:
        raise ValueError(
            f"images have shape {tuple(images.shape)}; wanted at least one "
            "of (N, 1, H, W), (N, 3, H, W) or (N, H, W)"
        )
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"{len(titles)} titles for {len(images)} images")
    columns = min(columns, len(images))
    height = size * (1.35 if titles is not None else 1.05)
    figure, axes = image_grid(len(images), columns, cell=(size, height))
    for i, (ax, image) in enumerate(zip(axes, images, strict=True)):
        low, high = image.min(), image.max()
        scaled = (image - low) / (high - low).clamp_min(1e-12)
        ax.imshow(scaled.numpy())
        if titles is not None:
            ax.set_title(titles[i], fontsize="small", loc="center")
    return figure


def image_grid(count: int, columns: int, *, cell):
    """A figure, and `count` axes without frames; `cell` is inches of each."""
    rows = -(-count // columns)
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(columns * cell[0], rows * cell[1]),
        squeeze=False,
    )
    for ax in axes.flat:
        ax.axis("off")
    return figure, list(axes.flat)[:count]


def plot_contours(x, y, heights, *, levels, ax=None):
    """Thin grey curves of equal height over a grid: x, y, heights (N, M)."""
    ax = ax or plt.gca()
    x, y = np.asarray(x), np.asarray(y)
    ax.contour(
        x,
        y,
        np.asarray(heights),
        levels=levels,
        colors="gray",
        linewidths=0.8,
    )
    ax.set(xlim=(x.min(), x.max()), ylim=(y.min(), y.max()))
    return ax.figure


def plot_graph(names, positions, arrows, *, values=(), gradients=None):
    """A computational graph, with values (blue) and gradients (orange).

    `names` and `positions` [(x, y), ...] describe the nodes, `arrows` are
    pairs of their numbers. `values` holds the values known so far, first node
    first; `gradients` is {node: derivative of the last node with respect to
    it}.
    """
    gradients = gradients or {}
    figure, ax = plt.subplots(figsize=(6.2, 2.8))
    box = {"boxstyle": "round,pad=0.4", "fc": "none", "ec": GREY}
    boxes = []
    for node, ((x, y), name) in enumerate(zip(positions, names, strict=True)):
        text = ax.text(x, y, name, ha="center", va="center", bbox=box)
        boxes.append(text.get_bbox_patch())
        if node < len(values):
            ax.text(x, y + 0.34, values[node], ha="center", color=BLUE)
        if node in gradients:
            ax.text(x, y - 0.5, gradients[node], ha="center", color=ORANGE)
    for start, end in arrows:  # drawn last, when the boxes have their sizes
        ax.annotate(
            "",
            positions[end],
            positions[start],
            arrowprops={
                "arrowstyle": "-|>",
                "color": GREY,
                "shrinkA": 0,
                "shrinkB": 0,
                "patchA": boxes[start],
                "patchB": boxes[end],
            },
        )
    xs, ys = zip(*positions, strict=True)
    ax.set(xlim=(min(xs) - 0.5, max(xs) + 0.5))
    ax.set(ylim=(min(ys) - 0.7, max(ys) + 0.6))
    ax.axis("off")
    return figure
