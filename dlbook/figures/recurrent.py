"""Recurrent networks as drawings: cells, steps, directions and layers."""

import matplotlib.pyplot as plt

from dlbook.figures.palette import GREY, LIGHT_BLUE, TEXT

STEPS = (1, 2, 3)

# {drawing: ({node: (x, y, label)}, [route, ...], nodes with weights)}. A route
# is a node, corners (x, y) if the arrow has any, and the node where it ends.
DRAWINGS = {
    "RNN": (
        {
            "in": (0, 0, "$x_t, h_{t-1}$"),
            "tanh": (2, 0, "tanh"),
            "out": (4, 0, "$h_t$"),
        },
        [("in", "tanh"), ("tanh", "out")],
        {"tanh"},
    ),
    "unrolled": (
        {"h0": (0, 1, "$h_0$")}
        | {f"x{t}": (t, 0, f"$x_{t}$") for t in STEPS}
        | {f"h{t}": (t, 1, f"$h_{t}$") for t in STEPS}
        | {f"z{t}": (t, 2, rf"$\hat{{y}}_{t}$") for t in STEPS},
        [(f"h{t - 1}", f"h{t}") for t in STEPS]
        + [(f"x{t}", f"h{t}") for t in STEPS]
        + [(f"h{t}", f"z{t}") for t in STEPS],
        {f"{kind}{t}" for t in STEPS for kind in "hz"},
    ),
    "GRU": (
        {
            "h": (0, 3, "$h_{t-1}$"),
            "in": (0, -0.6, "$x_t, h_{t-1}$"),
            "x": (3, 0.1, "$x_t$"),
            "r": (1.5, 1, "reset $r$"),
            "n": (3, 1, "tanh $n$"),
            "z": (4.5, 1, "update $z$"),
            "keep": (4.5, 3, "×"),
            "old": (1.5, 2, "×"),
            "new": (6, 2, "×"),
            "sum": (6, 3, "+"),
            "out": (7.5, 3, "$h_t$"),
            "1-z": (6, 1, "$1-z$"),
        },
        [
            ("h", "keep"),
            ("keep", "sum"),
            ("sum", "out"),
            ("in", (1.5, -0.6), "r"),
            ("in", (4.5, -0.6), "z"),
            ("x", "n"),
            ("h", (1.5, 3), "old"),
            ("r", "old"),
            ("old", (2.25, 2), (2.25, 1), "n"),
            ("n", (3, 2), "new"),
            ("z", "keep"),
            ("z", "1-z"),
            ("1-z", "new"),
            ("new", "sum"),
        ],
        {"r", "n", "z"},
    ),
    "LSTM": (
        {
            "c": (0, 3, "$c_{t-1}$"),
            "in": (0, 0, "$x_t, h_{t-1}$"),
            "f": (1.5, 1, "forget $f$"),
            "i": (3, 1, "input $i$"),
            "g": (4.5, 1, "tanh $g$"),
            "o": (6, 1, "output $o$"),
            "keep": (1.5, 3, "×"),
            "add": (3.75, 2, "×"),
            "sum": (3.75, 3, "+"),
            "tanh": (7.2, 2.1, "tanh"),
            "show": (7.2, 1, "×"),
            "new": (8.6, 3, "$c_t$"),
            "out": (8.6, 1, "$h_t$"),
        },
        [
            ("c", "keep"),
            ("keep", "sum"),
            ("sum", "new"),
            ("in", (1.5, 0), "f"),
            ("in", (3, 0), "i"),
            ("in", (4.5, 0), "g"),
            ("in", (6, 0), "o"),
            ("f", "keep"),
            ("i", (3, 2), "add"),
            ("g", (4.5, 2), "add"),
            ("add", "sum"),
            ("sum", (7.2, 3), "tanh"),
            ("tanh", "show"),
            ("o", "show"),
            ("show", "out"),
        ],
        {"f", "i", "g", "o"},
    ),
    "bidirectional": (
        {f"x{t}": (2 * t, 0, f"$x_{t}$") for t in STEPS}
        | {f"f{t}": (2 * t - 0.4, 1, f"$h_{t}$ →") for t in STEPS}
        | {f"b{t}": (2 * t + 0.4, 2, f"← $h_{t}$") for t in STEPS}
        | {f"z{t}": (2 * t, 3, rf"$\hat{{y}}_{t}$") for t in STEPS},
        [(f"x{t}", f"f{t}") for t in STEPS]
        + [(f"x{t}", f"b{t}") for t in STEPS]
        + [(f"f{t}", f"z{t}") for t in STEPS]
        + [(f"b{t}", f"z{t}") for t in STEPS]
        + [("f1", "f2"), ("f2", "f3"), ("b3", "b2"), ("b2", "b1")],
        {f"{kind}{t}" for t in STEPS for kind in "fbz"},
    ),
    "two layers": (
        {f"x{t}": (2 * t, 0, f"$x_{t}$") for t in STEPS}
        | {f"a{t}": (2 * t, 1, f"$h^1_{t}$") for t in STEPS}
        | {f"b{t}": (2 * t, 2, f"$h^2_{t}$") for t in STEPS}
        | {f"z{t}": (2 * t, 3, rf"$\hat{{y}}_{t}$") for t in STEPS},
        [(f"{a}{t}", f"{b}{t}") for t in STEPS for a, b in ("xa", "ab", "bz")]
        + [(f"{k}{t}", f"{k}{t + 1}") for t in STEPS[:-1] for k in "ab"],
        {f"{kind}{t}" for t in STEPS for kind in "abz"},
    ),
}  # fmt: skip


