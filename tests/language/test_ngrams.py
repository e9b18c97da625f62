"""The counting model against its definition, one look at the text each."""

import math
import random

import pytest

from dlbook.language.ngrams import WittenBell


def by_definition(token, context, text, vocab_size):
    """Witten and Bell's formula, by going through the text each time."""
    shorter = 1 / vocab_size
    if context:
        shorter = by_definition(token, context[1:], text, vocab_size)
    n = len(context)
    positions = [i for i in range(n, len(text)) if text[i - n : i] == context]
    if not positions:
        return shorter
    after = [text[i] for i in positions]
    kinds = len(set(after))
    return (after.count(token) + kinds * shorter) / (len(after) + kinds)


@pytest.mark.parametrize("kind", [str, tuple])
def test_witten_bell_is_its_definition(kind):
    chosen = random.Random(3)
    text = [chosen.choice("aaabbc") for _ in range(60)]
    text = "".join(text) if kind is str else tuple(text)
    model = WittenBell(text, 4, vocab_size=5)
    for context in ("abc", "ab", "ccc", "dba", "abcab", ""):
        for token in "abcde":
            before = context if kind is str else tuple(context)
            probabilities = model.probabilities(token, before)
            for n, p in enumerate(probabilities):
                last = before[max(0, len(before) - n) :] if n else before[:0]
                wanted = by_definition(token, last, text, 5)
                assert p == pytest.approx(wanted)
    before = "bca" if kind is str else tuple("bca")
    for n in range(4):
        ps = [model.probabilities(token, before)[n] for token in "abcde"]
        assert sum(ps) == pytest.approx(1)


def test_witten_bell_perplexity_is_the_mean_surprise():
    model = WittenBell("abracadabra", 3, vocab_size=6)
    text = "cabra"
    for n in range(3):
        product = math.prod(
            model.probabilities(text[i], text[max(0, i - 2) : i])[n]
            for i in range(5)
        )
        assert model.perplexities(text)[n] == pytest.approx(product**-0.2)
