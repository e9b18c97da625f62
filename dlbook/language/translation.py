"""Pairs of phrases: split, encoded, padded, in batches, and their losses.

A phrase is a string with spaces between its tokens. Encoded, it ends with
the number of "<eos>", and after that comes only "<pad>", number 0.
"""

import math
import random
from collections import Counter, defaultdict
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor

from dlbook.language.vocabulary import Vocab, pad
from dlbook.runtime import limited, to_device

RESERVED = ("<pad>", "<bos>", "<eos>", "<unk>")
PAD, BOS, EOS, UNK = range(4)


def split_pairs(pairs, *, valid: int, test: int, seed: int = 0):
    """Training, validation and test pairs; the last two of given sizes.

    Pairs with the same target stay together, so no target of the test is in
    training. `seed` shuffles them; it is not the seed of a training.

    Raises:
        ValueError: there are too few pairs for three sets.
    """
    if len(pairs) <= valid + test:
        raise ValueError(
            f"{len(pairs)} pairs are too few for {valid} of validation, "
            f"{test} of test, and some to train with"
        )
    by_target = defaultdict(list)
    for pair in pairs:
        by_target[pair[1]].append(pair)
    groups = list(by_target.values())
    generator = random.Random(seed)
    generator.shuffle(groups)
    test, valid, train = distribute(groups, (test, valid, len(pairs)))
    return train, valid, test


def distribute(groups, sizes):
    """Lists of at most the given sizes: each group in the first with room."""
    lists = [[] for _ in sizes]
    for group in groups:
        for members, size in zip(lists, sizes, strict=True):
            if len(members) + len(group) <= size:
                members.extend(group)
                break
    return lists


def split_sentences(
    sentences, phrases, *, valid: int, test: int, seed: int = 0
):
    """Training, validation and test sentences, without near-duplicates.

    Sentences that nearly repeat each other in either language, directly or
    by way of others, stay in one set; those that nearly repeat one of
    `phrases` are left out, wherever that phrase is. The last two sets have
    at most the given sizes. `seed` shuffles.

    Raises:
        ValueError: there are too few sentences for three sets.
    """
    parents = list(range(len(sentences)))  # each group is a tree

    def root(i):
        while parents[i] != i:
            i = parents[i]
        return i

    repeated = set()
    for language in (0, 1):
        side = [pair[language] for pair in sentences]
        for i, j in near_duplicates(side, side):
            parents[root(i)] = root(j)
        known = [pair[language] for pair in phrases]
        repeated.update(i for i, _ in near_duplicates(side, known))
    groups = defaultdict(list)
    for i, pair in enumerate(sentences):
        if i not in repeated:
            groups[root(i)].append(pair)
    kept = len(sentences) - len(repeated)
    if kept <= valid + test:
        raise ValueError(
            f"{kept} sentences that no phrase repeats are too few for "
            f"{valid} of validation, {test} of test, and some to train with"
        )
    groups = list(groups.values())
    generator = random.Random(seed)
    generator.shuffle(groups)
    test, valid, train = distribute(groups, (test, valid, kept))
    return train, valid, test


def near_duplicates(phrases, others):
    """All (i, j) for which phrases[i] and others[j] are nearly the same.

    Of the pairs of neighbouring tokens that are in one of the two, more than
    half are in both (Jaccard similarity above 1/2). Numbers do not count:
    tokens with a digit are left out first.
    """
    holders, sizes = defaultdict(list), []
    for j, other in enumerate(others):
        runs = neighbours(other)
        sizes.append(len(runs))
        for run in runs:
            holders[run].append(j)
    for i, phrase in enumerate(phrases):
        runs, shared = neighbours(phrase), Counter()
        for run in runs:
            shared.update(holders.get(run, ()))
        for j, both in shared.items():
            if 2 * both > len(runs) + sizes[j] - both:
                yield i, j


def neighbours(phrase: str) -> set:
    """The pairs of neighbouring tokens, without the tokens with a digit.

    A phrase of a single token without a digit is its own only run.
    """
    tokens = [t for t in phrase.split() if not any(map(str.isdigit, t))]
    return set(pairwise(tokens)) or {tuple(tokens)}


def phrase_vocab(phrases, *, min_count: int = 1) -> Vocab:
    """The vocabulary of one language: PAD, BOS, EOS, UNK, then its tokens."""
    tokens = (token for phrase in phrases for token in phrase.split())
    return Vocab(tokens, min_count=min_count, reserved=RESERVED)


def encode_phrases(phrases, vocab: Vocab) -> Tensor:
    """Phrases as token numbers (N, T), each with EOS at its end, then PAD."""
    rows = [vocab.encode([*phrase.split(), "<eos>"]) for phrase in phrases]
    return pad(rows, value=PAD)[0]


def encode_pairs(pairs, vocabs) -> tuple[Tensor, Tensor]:
    """Sources (N, S) and targets (N, T) of pairs, each with its vocabulary."""
    sources, targets = zip(*pairs, strict=True)
    source_vocab, target_vocab = vocabs
    return (
        encode_phrases(sources, source_vocab),
        encode_phrases(targets, target_vocab),
    )


