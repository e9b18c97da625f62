"""Transfer: photographs with titles, what is frozen, accuracy by thaw."""

from itertools import pairwise

import matplotlib.pyplot as plt
import torch

from dlbook.figures.common import image_grid
from dlbook.figures.diagram import arrow, box, finish
from dlbook.figures.palette import LIGHT_BLUE, LIGHT_GREY


def plot_thumbnails(images, *, titles=None, columns: int = 8, size=0.9):
    """A grid of colour images (N, 3, H, W), uint8 or float in 0..1.

    Unlike `show_images` it keeps their brightness. `titles` has one string
    for each image, which may be empty; `size` is inches per image.

    Raises:
        ValueError: images of another shape, no images, or a number of titles
            that is not the number of images.
    """
    images = torch.as_tensor(images).detach().cpu()
    if images.ndim != 4 or images.shape[1] != 3 or len(images) == 0:
        raise ValueError(
            f"images have shape {tuple(images.shape)}; wanted at least one "
            "of (N, 3, H, W)"
        )
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"{len(titles)} titles for {len(images)} images")
    height = size * (1.3 if titles is not None else 1.05)
    columns = min(columns, len(images))
    figure, axes = image_grid(len(images), columns, cell=(size, height))
    for number, (ax, image) in enumerate(zip(axes, images, strict=True)):
        if image.is_floating_point():
            image = image.clamp(0, 1)
        ax.imshow(image.permute(1, 2, 0).numpy())
        if titles is not None:
            ax.set_title(titles[number], fontsize="x-small", loc="center")
    return figure


def plot_thaws(stages, thaws: dict):
    """Rows of boxes, one row per strategy: frozen grey, trained blue.

    `stages` names the parts of the network from input to output; `thaws`
    is {strategy: number of stages that stay frozen}.
    """
    _, ax = plt.subplots(figsize=(7.2, 0.62 * len(thaws) + 0.3))
    ax.set(xlim=(-2.5, len(stages)), ylim=(-len(thaws), 1))
    for row, (name, frozen) in enumerate(thaws.items()):
        y = -row
        ax.text(-0.75, y, name, ha="right", va="center", fontsize="small")
        boxes = [
            box(
                ax, x, y, stage,
                fill=LIGHT_GREY if x < frozen else LIGHT_BLUE,
            )
            for x, stage in enumerate(stages)
        ]  # fmt: skip
        for start, end in pairwise(boxes):
            arrow(ax, start, end)
    return finish(ax)


def plot_accuracy_by_size(sizes, curves: dict, *, xlabel: str, ax=None):
    """Mean accuracy and every run, for {name: (runs, sizes)}.

    Sizes stand at equal distances; the names of the curves shift their dots
    a little sideways, so that runs of different curves do not cover each
    other.
    """
    ax = ax or plt.gca()
    middle = (len(curves) - 1) / 2
    for number, (name, values) in enumerate(curves.items()):
        values = torch.as_tensor(values)
        x = torch.arange(len(sizes)) + 0.06 * (number - middle)
        (line,) = ax.plot(x, values.mean(dim=0), label=name)
        for run in values:
            ax.plot(x, run, ".", color=line.get_color(), markersize=5)
    ax.set_xticks(range(len(sizes)), [str(size) for size in sizes])
    ax.set(xlabel=xlabel, ylabel="accuracy")
    ax.legend(fontsize="small")
    return ax.figure
