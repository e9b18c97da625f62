"""Figures of translation: what a decoder reads, and a beam as a tree."""

import matplotlib.pyplot as plt

from dlbook.figures.palette import BLUE, GREY, INK, ORANGE


def plot_forcing(forced, free, reference):
    """A decoder with teacher forcing (above) and running freely (below).

    `forced` and `free` are lists of the tokens it writes, `reference` is the
    list of the true ones. Tokens that differ from the reference at their
    step are orange. Above, it reads the reference; below, its own tokens.
    """
    steps = max(len(forced), len(free))
    figure, axes = plt.subplots(2, 1, figsize=(7.2, 4.4), sharex=True)
    for ax, title, written, read, color in [
        (axes[0], "teacher forcing", forced, reference, INK),
        (axes[1], "free running", free, free, BLUE),
    ]:
        draw_decoder(ax, written, ["<bos>", *read], reference, color=color)
        ax.set(xlim=(-1.1, steps - 0.4), ylim=(-0.5, 2.5))
        ax.set_title(title, fontsize="small", loc="left")
        ax.axis("off")
    for t in range(len(free) - 1):  # what is written is read next
        axes[1].plot(
            [t + 0.08, t + 0.5, t + 0.5], [1.8, 1.5, 0.5], color=BLUE, lw=1
        )
        axes[1].annotate(
            "",
            (t + 0.92, 0.2),
            (t + 0.5, 0.5),
            arrowprops={
                "arrowstyle": "-|>",
                "color": BLUE,
                "lw": 1,
                "shrinkA": 0,
            },
        )
    return figure


def draw_decoder(ax, written, read, reference, *, color):
    """One row of steps on `ax`: tokens read, the decoder, tokens written."""
    arrow = {"arrowstyle": "-|>", "color": GREY, "lw": 1}
    ends = [*reference, *["<eos>"] * len(written)]
    for y, name in [(0, "reads"), (2, "writes")]:
        ax.text(-1.1, y, name, va="center", color=GREY, fontsize=8)
    for t, token in enumerate(written):
        tone = INK if token == ends[t] else ORANGE
        size = {"ha": "center", "va": "center", "fontsize": 8}
        ax.text(t, 0, read[t], color=INK if t == 0 else color, **size)
        ax.text(t, 2, token, color=tone, **size)
        box = plt.Rectangle((t - 0.22, 0.78), 0.44, 0.44, fc="none", ec=GREY)
        ax.add_patch(box)
        ax.annotate("", (t, 0.78), (t, 0.2), arrowprops=arrow)
        ax.annotate("", (t, 1.8), (t, 1.22), arrowprops=arrow)
        if t:
            ax.annotate("", (t - 0.22, 1), (t - 0.78, 1), arrowprops=arrow)


def plot_search_tree(nodes, *, size=(6.4, 2.9)):
    """A tree of beginnings, from left to right.

    `nodes` are (parent, token, value, kept), a parent before its children;
    the parent is the number of a node, or None for the root. What is kept
    has a blue frame and a full line, what is dropped a grey, dotted one.
    """
    depth, heights = tree_layout([parent for parent, *_ in nodes])
    figure, ax = plt.subplots(figsize=size)
    for node, (parent, token, value, kept) in enumerate(nodes):
        x, y = depth[node], heights[node]
        color, style = (BLUE, "-") if kept else (GREY, ":")
        if parent is not None:
            start = depth[parent] + 0.24, heights[parent]
            ax.plot(
                [start[0], x - 0.24], [start[1], y], style, color=color, lw=1.2
            )
        frame = plt.Rectangle(
            (x - 0.24, y - 0.36), 0.48, 0.72, fc="none", ec=color, ls=style
        )
        ax.add_patch(frame)
        ax.text(x, y, token, ha="center", va="center", fontsize=9)
        inner = any(parent == node for parent, *_ in nodes)
        below = (x, y + 0.52) if inner else (x + 0.27, y)
        ax.text(
            *below, value, ha="center" if inner else "left", va="center",
            fontsize=8, color=GREY,
        )  # fmt: skip
    ax.set(xlim=(-0.4, max(depth) + 0.7))
    ax.set(ylim=(max(heights) + 0.6, min(heights) - 0.6))
    ax.axis("off")
    return figure


def tree_layout(parents):
    """Depth and height of each node: leaves below each other, in order.

    A node stands in the middle of its children.
    """
    children = [[] for _ in parents]
    depth = []
    for node, parent in enumerate(parents):
        depth.append(0 if parent is None else depth[parent] + 1)
        if parent is not None:
            children[parent].append(node)
    heights, leaves = [0.0] * len(parents), 0

    def place(node):
        nonlocal leaves
        if not children[node]:
            heights[node] = float(leaves)
            leaves += 1
        for child in children[node]:
            place(child)
        if children[node]:
            below = [heights[child] for child in children[node]]
            heights[node] = (min(below) + max(below)) / 2

    place(0)
    return depth, heights
