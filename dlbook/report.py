"""Measured numbers of the book, and claims of its prose, kept true.

Both are judged where the page runs as it was committed, or where the
environment variable DLBOOK_STRICT is set. For a reader who has changed a
number, or who runs the page in Jupyter or on Colab, they print what is
different and go on. A rehearsal judges nothing.
"""

import math

from IPython.display import display

from dlbook.runtime import (
    default_device,
    has_reader,
    is_set,
    parameters,
    rehearsing,
)

MIME = "application/vnd.dlbook.report+json"
COMMITTED = {"quick": True, "seed": 0}


def report(
    name: str, value: float, floor: float, ceiling: float, *, seconds=None
) -> None:
    """Print a result, keep its record in the output, and guard its range.

    The floor shows damage; the ceiling shows what is too good to be true,
    such as a test set that leaked into training. `seconds` is the time of
    training.

    Raises:
        ValueError: `value` is outside `floor`..`ceiling` or not a number,
            and the run is judged. The line has been printed by then.
    """
    value = float(value)
    if not floor < ceiling:
        raise ValueError(f"floor {floor} of {name} is not below {ceiling}")
    print(f"{name} = {value:.4g}   (accepted: {floor:g} to {ceiling:g})")
    record = {
        "name": name,
        "value": number(value),
        "floor": floor,
        "ceiling": ceiling,
        **parameters(),
        "device": str(default_device()),
        "seconds": None if seconds is None else round(seconds, 1),
    }
    display({MIME: record}, raw=True)
    guard(name, value, floor, ceiling)


def expect(name: str, value: float, low: float, high: float = math.inf):
    """Guard a claim of the prose: `name` lies between `low` and `high`.

    Says nothing while the claim holds, and keeps a record in the output only
    where the run is not judged: from those the spread over seeds is known.

    Raises:
        ValueError: the claim does not hold, and the run is judged; or no
            number can lie between the bounds.
    """
    value = float(value)
    if not low <= high:
        raise ValueError(f"no number lies between the bounds of {name}")
    if not (is_judged() or rehearsing()):
        record = {
            "claim": name,
            "value": number(value),
            "floor": number(low),
            "ceiling": number(high),
        }
        display({MIME: record}, raw=True)
    guard(name, value, low, high)


def number(value: float) -> float | str:
    """`value` as JSON can hold it: what is not finite as a word."""
    return value if math.isfinite(value) else str(value)


def guard(name: str, value: float, low: float, high: float) -> None:
    """Raise or print that `value` is outside `low`..`high`, if it is."""
    if low <= value <= high or rehearsing():
        return
    if is_judged():
        side = "below" if value < low else "above"
        side = "no number of" if math.isnan(value) else side
        raise ValueError(
            f"{name} = {value:.4g} is {side} its range, {low:g} to {high:g}; "
            "find out what changed before you move the bounds"
        )
    print(
        f"{name}: here {value:.4g}, on the page between {low:g} and {high:g}"
    )


def is_judged() -> bool:
    """Whether a number outside its range fails this run."""
    if is_set("DLBOOK_STRICT"):
        return True
    return parameters() == COMMITTED and not has_reader()
