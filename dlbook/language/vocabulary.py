"""From text to numbers: tokens, a vocabulary, windows of a stream, padding.

A stream is one long tensor of token numbers (N,). Language models learn from
windows of it: inputs (T,), and as targets the same tokens one position later.
"""

import re
from collections import Counter

import torch
from torch import Tensor
from torch.utils.data import TensorDataset

LETTERS = " abcdefghijklmnopqrstuvwxyz"


def characters(text: str) -> str:
    """The text in 27 characters: a to z, and one space for all between."""
    return re.sub("[^a-z]+", " ", text.lower()).strip()


def words(text: str) -> list[str]:
    """Words in lower case, and punctuation marks as words of their own."""
    return re.findall(r"\w+(?:['’]\w+)*|[^\w\s]", text.lower())


class Vocab:
    """Tokens and their numbers, the most frequent first.

    Args:
        tokens: any iterable of tokens; equally frequent ones are sorted.
        min_count: rarer tokens are left out.
        max_size: the most numbers to give away, with the reserved ones.
        reserved: tokens that get the first numbers. If "<unk>" is among
            them it stands for every token without a number.

    `vocab.tokens` is the list of tokens; `len(vocab)` its length.
    """

    def __init__(
        self,
        tokens,
        *,
        min_count: int = 1,
        max_size: int | None = None,
        reserved=("<unk>",),
    ):
        counts = Counter(tokens)
        kept = [t for t in counts if counts[t] >= min_count]
        kept = sorted(set(kept) - set(reserved), key=str)
        kept.sort(key=counts.get, reverse=True)
        self.tokens = [*reserved, *kept][:max_size]
        self.index = {token: i for i, token in enumerate(self.tokens)}

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, tokens) -> Tensor:
        """Numbers (N,) of N tokens; those unknown become "<unk>".

        Raises:
            ValueError: a token is unknown and "<unk>" is not reserved.
        """
        unknown = self.index.get("<unk>")
        numbers = [self.index.get(token, unknown) for token in tokens]
        if unknown is None and None in numbers:
            token = list(tokens)[numbers.index(None)]
            raise ValueError(
                f"{token!r} is not among the {len(self)} tokens; "
                'reserve "<unk>" for it'
            )
        return torch.tensor(numbers, dtype=torch.long)

    def decode(self, numbers) -> list[str]:
        """The tokens of numbers (N,).

        Raises:
            ValueError: a number is not in 0..len(self) - 1.
        """
        numbers = torch.as_tensor(numbers).tolist()
        for number in numbers:
            if not 0 <= number < len(self):
                raise ValueError(
                    f"there is no token {number}, only 0 to {len(self) - 1}"
                )
        return [self.tokens[number] for number in numbers]


def windows(stream: Tensor, length: int) -> TensorDataset:
    """All of a stream (n,) cut into windows: inputs and targets, both (N, T).

    Window i ends where window i + 1 begins; a rest shorter than T is lost.
    Shuffled, they are batches of windows from anywhere in the text.

    Raises:
        ValueError: the stream is too short for one window and its next token.
    """
    if len(stream) <= length:
        raise ValueError(
            f"a stream of {len(stream)} tokens holds no window of {length} "
            "and its next token; take shorter windows"
        )
    return contiguous_windows(stream, length, batch_size=1)


def contiguous_windows(
    stream: Tensor, length: int, *, batch_size: int
) -> TensorDataset:
    """The windows of a stream (n,) in the order that a carried state needs.

    Inputs and targets, both (N, T). Read in batches of `batch_size` without
    shuffling, row i of each batch goes on where row i of the batch before
    stopped. For this the stream is cut into `batch_size` long pieces, one
    for each row.

    Raises:
        ValueError: the stream is too short for one batch.
    """
    steps = (len(stream) - 1) // batch_size // length * length
    if steps < 1:
        raise ValueError(
            f"a stream of {len(stream)} tokens holds no {batch_size} windows "
            f"of {length} and a next token; take fewer or shorter ones"
        )

    def cut(tokens):  # (B * steps,) -> (N, T)
        rows = tokens.view(batch_size, -1, length)  # (B, windows, T)
        return rows.transpose(0, 1).reshape(-1, length)

    end = batch_size * steps
    return TensorDataset(cut(stream[:end]), cut(stream[1 : end + 1]))


def pad(
    sequences, *, value: int = 0, length: int | None = None
) -> tuple[Tensor, Tensor]:
    """Sequences of different lengths as one tensor (B, T), and lengths (B,).

    `length` is T; by default it is that of the longest sequence. Longer
    sequences lose their end, shorter ones are padded with `value` behind it.

    Raises:
        ValueError: there are no sequences.
    """
    sequences = [torch.as_tensor(sequence) for sequence in sequences]
    if not sequences:
        raise ValueError("there are 0 sequences to pad, a batch needs 1")
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    length = int(lengths.max()) if length is None else length
    padded = torch.full((len(sequences), length), value)
    for row, sequence in zip(padded, sequences, strict=True):
        row[: len(sequence)] = sequence[:length]
    return padded, lengths.clamp_max(length)
