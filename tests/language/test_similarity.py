"""Ranks against SciPy, analogies by hand, the lists as published."""

import pytest
import torch
from scipy import stats

from dlbook.language.similarity import (
    analogies,
    answers,
    nearest,
    ranks,
    rated_pairs,
    simlex999,
    spearman,
    wordsim353,
)


def test_ranks_and_correlation_are_scipys_with_ties():
    torch.manual_seed(0)
    x, y = torch.randint(9, (40,)).float(), torch.randn(40)
    assert ranks(x).tolist() == stats.rankdata(x).tolist()
    assert spearman(x, y) == pytest.approx(stats.spearmanr(x, y).statistic)
    assert spearman(y, y.exp()) == pytest.approx(1)
    assert spearman(y, -y) == pytest.approx(-1)


def test_the_lists_are_whole():
    assert len(wordsim353()) == 353 and len(simlex999()) == 999
    assert wordsim353()[1] == ("tiger", "cat", 7.35)
    assert ("jerusalem", "israel", 8.46) in wordsim353()
    assert simlex999()[0] == ("old", "new", 1.58)
    assert all(0 <= score <= 10 for _, _, score in wordsim353() + simlex999())


def test_the_analogies_are_whole():
    questions = analogies()
    assert len(questions) == 14
    assert sum(map(len, questions.values())) == 19_544
    assert ["athens", "greece", "baghdad", "iraq"] in questions[
        "capital-common-countries"
    ]
    assert {len(q) for category in questions.values() for q in category} == {4}


def test_only_known_words_are_rated_pairs():
    vectors = torch.tensor([[1.0, 0.0], [3.0, 4.0], [0.0, -2.0]])
    index = {"sun": 0, "moon": 1, "tide": 2}
    pairs = [("sun", "moon", 7.0), ("sun", "mars", 9.0), ("moon", "tide", 5)]
    cosines, scores = rated_pairs(pairs, index, vectors)
    torch.testing.assert_close(cosines, torch.tensor([0.6, -0.8]))
    assert scores.tolist() == [7, 5]
    with pytest.raises(ValueError, match="1 of 3 pairs.*of 2 words"):
        rated_pairs(pairs, {"sun": 0, "moon": 1}, vectors)


def test_nearest_ignores_lengths_and_what_it_is_told_to():
    vectors = torch.tensor([[5.0, 0.0], [0.1, 0.1], [0.0, 3.0], [-1.0, 0.0]])
    query = torch.tensor([2.0, 0.0])
    assert nearest(query, vectors, count=2)[0] == [0, 1]
    rows, cosines = nearest(query, vectors, count=3, without=[0])
    assert rows == [1, 2, 3]
    assert cosines == pytest.approx([0.5**0.5, 0, -1])


def test_analogies_are_answered_with_and_without_the_question():
    torch.manual_seed(0)
    vectors = torch.nn.functional.normalize(torch.randn(50, 9), dim=1)
    questions = torch.stack([torch.randperm(50)[:3] for _ in range(2000)])
    for exclude in (True, False):
        best = answers(questions, vectors, exclude=exclude)
        for (a, b, c), answer in zip(questions[-40:], best[-40:], strict=True):
            target = vectors[b] - vectors[a] + vectors[c]
            cosines = torch.cosine_similarity(vectors, target[None])
            if exclude:
                cosines[torch.stack([a, b, c])] = -9
            assert answer == cosines.argmax()


def test_lengths_of_vectors_do_not_change_the_answers():
    torch.manual_seed(0)
    vectors = torch.randn(30, 9)
    questions = torch.stack([torch.randperm(30)[:3] for _ in range(50)])
    longer = vectors * torch.rand(30, 1).add(0.1)
    assert torch.equal(answers(questions, vectors), answers(questions, longer))
