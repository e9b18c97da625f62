"""Our vectors beside gensim's: the same text and settings, people's scores."""

import pytest
import torch
from gensim.models import Word2Vec

from benchmarks.embeddings import read_words
from dlbook.language.similarity import judged, spearman, wordsim353
from dlbook.language.word_vectors import cbow, skip_gram, train_vectors


@pytest.fixture(scope="module")
def text():
    return read_words()


def score(words, vectors):
    index = {word: i for i, word in enumerate(words)}
    return spearman(*judged(wordsim353(), index, torch.as_tensor(vectors)))


@pytest.mark.parametrize("method", [skip_gram, cbow])
def test_not_below_gensim_at_equal_settings(text, method):
    known, stream, vocab = text
    pieces = [known[i : i + 1000] for i in range(0, len(known), 1000)]
    theirs = Word2Vec(
        pieces, vector_size=50, window=5, negative=5, sample=1e-3,
        min_count=10, sg=int(method is skip_gram), epochs=3, workers=1, seed=0,
    ).wv  # fmt: skip
    torch.manual_seed(0)
    ours, _ = train_vectors(
        stream, stream.bincount(), method=method,
        given="around" if method is cbow else "centre", dim=50, window=5,
        negatives=5, epochs=3, device="cpu",
    )  # fmt: skip
    peer = score(theirs.index_to_key, theirs.vectors)
    assert score(vocab.tokens, ours) > peer - 0.03
    assert peer > 0.2
