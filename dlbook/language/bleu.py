"""BLEU: how much of a translation a human translator wrote as well."""

import math
from collections import Counter

import torch


def ngrams(tokens, n: int) -> Counter:
    """How often each run of n tokens occurs."""
    return Counter(
        tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)
    )


def bleu_counts(candidate, reference, *, order: int = 4):
    """[(matches, n-grams of the candidate), ...] for n = 1 to `order`.

    An n-gram matches as often as it occurs in the reference, no more.
    """
    counts = []
    for n in range(1, order + 1):
        made, wanted = ngrams(candidate, n), ngrams(reference, n)
        counts.append(((made & wanted).total(), made.total()))
    return counts


def brevity(candidates, references) -> float:
    """The factor of a corpus that is too short, or 1: exp(1 - r / c)."""
    made, wanted = (sum(map(len, each)) for each in (candidates, references))
    return min(1.0, math.exp(1 - wanted / made))


def bleu(candidates, references, *, order: int = 4) -> float:
    """BLEU of a corpus, in per cent: one reference for each candidate.

    Candidates and references are lists of tokens. Counts are summed over the
    corpus before anything is divided. (Papineni et al., 2002, section 2.3.)

    Raises:
        ValueError: the lists differ in length, or are empty.
    """
    if len(candidates) != len(references) or len(candidates) == 0:
        raise ValueError(
            f"{len(candidates)} candidates for {len(references)} references; "
            "BLEU needs one for each, and at least one"
        )
    pairs = zip(candidates, references, strict=True)
    counts = [bleu_counts(*pair, order=order) for pair in pairs]
    sums = torch.tensor(counts).sum(dim=0).double()  # (order, 2)
    if (sums == 0).any():
        return 0.0
    matches, made = sums.log().mean(dim=0).exp().tolist()
    return 100 * brevity(candidates, references) * matches / made
