"""Times of alternatives taken in turn, and ratios of their best rounds."""

import statistics
import time
from typing import NamedTuple


class Row(NamedTuple):
    """One line of the table: a ratio and the bound it has to keep."""

    what: str
    ratio: float
    at_most: float | None = None
    at_least: float | None = None

    @property
    def kept(self) -> bool:
        low = self.at_least is None or self.ratio >= self.at_least
        return low and (self.at_most is None or self.ratio <= self.at_most)

    def __str__(self):
        bounds = [("at most", self.at_most), ("at least", self.at_least)]
        words = [f"{word} {b:g}" for word, b in bounds if b is not None]
        mark = "" if self.kept else "  BROKEN"
        return f"{self.what:<56} {self.ratio:8.3f}   {' '.join(words)}{mark}"


def best_seconds(*functions, rounds: int = 5) -> list[float]:
    """Shortest time of each function; they take turns, round by round.

    Taking turns spreads a busy moment of the machine over all of them, and
    the shortest time is the one least disturbed.
    """
    return [min(taken) for taken in taken_in_turn(functions, rounds)]


def paired_ratio(function, other, *, rounds: int) -> float:
    """Median over the rounds of function's time / other's time.

    For differences of a few per cent: a busy moment spoils single rounds,
    and the median leaves them out.
    """
    ours, theirs = taken_in_turn([function, other], rounds)
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def taken_in_turn(functions, rounds):
    times = [[] for _ in functions]
    for number in range(rounds + 1):
        for function, taken in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            if number > 0:  # the first round warms up
                taken.append(time.perf_counter() - start)
    return times
