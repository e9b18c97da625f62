"""BLEU: how many n-grams of a translation are in a human's, too."""

import math
from collections import Counter

import torch


def ngrams(tokens, n: int) -> Counter:
    """How often each run of n tokens occurs."""
    return Counter(
        tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)
    )


def bleu_counts(candidate, *references, order: int = 4):
    """[(matches, n-grams of the candidate), ...] for n = 1 to `order`.

    An n-gram matches as often as it occurs in the reference that has it most
    often, no more.
    """
    counts = []
    for n in range(1, order + 1):
        ours, most = ngrams(candidate, n), Counter()
        for reference in references:
            most |= ngrams(reference, n)  # the larger count of each
        counts.append(((ours & most).total(), ours.total()))
    return counts


def brevity_penalty(candidates, *references) -> float:
    """The factor of a corpus that is too short, or 1: exp(1 - r / c).

    c counts the tokens of all candidates, and r those of the references; if
    there are several for a candidate, the one nearest to it in length.
    """
    c, r = 0, 0
    for candidate, *given in zip(candidates, *references, strict=True):
        length = len(candidate)
        c += length
        r += min((abs(len(g) - length), len(g)) for g in given)[1]
    return min(1.0, math.exp(1 - r / c))


def bleu(candidates, *references, order: int = 4) -> float:
    """BLEU of a corpus, in per cent.

    `candidates` is a list of translations, each a list of tokens. Each
    further argument is a list of as many references. Counts are summed over
    the corpus before anything is divided. (Papineni et al., 2002, 2.3.)

    Raises:
        ValueError: the lists differ in length, or are empty.
    """
    for given in references:
        if len(candidates) != len(given) or len(candidates) == 0:
            raise ValueError(
                f"{len(candidates)} candidates for {len(given)} references; "
                "BLEU needs one for each, and at least one"
            )
    counts = [
        bleu_counts(candidate, *given, order=order)
        for candidate, *given in zip(candidates, *references, strict=True)
    ]
    totals = torch.tensor(counts).sum(dim=0).double()  # (order, 2)
    if (totals == 0).any():
        return 0.0
    matches, written = totals.log().mean(dim=0).exp().tolist()
    return 100 * brevity_penalty(candidates, *references) * matches / written
