"""Pairs of phrases: parts without leaks, numbers and back, batches."""

from collections import Counter

import pytest
import torch

from dlbook.data.texts import phrase_pairs
from dlbook.language.translation import (
    BOS,
    EOS,
    PAD,
    UNK,
    found_by_count,
    numbered,
    numbered_pairs,
    pair_batches,
    phrase_vocab,
    shortlist,
    spelled,
    split_pairs,
    teacher_forced,
    teacher_forced_sampled,
)
from dlbook.language.vocabulary import Vocab
from dlbook.models.seq2seq import Seq2Seq


def test_no_phrase_of_the_test_is_known_in_either_language():
    pairs = phrase_pairs()
    train, valid, test = split_pairs(pairs, valid=1000, test=1000)
    assert (len(valid), len(test)) == (1000, 1000)
    assert sorted(train + valid + test) == sorted(pairs)
    for language in (0, 1):
        known = {pair[language] for pair in train}
        watched = {pair[language] for pair in valid}
        for pair in test:
            assert pair[language] not in known | watched
        assert not known & watched


def test_pairs_with_one_target_stay_together():
    pairs = [(f"s{i}", f"t{i // 3}") for i in range(30)]
    for seed in range(5):
        parts = split_pairs(pairs, valid=6, test=9, seed=seed)
        targets = [{target for _, target in part} for part in parts]
        assert [len(part) for part in parts] == [15, 6, 9]
        assert sum(map(len, targets)) == 10
    assert parts != split_pairs(pairs, valid=6, test=9, seed=5)
    assert parts == split_pairs(pairs, valid=6, test=9, seed=4)
    with pytest.raises(ValueError, match="30 pairs are too few for 20"):
        split_pairs(pairs, valid=20, test=10)


def test_phrases_become_numbers_and_phrases_again():
    phrases = ["b a b", "a", "c a"]
    vocab = phrase_vocab(phrases, min_count=2)
    assert isinstance(vocab, Vocab)
    assert vocab.tokens == ["<pad>", "<bos>", "<eos>", "<unk>", "a", "b"]
    numbers = numbered(phrases, vocab)
    assert numbers.tolist() == [
        [5, 4, 5, EOS],
        [4, EOS, PAD, PAD],
        [UNK, 4, EOS, PAD],
    ]
    assert spelled(numbers, vocab) == ["b a b", "a", "<unk> a"]
    assert spelled([[4, 5]], vocab) == ["a b"]
    assert len({PAD, BOS, EOS, UNK}) == 4


def test_batches_hold_each_pair_once_with_little_padding():
    torch.manual_seed(0)
    sizes = torch.randint(1, 9, (103, 2))
    rows = torch.arange(103)
    sources, targets = (
        torch.where(torch.arange(9) < size[:, None], rows[:, None] + 1, PAD)
        for size in sizes.T
    )
    loader = pair_batches(sources, targets, 10)
    assert len(loader) == 11
    orders, padding, total = [], 0, 0
    for _ in range(2):
        seen = []
        for s, t in loader:
            assert torch.equal(s[:, 0], t[:, 0])
            assert ((s != PAD).sum(0) > 0).all()
            assert ((t != PAD).sum(0) > 0).all()
            row = s[:, 0] - 1
            assert torch.equal((s != PAD).sum(1), sizes[row, 0])
            assert torch.equal((t != PAD).sum(1), sizes[row, 1])
            padding += (t == PAD).sum().item()
            total += t.numel()
            seen.extend(row.tolist())
        assert sorted(seen) == rows.tolist()
        orders.append(seen)
    assert orders[0] != orders[1]
    assert padding / total < 0.1


def test_pairs_are_numbered_each_with_its_vocabulary():
    pairs = [("a b", "x"), ("a", "y y x")]
    vocabs = [phrase_vocab(each) for each in zip(*pairs, strict=True)]
    sources, targets = numbered_pairs(pairs, vocabs)
    assert spelled(sources, vocabs[0]) == ["a b", "a"]
    assert spelled(targets, vocabs[1]) == ["x", "y y x"]


def test_the_loss_is_a_mean_over_real_tokens_given_the_true_ones():
    torch.manual_seed(0)
    table = torch.randn(9, 9)  # logits of the next token, given the last
    seen = []

    def model(sources, before):
        seen.append(before)
        return table[before]

    targets = torch.tensor([[5, 7, EOS, PAD], [6, EOS, PAD, PAD]])
    loss, metrics = teacher_forced(model, (targets + 1, targets))
    assert seen[0].tolist() == [[BOS, 5, 7, EOS], [BOS, 6, EOS, PAD]]
    steps = [(BOS, 5), (5, 7), (7, EOS), (BOS, 6), (6, EOS)]
    log_p = table.log_softmax(dim=1)
    wanted = -sum(log_p[a, b] for a, b in steps) / 5
    torch.testing.assert_close(loss, wanted)
    assert metrics["count"] == 5


def test_a_shortlist_stands_for_the_whole_vocabulary():
    torch.manual_seed(0)
    targets = torch.tensor([[7, 3, EOS], [3, EOS, PAD]])
    powers, sums = torch.rand(50), []
    for _ in range(3000):
        tokens, weights, places = shortlist(targets, 50, 9)
        sums.append((weights * powers[tokens]).sum())
    assert tokens[:4].tolist() == [PAD, EOS, 3, 7]
    assert torch.equal(tokens[places], targets)
    assert len(set(tokens.tolist())) == len(tokens) == len(weights) == 13
    assert weights.sum() == 50
    torch.testing.assert_close(
        torch.stack(sums).mean(), powers.sum(), rtol=0.01, atol=0
    )


def test_a_shortlist_of_all_tokens_gives_the_loss_itself():
    torch.manual_seed(0)
    model = Seq2Seq(19, 31, width=6, units=10, dropout=0.0).double()
    sources = torch.randint(4, 19, (3, 5))
    targets = torch.tensor([[5, 9, EOS, PAD], [30, 9, 4, EOS], [EOS, 0, 0, 0]])
    batch = sources, targets
    loss, metrics = teacher_forced(model, batch)
    wanted = torch.autograd.grad(loss, list(model.parameters()))
    for count in (26, 1000):
        same, also = teacher_forced_sampled(model, batch, count=count)
        torch.testing.assert_close(same, loss)
        assert also == metrics
        found = torch.autograd.grad(same, list(model.parameters()))
        torch.testing.assert_close(found, wanted)
    torch.manual_seed(0)
    few = [teacher_forced_sampled(model, batch, count=9)[0] for _ in range(99)]
    assert few[0] != few[1]
    mean = torch.stack(few).mean()
    torch.testing.assert_close(mean, loss, rtol=0.02, atol=0)


def test_words_are_found_by_how_often_training_showed_them():
    counts = Counter(["a", "a", "a", "b", "c", "c", "d"])
    pairs = [("x", "a b b c"), ("y", "e a d")]
    found = found_by_count(["a c f", "d d"], pairs, counts, limits=(0, 1, 9))
    assert found == {0: 0.0, 1: 1 / 2, 9: 2 / 3}  # e; b, d; a, c, a
