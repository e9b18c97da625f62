"""Tokens, vocabulary, windows and padding."""

from itertools import pairwise

import pytest
import torch

from dlbook.data.loaders import batches
from dlbook.language.vocabulary import (
    LETTERS,
    Vocab,
    characters,
    contiguous_windows,
    pad,
    windows,
)
from dlbook.language.vocabulary import words as split_words


def test_characters_leaves_27():
    assert characters(" Call me—Ishmael!\n\n2 Years. ") == (
        "call me ishmael years"
    )
    assert set(characters("Ünder 3 % of Zebras")) <= set(LETTERS)
    assert len(LETTERS) == len(set(LETTERS)) == 27


def test_words_keeps_apostrophes_and_splits_punctuation():
    assert split_words("Don't stop, it’s 'good'.") == [
        "don't", "stop", ",", "it’s", "'", "good", "'", ".",
    ]  # fmt: skip


def test_vocab_sorts_by_count_then_alphabet():
    vocab = Vocab(list("bcabcbd"), reserved=("<pad>", "<unk>"))
    assert vocab.tokens == ["<pad>", "<unk>", "b", "c", "a", "d"]
    assert len(vocab) == 6
    assert vocab.encode(["a", "zzz", "b"]).tolist() == [4, 1, 2]
    assert vocab.decode(torch.tensor([3, 0])) == ["c", "<pad>"]


def test_vocab_leaves_out_the_rare():
    text = list("bcabcbd")
    assert Vocab(text, min_count=2).tokens == ["<unk>", "b", "c"]
    assert Vocab(text, max_size=2).tokens == ["<unk>", "b"]
    assert Vocab([*text, "<unk>"]).tokens.count("<unk>") == 1


def test_vocab_names_what_it_does_not_know():
    letters = Vocab(LETTERS, reserved=())
    assert len(letters) == 27
    with pytest.raises(ValueError, match="'é' is not among the 27"):
        letters.encode("café")
    for wrong in (-1, 27):
        with pytest.raises(ValueError, match=f"no token {wrong}, only 0 to"):
            letters.decode([0, wrong])


@pytest.mark.parametrize("size", [35, 36, 37, 41, 42, 43])
def test_windows_cover_the_stream_once(size):
    stream = torch.randint(100, (size,))
    inputs, targets = windows(stream, 6).tensors
    count = (size - 1) // 6
    assert torch.equal(inputs.flatten(), stream[: 6 * count])
    assert torch.equal(targets.flatten(), stream[1 : 6 * count + 1])


@pytest.mark.parametrize("size", [100, 105, 106, 107, 131])
def test_rows_of_contiguous_batches_go_on(size):
    stream, rows, length = torch.arange(size), 3, 5
    data = contiguous_windows(stream, length, batch_size=rows)
    seen = list(batches(data, rows))
    assert {x.shape for x, _ in seen} == {(rows, length)}
    assert len(data) == (size - 1) // rows // length * rows
    for x, y in seen:
        assert torch.equal(x + 1, y)
    for (_, before), (x, _) in pairwise(seen):
        assert torch.equal(before[:, -1], x[:, 0])
    assert seen[0][0][0, 0] == 0
    covered = torch.cat([x.flatten() for x, _ in seen])
    assert len(covered.unique()) == len(covered)


def test_a_stream_too_short_is_named():
    with pytest.raises(ValueError, match="6 tokens holds no window of 6"):
        windows(torch.arange(6), 6)
    with pytest.raises(ValueError, match="12 tokens holds no 3 windows of 4"):
        contiguous_windows(torch.arange(12), 4, batch_size=3)
    assert len(contiguous_windows(torch.arange(13), 4, batch_size=3)) == 3


def test_pad_fills_and_cuts():
    x, lengths = pad([[1, 2, 3], [4], torch.tensor([5, 6])], value=9)
    assert x.tolist() == [[1, 2, 3], [4, 9, 9], [5, 6, 9]]
    assert lengths.tolist() == [3, 1, 2]
    x, lengths = pad([[1, 2, 3], [4]], length=2)
    assert x.tolist() == [[1, 2], [4, 0]]
    assert lengths.tolist() == [2, 1]
    assert pad([[1], [2]], length=3)[0].shape == (2, 3)
    with pytest.raises(ValueError, match="0 sequences"):
        pad([])
