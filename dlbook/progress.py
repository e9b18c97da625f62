"""A line of text that rewrites itself while something long goes on."""

import sys
import time

from IPython import get_ipython
from IPython.display import display


class ProgressLine:
    """Epoch, batch and latest means of a training run, on one line.

    In a notebook the line is one output that is updated; in a terminal it is
    rewritten in place. Its last version holds the final numbers and stays.
    """

    def __init__(self, epochs: int, length: int, device, show: bool = True):
        self.epochs, self.length, self.device = epochs, length, device
        self.show, self.handle = show, None
        self.epoch, self.batch = "epoch 0", 0
        self.numbers = self.text = ""
        self.start = self.drawn = time.perf_counter()

    def __repr__(self):
        return self.text

    def begin(self, epoch: int):
        self.epoch, self.batch = f"epoch {epoch + 1} of {self.epochs}", 0

    def advance(self):
        self.batch += 1
        if time.perf_counter() - self.drawn > 0.5:
            self.draw(f"{self.epoch}, {self.batch / self.length:.0%}")

    def report(self, results: dict[str, float]):
        self.numbers = "  ".join(f"{k} {v:.3f}" for k, v in results.items())
        self.draw(self.epoch)

    def close(self, history: dict[str, list[float]]):
        """Draw the final numbers, also those of a run that had finished."""
        self.report({k: v[-1] for k, v in history.items() if k != "seconds"})
        if self.show and get_ipython() is None:
            print()

    def draw(self, position: str):
        self.drawn = time.perf_counter()
        seconds = f"{self.drawn - self.start:.1f} s on {self.device}"
        self.text = "  ".join(filter(None, [position, self.numbers, seconds]))
        if not self.show:
            return
        if get_ipython() is None:
            print("\r" + self.text, end="", file=sys.stdout, flush=True)
        elif self.handle is None:
            self.handle = display(self, display_id=True)
        else:
            self.handle.update(self)
