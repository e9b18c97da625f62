"""Drawings of the blocks of networks, from their input down to their output.

A block is a list of rows, a row a list of words, one for each lane; an empty
word is a lane that passes by.
"""

import matplotlib.pyplot as plt

INK, BLUE = "#1f2430", "#0072B2"


def plot_blocks(blocks, *, size=(6.2, 2.6)):
    """The blocks {title: rows} side by side."""
    figure, axes = plt.subplots(1, len(blocks), figsize=size, squeeze=False)
    for ax, (title, rows) in zip(axes[0], blocks.items(), strict=True):
        draw_block(ax, rows)
        ax.set_title(title, fontsize="small", loc="center")
    return figure


def draw_block(ax, rows):
    """One block on its axes: words in boxes, arrows between the rows."""
    lanes = max(len(row) for row in rows)
    places = [
        [(lane + (lanes - len(row)) / 2, -level) for lane in range(len(row))]
        for level, row in enumerate(rows)
    ]
    box = {"boxstyle": "round,pad=0.3", "fc": "white", "ec": BLUE}
    for level, row in enumerate(rows):
        for (x, y), word in zip(places[level], row, strict=True):
            if word:
                ax.text(
                    x, y, word, ha="center", va="center", bbox=box,
                    fontsize="x-small", color="#111111", zorder=3,
                )  # fmt: skip
    for upper, lower, words in zip(places, places[1:], rows[1:], strict=False):
        for start, end, word in joined(upper, lower, words):
            arrow = {"arrowstyle": "->" if word else "-", "color": INK}
            arrow |= {"shrinkA": 0, "shrinkB": 9 if word else 0}
            ax.annotate("", end, start, arrowprops=arrow, zorder=1)
    ax.set(xlim=(-0.7, lanes - 0.3), ylim=(0.6 - len(rows), 0.5))
    ax.axis("off")


def joined(upper, lower, words):
    """(start, end, word at the end) of the arrows between two rows."""
    if len(upper) == len(lower):
        return list(zip(upper, lower, words, strict=True))
    return [
        (start, end, word)
        for start in upper
        for end, word in zip(lower, words, strict=True)
    ]
