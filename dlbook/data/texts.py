"""Bundled texts: novels, speeches, reviews, pairs of phrases, word vectors."""

import io
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from dlbook.data.files import read


def moby_dick() -> list[str]:
    """The 135 chapters of Melville's novel (1851), title first."""
    return read("moby-dick.txt.xz").decode().split("\n\n\n")


def state_of_the_union() -> list[str]:
    """233 addresses of the presidents to Congress, 1790 to 2021."""
    return read("state-of-the-union.txt.xz").decode().strip().split("\n\n")


class Snippets(NamedTuple):
    """Texts, and a score (N,) for each."""

    texts: list[str]
    scores: Tensor


def movie_snippets() -> Snippets:
    """10,605 film-review snippets and their mean scores (N,) in -4..4."""
    lines = read("movie-snippets.tsv.gz").decode().splitlines()
    scores, texts = zip(*(line.split("\t", 1) for line in lines), strict=True)
    scores = torch.tensor([float(score) for score in scores])
    return Snippets(list(texts), scores)


class PhrasePair(NamedTuple):
    """A phrase in two languages, its tokens between spaces."""

    english: str
    french: str


def phrase_pairs() -> list[PhrasePair]:
    """35,469 English and French phrases, lower case, tokens between spaces.

    Adapted from Statistics Canada; not endorsed by Statistics Canada.
    """
    return _pairs("statcan-en-fr.tsv.gz")


def sentence_pairs() -> list[PhrasePair]:
    """7,846 English and French sentences of 6 to 20 / 6 to 26 tokens.

    Notes below Statistics Canada's tables, tokens as in `phrase_pairs`,
    the pairs in random order. Adapted from Statistics Canada; not endorsed
    by Statistics Canada.
    """
    return _pairs("statcan-en-fr-long.tsv.gz")


def _pairs(name):
    lines = read(name).decode().splitlines()
    return [PhrasePair(*line.split("\t")) for line in lines]


class WordVectors(NamedTuple):
    """Words, and a vector for each: (N, D)."""

    words: list[str]
    vectors: Tensor


def glove() -> WordVectors:
    """The 40,000 most frequent words of GloVe 6B, vectors (40000, 50)."""
    arrays = np.load(io.BytesIO(read("glove-6b-50d-40k.npz")))
    vectors = torch.from_numpy(arrays["vectors"].astype(np.float32))
    return WordVectors(str(arrays["words"]).split("\n"), vectors)
