"""A line of text that rewrites itself while something long goes on."""

import sys
import time

from IPython import get_ipython
from IPython.display import display


class ProgressLine:
    """Epoch, latest means and seconds of a training run, on one line.

    In a notebook the line is one output that is updated; in a terminal it is
    rewritten in place. Its last version holds the final numbers and stays.
    Where neither is (a log file), there is one line for each epoch.
    """

    def __init__(self, epochs: int, length: int, device, show: bool = True):
        self.epochs, self.length, self.device = epochs, length, device
        self.medium = medium() if show else None
        self.epoch = self.batch = 0
        self.handle, self.numbers, self.text = None, "", ""
        self.start = self.drawn = time.perf_counter()

    def __repr__(self):
        return self.text

    def begin(self, epoch: int):
        self.epoch, self.batch = epoch + 1, 0

    def place(self) -> str:
        return f"epoch {self.epoch} of {self.epochs}"

    def advance(self) -> bool:
        """Count a batch; twice a second redraw the line and return True."""
        self.batch += 1
        if time.perf_counter() - self.drawn <= 0.5:
            return False
        self.draw(f"{self.epoch - 1 + self.batch / self.length:.1f}")
        return True

    def report(self, results: dict[str, float]):
        """Draw the means of an epoch that is over."""
        self.numbers = in_words(results)
        self.draw(str(self.epoch))
        if self.medium == "log":
            print(self.text, flush=True)

    def close(self, history: dict[str, list[float]]):
        """Leave the final numbers, also those of a run that had finished."""
        if not self.numbers:
            self.epoch = len(history["seconds"])
            last = {k: v[-1] for k, v in history.items() if k != "seconds"}
            self.report(last)
        if self.medium == "terminal":
            print()

    def draw(self, done: str):
        self.drawn = time.perf_counter()
        seconds = f"{self.drawn - self.start:.1f} s {self.device}"
        parts = filter(None, [self.numbers, seconds])
        self.text = f"{done}/{self.epochs} " + ", ".join(parts)
        if self.medium == "terminal":
            print("\r" + self.text, end="", flush=True)
        elif self.medium == "notebook" and self.handle is None:
            self.handle = display(self, display_id=True)
        elif self.medium == "notebook":
            self.handle.update(self)


def medium() -> str:
    """Where output goes: to a "notebook", a "terminal" or a "log" file."""
    shell = get_ipython()
    if shell and type(shell).__name__ != "TerminalInteractiveShell":
        return "notebook"
    return "terminal" if sys.stdout.isatty() else "log"


def in_words(results: dict[str, float]) -> str:
    """{"train_loss": 1, "train_accuracy": 2} as "train loss 1 accuracy 2"."""
    groups = {}
    for name, value in results.items():
        split, _, metric = name.partition("_")
        metric = metric.replace("_", " ")
        groups.setdefault(split, []).append(f"{metric} {value:.3f}")
    return ", ".join(f"{k} {' '.join(v)}" for k, v in groups.items())
