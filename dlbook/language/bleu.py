"""BLEU: how many n-grams of a translation are in a human's, too."""

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
        ours, theirs = ngrams(candidate, n), ngrams(reference, n)
        counts.append(((ours & theirs).total(), ours.total()))
    return counts


def brevity_penalty(candidates, references) -> float:
    """The factor of a corpus that is too short, or 1: exp(1 - r / c)."""
    c, r = sum(map(len, candidates)), sum(map(len, references))
    return min(1.0, math.exp(1 - r / c))


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
    counts = [
        bleu_counts(candidate, reference, order=order)
        for candidate, reference in zip(candidates, references, strict=True)
    ]
    totals = torch.tensor(counts).sum(dim=0).double()  # (order, 2)
    if (totals == 0).any():
        return 0.0
    matches, written = totals.log().mean(dim=0).exp().tolist()
    return 100 * brevity_penalty(candidates, references) * matches / written
