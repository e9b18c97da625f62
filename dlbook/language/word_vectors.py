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

from dlbook.runtime import default_device


def keep_probability(counts: Tensor, *, threshold: float = 1e-3) -> Tensor:
    """Chance (V,) that an occurrence of each word is read at all.

    sqrt(t / f) + t / f, at most 1, for a word of frequency f and the
    threshold t: the formula of the published program. Differs from the paper,
    whose equation (5) keeps a word with the chance sqrt(t / f).
    """
    ratio = threshold * counts.sum() / counts
    return (ratio.sqrt() + ratio).clamp_max(1)


def noise_probability(counts: Tensor, *, power: float = 0.75) -> Tensor:
    """Chance (V,) of each word to be drawn as noise: counts**power / sum.

    The end of section 2.2 of Mikolov et al. (2013) chooses the power 3/4.
    """
    weights = counts.double() ** power
    return weights / weights.sum()


def draw(cumulative: Tensor, *shape: int) -> Tensor:
    """Numbers of words of this shape, drawn by the sums of their chances.

    `cumulative` (V,) is `noise_probability(counts).cumsum(0)`.
    """
    points = torch.rand(shape, device=cumulative.device)
    return torch.searchsorted(cumulative, points * cumulative[-1])


def context_mask(
    blocks: int, length: int, *, window: int, device=None
) -> Tensor:
    """Which words around a block are context of which word in it.

    1 for context and 0 for the rest, (N, L, M) for N `blocks` of L = `length`
    words. Each word draws its own reach, 1 to `window` words to either side.
    """
    centre = torch.arange(length, device=device)[:, None] + window
    around = torch.arange(length + 2 * window, device=device)
    distance = (around - centre).abs()  # (L, M)
    shape = (blocks, length, 1)
    reach = torch.randint(1, window + 1, shape, device=device)
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


def adagrad(vectors, squares, rows, gradients, *, lr: float) -> None:
    """Move the `rows` (n,) of `vectors` (V, D) against `gradients` (n, D).

    `squares` (V, 1) sums the mean squared gradient of each row so far; a row
    that has moved a lot moves less. Differs from Duchi et al. (2011): one
    sum for a row, not one for each number.
    """
    rows, gradients = rows.flatten(), gradients.flatten(0, -2)
    squares.index_add_(0, rows, gradients.square().mean(dim=1, keepdim=True))
    vectors.index_add_(0, rows, gradients * squares[rows].rsqrt(), alpha=-lr)


def split_blocks(stream: Tensor, *, length: int, window: int) -> Tensor:
    """Rows (N, length + 2 * window) of a stream; their middles tile it."""
    return stream.unfold(0, length + 2 * window, length)


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
    lr: float = 0.3,
    threshold: float = 1e-3,
    block_length: int = 16,
    block_noise: int = 16,
    batch_size: int = 128,
    device=None,
) -> tuple[Tensor, Tensor]:
    """Vectors of words as inputs and as outputs, both (V, width).

    `stream` (n,) holds numbers of words, `counts` (V,) how often each occurs.
    The inputs of skip-gram are the centres; for CBOW set `context_is_input`.
    The rest, and the noise, are outputs. Differs from the paper: the pairs of
    a block share `block_noise` words, each weighted so that a pair has
    `negatives` of them on average; and the optimiser is AdaGrad.
    """
    device = device or default_device()
    stream, counts = stream.to(device), counts.to(device)
    keep = keep_probability(counts, threshold=threshold)
    cumulative = noise_probability(counts).cumsum(0).float()
    inputs = (torch.rand(len(counts), width, device=device) - 0.5) / width
    outputs = torch.zeros_like(inputs)
    input_squares = torch.full_like(inputs[:, :1], 1e-6)
    output_squares = torch.full_like(inputs[:, :1], 1e-6)
    centres, contexts = (inputs, input_squares), (outputs, output_squares)
    if context_is_input:
        centres, contexts = contexts, centres
    for _ in range(epochs):
        chance = torch.rand(len(stream), device=device)
        read = stream[chance < keep[stream]]
        blocks = split_blocks(read, length=block_length, window=window)
        order = torch.randperm(len(blocks), device=device)
        for batch in order.split(batch_size):
            around = blocks[batch]  # (N, M)
            centre = around[:, window : window + block_length]  # (N, L)
            noise = draw(cumulative, len(batch), block_noise)  # (N, K)
            mask = context_mask(
                len(batch), block_length, window=window, device=device
            )
            centre_gradient, context_gradient, noise_gradient = method(
                centres[0][centre],
                contexts[0][around],
                outputs[noise],
                mask,
                negatives / block_noise,
            )
            adagrad(*centres, centre, centre_gradient, lr=lr)
            adagrad(*contexts, around, context_gradient, lr=lr)
            adagrad(outputs, output_squares, noise, noise_gradient, lr=lr)
    return inputs, outputs


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
    table: Tensor,
    *,
    width: int = 50,
    epochs: int = 6,
    lr: float = 0.2,
    x_max: float = 30.0,
    batch_size: int = 8192,
    device=None,
) -> tuple[Tensor, list[float]]:
    """Vectors (V, width), and the mean weighted loss of each epoch.

    `table` (V, V) is that of `cooccurrences`, the loss equation (8) of the
    GloVe paper. The vector of a word is the sum of its two, as there. Differs
    from the paper: an epoch visits each cell or its mirror image, and `x_max`
    is 100 there, for texts of billions of words.
    """
    device = device or default_device()
    cells = table.nonzero()
    cells = cells[cells[:, 0] <= cells[:, 1]]  # (n, 2)
    counts = table[cells[:, 0], cells[:, 1]].to(device)
    cells, targets = cells.to(device), counts.log()
    weights = cell_weight(counts, x_max=x_max)
    # Two more numbers make the product w.c + b + b': (b, 1) and (1, b').
    shape = (2, len(table), width + 2)
    vectors = (torch.rand(shape, device=device) - 0.5) / width
    ones = (-1, -2)
    for side in (0, 1):
        vectors[side, :, ones[side]] = 1
    squares = torch.full_like(vectors[..., :1], 1e-2)
    losses = []
    for _ in range(epochs):
        flip = torch.rand(len(cells), 1, device=device) < 0.5
        cells, total = torch.where(flip, cells.flip(1), cells), 0.0
        order = torch.randperm(len(cells), device=device)
        for batch in order.split(batch_size):
            rows = cells[batch].unbind(dim=1)
            words, contexts = vectors[0, rows[0]], vectors[1, rows[1]]
            loss, *gradients = glove_gradients(
                words, contexts, targets[batch], weights[batch]
            )
            for side in (0, 1):
                gradients[side][:, ones[side]] = 0
                adagrad(
                    vectors[side], squares[side], rows[side], gradients[side],
                    lr=lr,
                )  # fmt: skip
            total += loss.sum()
        losses.append(float(total) / len(cells))
    return vectors.sum(dim=0)[:, :width], losses
