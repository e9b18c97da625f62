"""Pairs of phrases: dealt into parts, numbered, padded, read in batches.

A phrase is a string with spaces between its tokens. As numbers it ends with
that of "<eos>", and behind it is only "<pad>", number 0.
"""

import random
from collections import Counter, defaultdict

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset

from dlbook.language.vocabulary import Vocab, pad
from dlbook.runtime import to_device

RESERVED = ("<pad>", "<bos>", "<eos>", "<unk>")
PAD, BOS, EOS, UNK = range(4)


def split_pairs(pairs, *, valid: int, test: int, seed: int = 0):
    """Training, validation and test pairs; the last two of given sizes.

    Pairs with the same target stay together, so no target of the test is in
    training. `seed` deals them out; it is not the seed of a training.

    Raises:
        ValueError: there are too few pairs for three parts.
    """
    if len(pairs) <= valid + test:
        raise ValueError(
            f"{len(pairs)} pairs are too few for {valid} of validation, "
            f"{test} of test, and some to train with"
        )
    same = defaultdict(list)
    for pair in pairs:
        same[pair[1]].append(pair)
    groups = list(same.values())
    dealer = random.Random(seed)
    dealer.shuffle(groups)
    test, valid, train = dealt(groups, (test, valid, len(pairs)))
    return train, valid, test


def dealt(groups, sizes):
    """Groups dealt out, each to the first part that has room for it."""
    parts = [[] for _ in sizes]
    for group in groups:
        for part, size in zip(parts, sizes, strict=True):
            if len(part) + len(group) <= size:
                part.extend(group)
                break
    return parts


def phrase_vocab(phrases, *, min_count: int = 1) -> Vocab:
    """The vocabulary of one language: PAD, BOS, EOS, UNK, then its tokens."""
    tokens = (token for phrase in phrases for token in phrase.split())
    return Vocab(tokens, min_count=min_count, reserved=RESERVED)


def numbered(phrases, vocab: Vocab) -> Tensor:
    """Phrases as numbers (N, T), each with EOS at its end, then PAD."""
    rows = [vocab.encode([*each.split(), "<eos>"]) for each in phrases]
    return pad(rows, value=PAD)[0]


def numbered_pairs(pairs, vocabs) -> tuple[Tensor, Tensor]:
    """Sources (N, S) and targets (N, T) of pairs, each with its vocabulary."""
    both = zip(*pairs, strict=True)
    return tuple(
        numbered(phrases, vocab)
        for phrases, vocab in zip(both, vocabs, strict=True)
    )


def spelled(numbers, vocab: Vocab) -> list[str]:
    """Numbers (N, T) as phrases, each up to its first EOS."""
    phrases = []
    for row in torch.as_tensor(numbers).tolist():
        end = row.index(EOS) if EOS in row else len(row)
        phrases.append(" ".join(vocab.decode(row[:end])))
    return phrases


class ByLength:
    """Batches of row numbers, of rows that are nearly equally long.

    Each time it is read, equally long rows are shuffled, then cut, then the
    batches are shuffled; both draw from PyTorch's global generator.
    """

    def __init__(self, lengths: Tensor, batch_size: int):
        self.lengths, self.batch_size = lengths, batch_size

    def __len__(self) -> int:
        return -(-len(self.lengths) // self.batch_size)

    def __iter__(self):
        order = torch.randperm(len(self.lengths))
        order = order[self.lengths[order].argsort(stable=True)]
        rows = order.split(self.batch_size)
        for number in torch.randperm(len(rows)).tolist():
            yield rows[number]


def trimmed(batch):
    """A batch without the columns in which every row has PAD.

    Copies, not views: a model that is compiled for one layout of memory
    would have to be compiled again for another.
    """
    return tuple(
        t[:, : int((t != PAD).sum(dim=1).max())].clone() for t in batch
    )


def pair_batches(
    sources: Tensor, targets: Tensor, batch_size: int, *, device=None
) -> DataLoader:
    """A loader of shuffled batches (sources (B, S), targets (B, T)).

    Rows of a batch are nearly equally long, so little of it is padding.
    """
    data = TensorDataset(*to_device((sources, targets), device or "cpu"))
    lengths = 100 * (targets != PAD).sum(dim=1) + (sources != PAD).sum(dim=1)
    sampler = ByLength(lengths, batch_size)
    return DataLoader(
        data, sampler=sampler, batch_size=None, collate_fn=trimmed
    )


def teacher_forced(model, batch):
    """Cross-entropy per target token, the true tokens before it given."""
    sources, targets = batch
    before = F.pad(targets[:, :-1], (1, 0), value=BOS)
    logits = model(sources, before)  # (B, T, K)
    loss = F.cross_entropy(
        logits.flatten(0, 1), targets.flatten(), ignore_index=PAD
    )
    return loss, {"count": int((targets != PAD).sum())}


def shortlist(targets: Tensor, vocab: int, count: int):
    """Some of the tokens for a cheap softmax: (tokens, weights, places).

    First all tokens of `targets`, then `count` of the others at random, both
    (M,). A weight says how many tokens one stands for. Places are where in
    the list the targets are, of their shape.
    """
    present = torch.zeros(vocab, dtype=torch.bool, device=targets.device)
    present[targets] = True
    known, others = present.nonzero()[:, 0], (~present).nonzero()[:, 0]
    drawn = others[torch.randperm(len(others), device=others.device)[:count]]
    tokens = torch.cat([known, drawn])
    weights = torch.ones(len(tokens), device=tokens.device)
    weights[len(known) :] = len(others) / max(1, len(drawn))
    return tokens, weights, (present.cumsum(dim=0) - 1)[targets]


def teacher_forced_sampled(model, batch, *, count: int = 1000):
    """`teacher_forced`, estimated with a softmax over a shortlist.

    The sum over all tokens is replaced by a weighted sum over some, which is
    right on average. (Jean et al., 2015, section 3.)
    """
    sources, targets = batch
    before = F.pad(targets[:, :-1], (1, 0), value=BOS)
    table = model.write.weight
    tokens, weights, places = shortlist(targets, len(table), count)
    outputs = model.outputs(sources, before)
    logits = outputs @ table[tokens].T + weights.log()  # (B, T, M)
    places = places.masked_fill(targets == PAD, -1)
    loss = F.cross_entropy(
        logits.flatten(0, 1), places.flatten(), ignore_index=-1
    )
    return loss, {"count": int((targets != PAD).sum())}


def found_by_count(phrases, pairs, counts, *, limits=(1, 10, 100, 10**9)):
    """Share of the references' words that are in the translations.

    Words are grouped by how often they occur in the training targets, which
    `counts` knows: {limit: share of those with at most so many}.
    """
    hits, words = Counter(), Counter()
    for phrase, (_, french) in zip(phrases, pairs, strict=True):
        made = set(phrase.split())
        for token in set(french.split()):
            limit = next(n for n in limits if counts[token] <= n)
            words[limit] += 1
            hits[limit] += token in made
    return {limit: hits[limit] / words[limit] for limit in sorted(words)}
