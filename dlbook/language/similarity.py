"""Word vectors measured: similarity as people judge it, and analogies."""

import torch
import torch.nn.functional as F
from torch import Tensor

from dlbook.data.files import read


def wordsim353() -> list[tuple[str, str, float]]:
    """353 pairs of words and how *related* people find them, 0..10."""
    return _pairs("wordsim353.tsv.gz")


def simlex999() -> list[tuple[str, str, float]]:
    """999 pairs of words and how *similar* people find them, 0..10."""
    return _pairs("simlex999.txt.gz")


def _pairs(name):
    lines = read(name).decode().lower().splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(first, second, float(score)) for first, second, score in rows]


def analogies() -> dict[str, list[list[str]]]:
    """19,544 questions in lower case: {category: [[a, b, c, d], ...]}.

    a is to b as c is to d (Mikolov et al., 2013).
    """
    questions = {}
    for line in read("questions-words.txt.gz").decode().splitlines():
        if line.startswith(": "):
            category = questions.setdefault(line[2:], [])
        else:
            category.append(line.lower().split())
    return questions


def ranks(values: Tensor) -> Tensor:
    """Rank of each value (N,), 1 for the least; equals share their mean."""
    _, group, counts = values.unique(return_inverse=True, return_counts=True)
    last = counts.cumsum(0)
    return (last - (counts - 1) / 2)[group]


def spearman(x: Tensor, y: Tensor) -> float:
    """Correlation of the ranks of x (N,) and y (N,), -1..1."""
    both = torch.stack([ranks(x).double(), ranks(y).double()])
    return torch.corrcoef(both)[0, 1].item()


def rated_pairs(pairs, index: dict, vectors: Tensor) -> tuple[Tensor, Tensor]:
    """Cosines (N,) and human scores (N,) of the pairs in the vocabulary.

    `pairs` are those of `wordsim353` or `simlex999`; `index` gives the row of
    `vectors` (V, D) for each known word.

    Raises:
        ValueError: fewer than two pairs have both words in the vocabulary.
    """
    known = [
        (index[first], index[second], score)
        for first, second, score in pairs
        if first in index and second in index
    ]
    if len(known) < 2:
        raise ValueError(
            f"{len(known)} of {len(pairs)} pairs are in the vocabulary of "
            f"{len(index)} words, a correlation needs 2"
        )
    first, second, scores = zip(*known, strict=True)
    vectors = vectors.detach().cpu()
    cosines = F.cosine_similarity(vectors[list(first)], vectors[list(second)])
    return cosines, torch.tensor(scores)


def nearest(
    query: Tensor, vectors: Tensor, *, count: int, without=()
) -> tuple[list[int], list[float]]:
    """Rows of `vectors` (V, D) most like `query` (D,), and their cosines.

    The `count` best, best first; the rows in `without` are not considered.
    """
    cosines = F.cosine_similarity(vectors, query[None])
    cosines[list(without)] = -torch.inf
    best = cosines.topk(count)
    return best.indices.tolist(), best.values.tolist()


def answers(
    questions: Tensor, vectors: Tensor, *, exclude: bool = True
) -> Tensor:
    """The word that completes each analogy, (Q,) for questions (Q, 3).

    It is the row of `vectors` (V, D) with the largest cosine to b - a + c,
    all scaled to length 1. `exclude` rules out a, b and c themselves.
    """
    unit = F.normalize(vectors, dim=1)
    best = []
    for batch in questions.split(1024):
        a, b, c = unit[batch].unbind(dim=1)
        scores = (b - a + c) @ unit.T  # (Q, V)
        if exclude:
            scores.scatter_(1, batch, -torch.inf)
        best.append(scores.argmax(dim=1))
    return torch.cat(best)
