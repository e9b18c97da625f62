"""Pairs of phrases: parts without leaks, numbers and back, batches."""

from collections import Counter
from itertools import pairwise

import pytest
import torch

from dlbook.data.texts import phrase_pairs, sentence_pairs
from dlbook.language.translation import (
    BOS,
    EOS,
    PAD,
    UNK,
    PairLoader,
    decode_phrases,
    distribute,
    encode_pairs,
    encode_phrases,
    near_duplicates,
    phrase_vocab,
    recall_by_count,
    shift_right,
    shortlist,
    split_pairs,
    split_sentences,
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
        sets = split_pairs(pairs, valid=6, test=9, seed=seed)
        targets = [{target for _, target in subset} for subset in sets]
        assert [len(subset) for subset in sets] == [15, 6, 9]
        assert sum(map(len, targets)) == 10
    assert sets != split_pairs(pairs, valid=6, test=9, seed=5)
    assert sets == split_pairs(pairs, valid=6, test=9, seed=4)
    with pytest.raises(ValueError, match="30 pairs are too few for 20"):
        split_pairs(pairs, valid=20, test=10)


def test_a_group_goes_to_the_first_list_with_room():
    groups = ["aa", "bbb", "c", "dd", "e"]
    assert distribute(groups, (3, 4, 9)) == [
        list("aac"),
        list("bbbe"),
        list("dd"),
    ]


def test_near_duplicates_share_more_than_half_of_their_neighbours():
    phrases = ["a b c d", "a b 7 c d", "a b c x", "x y", "9 a"]
    others = ["a b c d", "y x", "x 2010 y", "a 1"]
    assert sorted(near_duplicates(phrases, others)) == [
        (0, 0),
        (1, 0),
        (3, 2),
        (4, 3),  # a b c x shares two of four with a b c d: not enough
    ]


def bigrams(line):
    words = [w for w in line.split() if not any(c.isdigit() for c in w)]
    return set(pairwise(words))


def test_no_sentence_nearly_repeats_one_of_another_set_or_a_phrase():
    phrases, sentences = phrase_pairs(), sentence_pairs()
    sets = split_sentences(sentences, phrases, valid=500, test=500)
    train, valid, test = sets
    assert (len(valid), len(test)) == (500, 500) and len(train) > 6000
    used = train + valid + test
    assert len(set(used)) == len(used) and set(used) < set(sentences)
    for language in (0, 1):
        assert not {pair[language] for pair in used} & {
            pair[language] for pair in phrases
        }
        known = [bigrams(pair[language]) for pair in train]
        for pair in test[::25]:
            own = bigrams(pair[language])
            for other in known:
                assert 2 * len(own & other) <= len(own | other)


def test_sentences_that_repeat_each_other_stay_together():
    sentences = [
        (f"s{i // 3} a{i // 3} b{i // 3} d{i // 3} c{i % 3}", f"t{i} u{i}")
        for i in range(30)
    ]  # every token has a digit, so the words are made without
    letters = str.maketrans("0123456789", "abcdefghij")
    sentences = [
        (source.translate(letters), target.translate(letters))
        for source, target in sentences
    ]
    phrases = [("other words", "td ud")]  # the target of number 3
    for seed in range(5):
        sets = split_sentences(sentences, phrases, valid=6, test=9, seed=seed)
        assert sum(map(len, sets)) == 29
        beginnings = [{pair[0][:4] for pair in subset} for subset in sets]
        assert sum(map(len, beginnings)) == 10
    with pytest.raises(ValueError, match="29 sentences .* few for 20"):
        split_sentences(sentences, phrases, valid=20, test=10)


def test_phrases_become_numbers_and_phrases_again():
    phrases = ["b a b", "a", "c a"]
    vocab = phrase_vocab(phrases, min_count=2)
    assert isinstance(vocab, Vocab)
    assert vocab.tokens == ["<pad>", "<bos>", "<eos>", "<unk>", "a", "b"]
    tokens = encode_phrases(phrases, vocab)
    assert tokens.tolist() == [
        [5, 4, 5, EOS],
        [4, EOS, PAD, PAD],
        [UNK, 4, EOS, PAD],
    ]
    assert decode_phrases(tokens, vocab) == ["b a b", "a", "<unk> a"]
    assert decode_phrases([[4, 5]], vocab) == ["a b"]
    assert len({PAD, BOS, EOS, UNK}) == 4


def random_pairs(count):
    """Sources and targets (count, 9) of random lengths, and the lengths.

    The real tokens of row i are all i + 1.
    """
    lengths = torch.randint(1, 9, (count, 2))
    rows = torch.arange(1, count + 1)[:, None]
    sources, targets = (
        torch.where(torch.arange(9) < column[:, None], rows, PAD)
        for column in lengths.T
    )
    return sources, targets, lengths


def test_batches_hold_each_pair_once_with_little_padding():
    torch.manual_seed(0)
    sources, targets, lengths = random_pairs(103)
    loader = PairLoader(sources, targets, 10)
    assert len(loader) == 11
    orders, padding, total = [], 0, 0
    for _ in range(2):
        seen = []
        for s, t in loader:
            assert torch.equal(s[:, 0], t[:, 0])
            assert ((s != PAD).sum(0) > 0).all()
            assert ((t != PAD).sum(0) > 0).all()
            rows = s[:, 0] - 1
            assert torch.equal((s != PAD).sum(1), lengths[rows, 0])
            assert torch.equal((t != PAD).sum(1), lengths[rows, 1])
            padding += (t == PAD).sum().item()
            total += t.numel()
            seen.extend(rows.tolist())
        assert sorted(seen) == list(range(103))
        orders.append(seen)
    assert orders[0] != orders[1]
    assert padding / total < 0.1


def test_pairs_of_equal_lengths_meet_different_pairs_each_time():
    torch.manual_seed(0)
    rows = torch.full((40, 3), 5)
    rows[:, 0] = torch.arange(1, 41)
    loader = PairLoader(rows, rows, 8)
    first, second = (
        {frozenset(s[:, 0].tolist()) for s, _ in loader} for _ in range(2)
    )
    assert not first & second


def test_batches_have_one_layout_in_memory_and_stay_on_their_device():
    sources, targets, _ = random_pairs(30)
    for s, t in PairLoader(sources, targets, 7):
        assert s.is_contiguous() and t.is_contiguous()
    torch.manual_seed(0)
    shapes = [(s.shape, t.shape) for s, t in PairLoader(sources, targets, 7)]
    torch.manual_seed(0)
    loader = PairLoader(sources, targets, 7, device="meta")
    assert [(s.shape, t.shape) for s, t in loader] == shapes
    assert all(s.is_meta and t.is_meta for s, t in loader)


def test_a_rehearsal_has_two_batches(monkeypatch):
    sources, targets, _ = random_pairs(30)
    monkeypatch.setenv("DLBOOK_REHEARSE", "1")
    loader = PairLoader(sources, targets, 7)
    assert len(loader) == len(list(loader)) == 2


def test_pairs_are_encoded_each_with_its_vocabulary():
    pairs = [("a b", "x"), ("a", "y y x")]
    vocabs = phrase_vocab(["a b", "a"]), phrase_vocab(["x", "y y x"])
    sources, targets = encode_pairs(pairs, vocabs)
    assert decode_phrases(sources, vocabs[0]) == ["a b", "a"]
    assert decode_phrases(targets, vocabs[1]) == ["x", "y y x"]


def test_the_loss_is_a_mean_over_real_tokens_given_the_true_ones():
    torch.manual_seed(0)
    table = torch.randn(9, 9)  # logits of the next token, given the last
    inputs = []

    def model(sources, tokens):
        inputs.append(tokens)
        return table[tokens]

    targets = torch.tensor([[5, 7, EOS, PAD], [6, EOS, PAD, PAD]])
    loss, metrics = teacher_forced(model, (targets + 1, targets))
    assert torch.equal(inputs[0], shift_right(targets))
    assert inputs[0].tolist() == [[BOS, 5, 7, EOS], [BOS, 6, EOS, PAD]]
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
        tokens, weights, indices = shortlist(targets, 50, 9)
        sums.append((weights * powers[tokens]).sum())
    assert tokens[:4].tolist() == [PAD, EOS, 3, 7]
    assert torch.equal(tokens[indices], targets)
    assert len(set(tokens.tolist())) == len(tokens) == len(weights) == 15
    assert weights[:4].tolist() == [1] * 4
    assert weights.sum().item() == pytest.approx(50)
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
    for count in (19, 1000):
        same, also = teacher_forced_sampled(model, batch, count=count)
        torch.testing.assert_close(same, loss)
        assert also == metrics
        gradients = torch.autograd.grad(same, list(model.parameters()))
        torch.testing.assert_close(gradients, wanted)
    torch.manual_seed(0)
    few = [teacher_forced_sampled(model, batch, count=9)[0] for _ in range(99)]
    assert few[0] != few[1]
    mean = torch.stack(few).mean()
    torch.testing.assert_close(mean, loss, rtol=0.02, atol=0)


def test_recall_is_counted_by_how_often_training_showed_a_word():
    counts = Counter(["a", "a", "a", "b", "c", "c", "d"])
    pairs = [("x", "a b b c"), ("y", "e a d")]
    recall = recall_by_count(["a c f", "d d"], pairs, counts, limits=(0, 1, 9))
    assert recall == {0: 0.0, 1: 1 / 2, 9: 2 / 3}  # e; b, d; a, c, a