def decode_phrases(tokens, vocab: Vocab) -> list[str]:
    """Token numbers (N, T) as phrases, each up to its first EOS."""
    phrases = []
    for row in torch.as_tensor(tokens).tolist():
        end = row.index(EOS) if EOS in row else len(row)
        phrases.append(" ".join(vocab.decode(row[:end])))
    return phrases


class PairLoader:
    """Shuffled batches (sources (B, S), targets (B, T)) with little padding.

    Each pass shuffles the pairs, sorts them by length, cuts batches from
    them and shuffles the batches; it draws from PyTorch's global generator.
    Columns in which every row has PAD are left out. The lengths are kept on
    the CPU, so that no batch has to wait for the device. In a rehearsal
    there are at most two batches.
    """

    def __init__(self, sources, targets, batch_size: int, *, device=None):
        self.pairs = to_device((sources, targets), device or "cpu")
        lengths = [(tokens != PAD).sum(dim=1) for tokens in (targets, sources)]
        self.lengths = torch.stack(lengths, dim=1).cpu()  # (N, 2)
        self.batch_size = batch_size

    def __len__(self) -> int:
        return limited(math.ceil(len(self.lengths) / self.batch_size))

    def __iter__(self):
        order = torch.randperm(len(self.lengths))
        for column in (1, 0):  # by the source, then by the target
            lengths = self.lengths[order, column]
            order = order[lengths.argsort(stable=True)]
        batches = order.split(self.batch_size)
        for number in torch.randperm(len(batches))[: len(self)].tolist():
            yield self.batch(batches[number])

    def batch(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """The pairs of the given rows (B,), without columns of PAD alone."""
        T, S = self.lengths[rows].amax(dim=0).tolist()
        sources, targets = self.pairs
        rows = to_device(rows, sources.device)
        return sources[rows, :S], targets[rows, :T]


def shift_right(targets: Tensor) -> Tensor:
    """What the decoder reads, (B, T): BOS, then all targets but the last."""
    return F.pad(targets[:, :-1], (1, 0), value=BOS)


def teacher_forced(model, batch):
    """Cross-entropy per target token, given the true tokens before it."""
    sources, targets = batch
    logits = model(sources, shift_right(targets))  # (B, T, K)
    loss = F.cross_entropy(
        logits.flatten(0, 1), targets.flatten(), ignore_index=PAD
    )
    return loss, {"count": (targets != PAD).sum()}


def shortlist(targets: Tensor, vocab_size: int, count: int):
    """A part of the vocabulary for a cheap softmax: tokens, weights, indices.

    The tokens (M,) are all those of `targets`, in order, and at least
    `count` of the others, drawn at random. A weight (M,) says how many
    tokens a token stands for. Indices, of the targets' shape, say where in
    the list the targets are.
    """
    present = targets.new_zeros(vocab_size, dtype=torch.bool)
    present[targets] = True
    size = min(vocab_size, targets.numel() + count)  # of the list, M
    keys = torch.rand(vocab_size, device=targets.device)
    keys = keys.masked_fill(present, 2.0)  # the targets' tokens come first
    tokens = keys.argsort(descending=True, stable=True)[:size]
    known = present.sum()
    weight = (vocab_size - known) / (size - known).clamp_min(1)
    weights = torch.ones_like(keys[:size]).where(present[tokens], weight)
    return tokens, weights, (present.cumsum(dim=0) - 1)[targets]


def teacher_forced_sampled(model, batch, *, count: int = 1000):
    """`teacher_forced`, estimated with a softmax over a shortlist.

    The sum of exponentials over all tokens is replaced by a weighted sum
    over some, whose expectation is the same. (Jean et al., 2015, section 3.)
    """
    sources, targets = batch
    table = model.target_embedding.weight
    tokens, weights, indices = shortlist(targets, len(table), count)
    outputs = model.outputs(sources, shift_right(targets))
    logits = outputs @ table[tokens].T + weights.log()  # (B, T, M)
    indices = indices.masked_fill(targets == PAD, -1)
    loss = F.cross_entropy(
        logits.flatten(0, 1), indices.flatten(), ignore_index=-1
    )
    return loss, {"count": (targets != PAD).sum()}


def recall_by_count(phrases, pairs, counts, *, limits=(1, 10, 100, 10**9)):
    """Share of the references' words that are in the translations.

    Words are grouped by how often they occur in the training targets, which
    `counts` says: {limit: share of those with at most so many}.
    """
    hits, words = Counter(), Counter()
    for phrase, (_, reference) in zip(phrases, pairs, strict=True):
        translation = set(phrase.split())
        for token in set(reference.split()):
            limit = next(limit for limit in limits if counts[token] <= limit)
            words[limit] += 1
            hits[limit] += token in translation
    return {limit: hits[limit] / words[limit] for limit in sorted(words)}
