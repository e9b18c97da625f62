"""Counting model of a sequence: Witten and Bell, 1991, method C."""

import math
from collections import Counter, defaultdict


class WittenBell:
    """n-gram models of the orders 1 to `order`, counted in one text.

    `text` is a string (tokens are characters) or a tuple of tokens, and
    `vocab_size` the number of different tokens that are possible. A shorter
    context fills in what a longer one has not seen, see `probabilities`.
    """

    def __init__(self, text, order: int, *, vocab_size: int):
        self.order, self.vocab_size = order, vocab_size
        self.after = defaultdict(Counter)  # context -> what came next
        for n in range(order):
            for i in range(n, len(text)):
                self.after[text[i - n : i]][text[i]] += 1
        self.totals = {h: sum(c.values()) for h, c in self.after.items()}

    def probabilities(self, token, context) -> list[float]:
        """Probability of `token` by the models of order 1, 2, ...

        With n tokens seen after a context, t different ones among them, the
        longer context counts n / (n + t) and the shorter one t / (n + t).
        """
        p, by_order = 1 / self.vocab_size, []
        for n in range(self.order):
            last = context[len(context) - n :]
            if n <= len(context) and last in self.totals:
                counts, total = self.after[last], self.totals[last]
                p = (counts[token] + len(counts) * p) / (total + len(counts))
            by_order.append(p)
        return by_order

    def perplexities(self, text) -> list[float]:
        """Perplexity of a text by the models of order 1, 2, ..."""
        losses = [0.0] * self.order
        for i in range(len(text)):
            context = text[max(0, i - self.order + 1) : i]
            for n, p in enumerate(self.probabilities(text[i], context)):
                losses[n] -= math.log(p)
        return [math.exp(loss / len(text)) for loss in losses]
