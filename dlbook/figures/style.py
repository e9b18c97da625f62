"""Figures of style transfer: grids of pictures, accuracies by layer."""

import matplotlib.pyplot as plt

from dlbook.figures.palette import GREY


def show_grid(rows: dict, *, titles=None, size: float = 1.25):
    """Rows of pictures {label: (N, 3, H, W) or a list}, values in 0..1.

    `titles` stand above the columns. Values outside of 0..1 are cut off.

    Raises:
        ValueError: rows of different lengths, or another number of titles.
    """
    counts = {len(pictures) for pictures in rows.values()}
    if titles is not None:
        counts.add(len(titles))
    if len(counts) != 1:
        raise ValueError(
            f"rows and titles have the lengths {sorted(counts)}: give all the "
            "same number of pictures"
        )
    count = counts.pop()
    figure, axes = plt.subplots(
        len(rows),
        count,
        figsize=(count * size + 0.8, len(rows) * size + 0.25),
        squeeze=False,
    )
    for line, (label, pictures) in zip(axes, rows.items(), strict=True):
        for ax, pixels in zip(line, pictures, strict=True):
            pixels = pixels.detach().cpu().clamp(0, 1).permute(1, 2, 0)
            ax.imshow(pixels.numpy(), interpolation="none")
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(False)
        line[0].set_ylabel(
            label, rotation=0, ha="right", va="center", fontsize="small"
        )
    for ax, title in zip(axes[0], titles or [], strict=False):
        ax.set_title(title, fontsize="small", loc="center")
    return figure


def plot_recognised(curves: dict, *, points: dict):
    """Shares of fonts, upwards, against shares of texts, to the right.

    `curves` are {name: {layer: (font, text)}}, with numbers at the first and
    the last layer; `points` {name: (font, text)} stand alone.
    """
    figure, ax = plt.subplots(figsize=(6.4, 3.6))
    for name, values in curves.items():
        fonts, texts = zip(*values.values(), strict=True)
        (line,) = ax.plot(texts, fonts, "o-", label=name, markersize=4)
        for layer in (min(values), max(values)):
            font, text = values[layer]
            _beside(ax, str(layer), text, font, line.get_color())
    for name, (font, text) in points.items():
        ax.plot(text, font, "s", color=GREY, markersize=5)
        _beside(ax, name, text, font, GREY)
    ax.set(xlabel="texts recognised", ylabel="fonts recognised")
    ax.set(xlim=(0, 1.05), ylim=(0, 1))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def _beside(ax, word, x, y, color):
    """A word to the left of a point, a little below it."""
    ax.annotate(
        word,
        (x, y),
        xytext=(-4, -4),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize="small",
        color=color,
    )
