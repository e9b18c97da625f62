"""Word vectors from a stream of words: word2vec and GloVe.

T. Mikolov et al., 2013, Distributed representations of words and phrases and
their compositionality: equations (4) and (5), and section 2.2 on the noise.
J. Pennington, R. Socher, C. Manning, 2014, GloVe: equations (8) and (9).

For word2vec the stream is read in N blocks of L neighbours. The context of a
block are M = L + 2W words: the block, and W words on either side of it. Each
block draws K words of noise. A *method* (`skip_gram` or `cbow`) turns the
vectors of all these, each of width D, into the gradients of its loss.
"""

import torch
from torch import Tensor

BLOCK_NOISE = 16  # K, the words of noise that a block shares


def keep_probability(counts: Tensor, *, threshold: float = 1e-3) -> Tensor:
    """Probability (V,) that an occurrence of each word is read at all.

    sqrt(t / f) + t / f, at most 1, for a word of frequency f and the
    threshold t: the formula of the published program. Differs from the paper,
    whose equation (5) keeps a word with probability sqrt(t / f).
    """
    ratio = threshold * counts.sum() / counts
    return (ratio.sqrt() + ratio).clamp_max(1)


def noise_probability(counts: Tensor, *, power: float = 0.75) -> Tensor:
    """Probability (V,) of each word to be drawn as noise, ~ counts**power.

    The end of section 2.2 of Mikolov et al. (2013) chooses the power 3/4.
    """
    weights = counts.double() ** power
    return weights / weights.sum()


def draw(cumulative: Tensor, *shape: int) -> Tensor:
    """Numbers of words of this shape, drawn by their probabilities.

    `cumulative` (V,) is `noise_probability(counts).cumsum(0)`.
    """
    points = torch.rand(shape, device=cumulative.device)
    return torch.searchsorted(cumulative, points * cumulative[-1])


def context_mask(centre: Tensor, *, window: int) -> Tensor:
    """Which of the words around a block are context of which word in it.

    1 for context and 0 for the rest, (N, L, M) for the words `centre` (N, L)
    of N blocks. Each word draws its own reach: 1 to `window` words to either
    side.
    """
    blocks, length = centre.shape
    middle = torch.arange(length, device=centre.device)[:, None] + window
    around = torch.arange(length + 2 * window, device=centre.device)
    distance = (around - middle).abs()  # (L, M)
    shape = (blocks, length, 1)
    reach = torch.randint(1, window + 1, shape, device=centre.device)
    return ((distance > 0) & (distance <= reach)).float()


def skip_gram(centre, context, noise, mask, noise_weight: float):
    """Gradients of the loss of predicting the context of each centre.

    Takes the vectors of the centres (N, L, D), of the words around them
    (N, M, D) and of the noise (N, K, D), and gives gradients of these shapes.
    `mask` (N, L, M) says which words are context of which. The loss is
    minus equation (4) of Mikolov et al. (2013), summed over all pairs; a word
    of noise counts `noise_weight` times for each pair.
    """
    pairs = mask.sum(dim=-1, keepdim=True)  # (N, L, 1)
    context_error = mask * (torch.sigmoid(centre @ context.mT) - 1)
    noise_error = noise_weight * pairs * torch.sigmoid(centre @ noise.mT)
    return (
        context_error @ context + noise_error @ noise,
        context_error.mT @ centre,
        noise_error.mT @ centre,
    )


def cbow(centre, context, noise, mask, noise_weight: float):
    """Gradients of the loss of predicting each centre from its context.

    Shapes as in `skip_gram`. The input is the mean of the context, the loss
    minus equation (4) of Mikolov et al. (2013), once for each centre.
    """
    weights = mask / mask.sum(dim=-1, keepdim=True)  # (N, L, M)
    mean = weights @ context  # (N, L, D)
    scores = (mean * centre).sum(dim=-1, keepdim=True)  # (N, L, 1)
    centre_error = torch.sigmoid(scores) - 1
    noise_error = noise_weight * torch.sigmoid(mean @ noise.mT)  # (N, L, K)
    mean_gradient = centre_error * centre + noise_error @ noise
    return (
        centre_error * mean,
        weights.mT @ mean_gradient,
        noise_error.mT @ mean,
    )


class AdaGrad:
    """Vectors (V, D), and for each row the sum of its squared gradients.

    A row that has moved a lot moves less. Differs from Duchi et al. (2011):
    one sum for a row, not one for each number; the sums begin at `start`.
    """

    def __init__(self, vectors: Tensor, *, lr: float, start: float = 1e-6):
        self.vectors, self.lr = vectors, lr
        self.squares = torch.full_like(vectors[:, :1], start)  # (V, 1)

    def __getitem__(self, rows: Tensor) -> Tensor:
        return self.vectors[rows]

    def step(self, rows: Tensor, gradients: Tensor) -> None:
        """Move the `rows` (...) against their `gradients` (..., D)."""
        rows, gradients = rows.flatten(), gradients.flatten(0, -2)
        squares = gradients.square().mean(dim=1, keepdim=True)
        self.squares.index_add_(0, rows, squares)
        scaled = gradients * self.squares[rows].rsqrt()
        self.vectors.index_add_(0, rows, scaled, alpha=-self.lr)


