import torch

from dlbook.data import texts as data


def test_texts_are_whole():
    chapters = data.moby_dick()
    assert len(chapters) == 135 and chapters[0].startswith("Loomings.")
    assert sum(map(len, chapters)) > 1_180_000
    addresses = data.state_of_the_union()
    assert len(addresses) == 233
    assert sum(len(text.split()) for text in addresses) > 1_700_000
    snippets, scores = data.movie_snippets()
    assert len(snippets) == len(scores) == 10_605
    assert scores.min() >= -4 and scores.max() <= 4
    assert scores[snippets.index("Effective but too tepid biopic")] < 0
    pairs = data.phrase_pairs()
    assert len(pairs) == 35_469
    assert pairs[1] == ("central government debt",
                        "dette du gouvernement central")  # fmt: skip


def test_sentences_are_longer_than_phrases():
    pairs = data.sentence_pairs()
    assert len(pairs) == 7_846
    lengths = torch.tensor([[len(text.split()) for text in pair]
                            for pair in pairs])  # fmt: skip
    assert lengths.amin(0).tolist() == [6, 6]
    assert lengths.amax(0).tolist() == [20, 26]


def test_word_vectors_are_whole():
    words, vectors = data.glove()
    assert len(words) == len(set(words)) == 40_000
    assert vectors.shape == (40_000, 50) and vectors.isfinite().all()
    king, queen, banana = (
        vectors[words.index(word)] for word in ("king", "queen", "banana")
    )
    similarity = torch.cosine_similarity
    assert similarity(king, queen, 0) > similarity(king, banana, 0) + 0.3
