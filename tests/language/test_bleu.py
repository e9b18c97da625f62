"""BLEU against sacrebleu, on random corpora and on real phrases."""

import math
import random

import pytest
from sacrebleu.metrics import BLEU

from dlbook.data.texts import phrase_pairs
from dlbook.language.bleu import bleu, bleu_counts, brevity_penalty

ORACLE = BLEU(tokenize="none", smooth_method="none", force=True)


def theirs(candidates, *references):
    lines = [" ".join(each) for each in candidates]
    wanted = [[" ".join(each) for each in given] for given in references]
    return ORACLE.corpus_score(lines, wanted).score


@pytest.mark.parametrize("number", range(30))
def test_random_corpora_have_sacrebleus_score(number):
    draw = random.Random(number)
    alphabet = [str(i) for i in range(draw.choice([2, 3, 5]))]

    def phrase(longest):
        return draw.choices(alphabet, k=draw.randint(1, longest))

    size = draw.randint(1, 12)
    candidates = [phrase(draw.choice([4, 9])) for _ in range(size)]
    references = [phrase(draw.choice([4, 9])) for _ in range(size)]
    assert bleu(candidates, references) == pytest.approx(
        theirs(candidates, references)
    )


@pytest.mark.parametrize("number", range(30))
def test_several_references_have_sacrebleus_score(number):
    draw = random.Random(number)

    def phrases(longest):
        return [
            [str(draw.randrange(3)) for _ in range(draw.randint(1, longest))]
            for _ in range(7)
        ]

    candidates, first, second, third = map(phrases, (7, 9, 9, 12))
    several = bleu(candidates, first, second, third)
    assert several == pytest.approx(theirs(candidates, first, second, third))


@pytest.mark.parametrize("shift", [-2, -1, 0, 1, 3])
def test_real_phrases_have_sacrebleus_score(shift):
    draw = random.Random(shift)
    references = [target.split() for _, target in phrase_pairs()[::50]]
    candidates = []
    for tokens in references:
        made = [t for t in tokens if draw.random() > 0.2]
        made.extend(draw.choices(tokens, k=max(0, shift)))
        candidates.append(made[: max(1, len(made) + shift)])
    score = bleu(candidates, references)
    assert score == pytest.approx(theirs(candidates, references))
    assert 5 < score < 99


def test_counts_are_clipped():
    the = ["the"] * 7
    wanted = ["the", "cat", "is", "on", "the", "mat"]
    assert bleu_counts(the, wanted, order=2) == [(2, 7), (0, 6)]


def test_counts_are_clipped_at_the_reference_that_has_most():
    guess = ["de", "de", "de", "la"]
    references = ["de", "la", "la"], ["a", "de", "de"]
    assert bleu_counts(guess, *references, order=2) == [(3, 4), (2, 3)]


def test_brevity_is_measured_against_the_nearest_length():
    five, short, long = ["a"] * 5, ["a"] * 3, ["a"] * 6
    assert brevity_penalty([five], [short], [long]) == math.exp(1 - 6 / 5)
    assert brevity_penalty([["a"] * 4], [["a"] * 5], [short]) == 1
    assert brevity_penalty([five], [short], [["a"] * 9]) == 1


def test_a_perfect_corpus_has_100_and_a_half_of_it_less():
    wanted = ["a", "b", "c", "d", "e", "f", "g", "h"]
    assert bleu([wanted], [wanted]) == pytest.approx(100)
    assert bleu([wanted[:4]], [wanted]) == pytest.approx(100 * math.exp(-1))
    assert bleu([["x"]], [wanted]) == 0


def test_lists_of_different_length_are_refused():
    with pytest.raises(ValueError, match="2 candidates for 1 ref"):
        bleu([["a"], ["b"]], [["a"]])
    with pytest.raises(ValueError, match="0 candidates"):
        bleu([], [])