def shuffled_blocks(
    stream: Tensor,
    keep: Tensor,
    *,
    window: int,
    epochs: int,
    length: int = 16,
):
    """Batches (128, length + 2 * window) of blocks of a stream, shuffled.

    In each of the `epochs` every word is read with its probability in `keep`
    (V,). The middles of the blocks, `length` words, tile what is read.
    """
    for _ in range(epochs):
        chance = torch.rand(len(stream), device=stream.device)
        read = stream[chance < keep[stream]]
        blocks = read.unfold(0, length + 2 * window, length)
        order = torch.randperm(len(blocks), device=stream.device)
        for batch in order.split(128):
            yield blocks[batch]


def train_vectors(
    stream: Tensor,
    counts: Tensor,
    *,
    method=skip_gram,
    context_is_input: bool = False,
    width: int = 50,
    window: int = 5,
    negatives: int = 5,
    epochs: int = 3,
    threshold: float = 1e-3,
) -> tuple[Tensor, Tensor]:
    """Vectors of words as inputs and as outputs, both (V, width).

    `stream` (n,) holds numbers of words, `counts` (V,) how often each occurs;
    what computes is the device that they are on. The inputs of skip-gram are
    the centres; for CBOW set `context_is_input`. The rest, and the noise, are
    outputs. Differs from the paper: the pairs of a block share `BLOCK_NOISE`
    words, each weighted so that a pair has `negatives` of them on average;
    and the optimiser is AdaGrad.
    """
    keep = keep_probability(counts, threshold=threshold)
    cumulative = noise_probability(counts).float().cumsum(0)
    start = torch.rand(len(counts), width, device=stream.device) - 0.5
    inputs = AdaGrad(start / width, lr=0.3)
    outputs = AdaGrad(torch.zeros_like(start), lr=0.3)
    sides = (outputs, inputs) if context_is_input else (inputs, outputs)
    centres, contexts = sides
    for around in shuffled_blocks(stream, keep, window=window, epochs=epochs):
        centre = around[:, window:-window]  # (N, L) of (N, M)
        noise = draw(cumulative, len(around), BLOCK_NOISE)  # (N, K)
        mask = context_mask(centre, window=window)
        vectors = centres[centre], contexts[around], outputs[noise]
        gradients = method(*vectors, mask, negatives / BLOCK_NOISE)
        centres.step(centre, gradients[0])
        contexts.step(around, gradients[1])
        outputs.step(noise, gradients[2])
    return inputs.vectors, outputs.vectors


def cooccurrences(
    stream: Tensor, vocab_size: int, *, window: int = 10
) -> Tensor:
    """How often each two of `vocab_size` words occur near each other, (V, V).

    Two words at a distance d = 1..window add 1 / d to their cell and to its
    mirror image. The table takes 4 V^2 bytes, 254 MB for 8,000 words.
    """
    table = torch.zeros(vocab_size * vocab_size, device=stream.device)
    for distance in range(1, window + 1):
        left, right = stream[:-distance], stream[distance:]
        weight = torch.full(left.shape, 1 / distance, device=stream.device)
        table.index_add_(0, left * vocab_size + right, weight)
        table.index_add_(0, right * vocab_size + left, weight)
    return table.view(vocab_size, vocab_size)


def cell_weight(counts: Tensor, *, x_max: float) -> Tensor:
    """f(x) = (x / x_max)^(3/4), at most 1: equation (9) of the GloVe paper."""
    return (counts / x_max).clamp_max(1) ** 0.75


def glove_gradients(words, contexts, targets, weights):
    """Weighted squared errors (n,), and their gradients for both vectors.

    `words` and `contexts` (n, D) should have the products `targets` (n,).
    The gradients are half the derivatives, as in the published program.
    """
    errors = (words * contexts).sum(dim=1) - targets
    weighted = (weights * errors)[:, None]
    return weights * errors**2, weighted * contexts, weighted * words


def train_glove(
    table: Tensor, *, width: int = 50, epochs: int = 3, x_max: float = 30.0
) -> tuple[Tensor, list[float]]:
    """Vectors (V, width), and the mean weighted loss of each epoch.

    `table` (V, V) is that of `cooccurrences`, the loss equation (8) of the
    GloVe paper. The vector of a word is the sum of its two, as there. Differs
    from the paper: `x_max` is 100 there, for texts of billions of words.
    """
    rows, columns = table.nonzero().unbind(dim=1)
    counts = table[rows, columns]  # (n,)
    targets, weights = counts.log(), cell_weight(counts, x_max=x_max)
    # Two more numbers make the product w.c + b + b': (b, 1) and (1, b').
    shape = (2, len(table), width + 2)
    start = (torch.rand(shape, device=table.device) - 0.5) / width
    start[0, :, -1] = start[1, :, -2] = 1
    words, contexts = (AdaGrad(side, lr=0.2, start=0.01) for side in start)
    losses = []
    for _ in range(epochs):
        total = 0.0
        order = torch.randperm(len(counts), device=table.device)
        for batch in order.split(8192):
            i, j = rows[batch], columns[batch]
            loss, for_words, for_contexts = glove_gradients(
                words[i], contexts[j], targets[batch], weights[batch]
            )
            for_words[:, -1] = for_contexts[:, -2] = 0  # the ones stay
            words.step(i, for_words)
            contexts.step(j, for_contexts)
            total += loss.sum()
        losses.append(float(total) / len(counts))
    return (words.vectors + contexts.vectors)[:, :width], losses
