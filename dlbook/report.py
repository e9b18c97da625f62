"""A measured number of the book, kept between a floor and a ceiling."""

import math

from IPython.display import display

from dlbook.runtime import default_device

MIME = "application/vnd.dlbook.report+json"


def report(
    name: str, value: float, floor: float, ceiling: float, *, seconds=None
) -> None:
    """Print a result, keep its record in the output, and guard its range.

    The floor shows damage; the ceiling shows what is too good to be true,
    such as a test set that leaked into training. `quick` and `seed` of the
    record are the notebook's parameters; `seconds` is the time of training.

    Raises:
        ValueError: `value` is outside `floor`..`ceiling` or not a number.
            The line has been printed by then.
    """
    import __main__

    value = float(value)
    if not floor < ceiling:
        raise ValueError(f"floor {floor} of {name} is not below {ceiling}")
    print(f"{name} = {value:.4g}   (accepted: {floor:g} to {ceiling:g})")
    record = {
        "name": name,
        "value": value if math.isfinite(value) else str(value),
        "floor": floor,
        "ceiling": ceiling,
        "quick": getattr(__main__, "quick", None),
        "seed": getattr(__main__, "seed", None),
        "device": str(default_device()),
        "seconds": None if seconds is None else round(seconds, 1),
    }
    display({MIME: record}, raw=True)
    if not floor <= value <= ceiling:
        side = "below the floor" if value < floor else "above the ceiling"
        raise ValueError(
            f"{name} = {value:.4g} is {side} of {floor:g} to {ceiling:g}; "
            "find out what changed before you move the bounds"
        )