def plot_drawings(*names, size=(6.4, 2.9)):
    """The named drawings side by side; what has weights is blue."""
    figure, axes = plt.subplots(1, len(names), figsize=size, squeeze=False)
    for ax, name in zip(axes[0], names, strict=True):
        draw(ax, *DRAWINGS[name])
        if len(names) > 1:
            ax.set_title(name, fontsize="small", loc="center")
    return figure


def draw(ax, nodes, routes, learned):
    """Labels in boxes, and arrows from box to box along their routes."""
    boxes = {}
    for node, (x, y, label) in nodes.items():
        box = {
            "boxstyle": "round,pad=0.35",
            "fc": LIGHT_BLUE if node in learned else "white",
            "ec": GREY,
        }
        text = ax.text(
            x,
            y,
            label,
            ha="center",
            va="center",
            color=TEXT,
            fontsize="small",
            bbox=box,
            zorder=3,
        )
        boxes[node] = text.get_bbox_patch()
    for start, *corners, end in routes:
        points = [nodes[start][:2], *corners, nodes[end][:2]]
        ax.plot(*zip(*points[:-1], strict=True), color=GREY, lw=1, zorder=1)
        arrow = {
            "arrowstyle": "-|>",
            "color": GREY,
            "shrinkA": 0,
            "shrinkB": 0,
            "patchA": None if corners else boxes[start],
            "patchB": boxes[end],
        }
        ax.annotate("", points[-1], points[-2], arrowprops=arrow, zorder=2)
    xs, ys, _ = zip(*nodes.values(), strict=True)
    ax.set(xlim=(min(xs) - 0.7, max(xs) + 0.7))
    ax.set(ylim=(min(ys) - 0.5, max(ys) + 0.5))
    ax.axis("off")


def plot_against_counts(counted, networks: dict):
    """Perplexity of n-grams by their order, and a level for each network.

    `counted` holds the values of the orders 1, 2, ...; `networks` is
    {name: value}. The axis is logarithmic.
    """
    figure, ax = plt.subplots(figsize=(5.6, 3.2))
    orders = range(1, len(counted) + 1)
    ax.semilogy(orders, counted, "o-", color=GREY, label="n-gram")
    for number, ((name, value), marker) in enumerate(
        zip(networks.items(), "s^D", strict=False)
    ):
        ax.semilogy(
            orders,
            [value] * len(orders),
            linestyle=["-", "--", ":"][number],
            color=f"C{number}",
            marker=marker,
            markevery=(number, 3),
            label=f"{name} {value:.2f}",
        )
    ticks = [4, 5, 7, 10, 15]
    ax.set_yticks(ticks, [str(tick) for tick in ticks])
    ax.minorticks_off()
    ax.set(xlabel="order of the n-gram", ylabel="perplexity per letter")
    ax.legend()
    return figure
