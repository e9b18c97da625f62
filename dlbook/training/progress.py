"""A line of text that rewrites itself while something long goes on."""

import sys
import time

from IPython import get_ipython
from IPython.display import display


class ProgressLine:
    """Epoch, latest means and seconds of a training run, on one line.

    In a notebook the line is one output that is updated; in a terminal it is
    rewritten in place. Its last version holds the final numbers and stays.
    """

    def __init__(self, epochs: int, length: int, device, show: bool = True):
        self.epochs, self.length, self.device = epochs, length, device
        self.show, self.handle = show, None
        self.epoch = self.batch = 0
        self.numbers = self.text = ""
        self.start = self.drawn = time.perf_counter()

    def __repr__(self):
        return self.text

    def begin(self, epoch: int):
        self.epoch, self.batch = epoch + 1, 0

    def advance(self):
        self.batch += 1
        if time.perf_counter() - self.drawn > 0.5:
            self.draw(f"{self.epoch - 1 + self.batch / self.length:.1f}")

    def report(self, results: dict[str, float]):
        self.numbers = in_words(results)
        self.draw(str(self.epoch))

    def close(self, history: dict[str, list[float]]):
        """Draw the final numbers, also those of a run that had finished."""
        self.epoch = len(history["seconds"])
        self.report({k: v[-1] for k, v in history.items() if k != "seconds"})
        if self.show and get_ipython() is None:
            print()

    def draw(self, done: str):
        self.drawn = time.perf_counter()
        seconds = f"{self.drawn - self.start:.1f} s {self.device}"
        parts = filter(None, [self.numbers, seconds])
        self.text = f"{done}/{self.epochs} " + ", ".join(parts)
        if not self.show:
            return
        if get_ipython() is None:
            print("\r" + self.text, end="", file=sys.stdout, flush=True)
        elif self.handle is None:
            self.handle = display(self, display_id=True)
        else:
            self.handle.update(self)


def in_words(results: dict[str, float]) -> str:
    """{"train_loss": 1, "train_accuracy": 2} as "train loss 1 accuracy 2"."""
    groups = {}
    for name, value in results.items():
        split, _, metric = name.partition("_")
        metric = metric.replace("_", " ")
        groups.setdefault(split, []).append(f"{metric} {value:.3f}")
    return ", ".join(f"{k} {' '.join(v)}" for k, v in groups.items())
