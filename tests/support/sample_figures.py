"""Interactive figures for tests, and what of them was stored."""

import json
import re

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt

from dlbook.interactive.interact import interact

RATES = [0.01, 0.1, 1.0]


def curve(lr, surface="bowl"):
    """A figure with a legend that prints a line."""
    figure, axes = plt.subplots(figsize=(4, 3))
    axes.plot([0, lr, 2], [3, 1, 0], label=f"descent on a {surface}")
    axes.set_title(surface)
    axes.legend()
    print(f"lr {lr:g} on {surface}")
    return figure


def two_controls(**options):
    """Show the curve with a slider and a menu."""
    alt = "Loss at {lr} on a {surface}"
    return interact(alt=alt, lr=RATES, surface=["bowl", "saddle"], **options)(
        curve
    )


def stored(bundle):
    """The data that the script of a figure reads."""
    return json.loads(
        re.search(r'json">(.*?)</script>', bundle["text/html"], re.S)[1]
    )


def frame(data, number):
    """The lines of one frame, put together as the script does it."""
    lines, after = [], 0
    for start, stop, new in data["changes"][number]:
        lines += data["svg"][after:start] + new
        after = stop
    return lines + data["svg"][after:]
