"""Word vectors from a stream of words: Mikolov et al., 2013.

The stream is read in N blocks of L neighbours. Around a block lie M = L + 2W
words: the block, and W words on either side of it. Each block draws K words
of noise. A *method* (`skip_gram` or `cbow`) turns the vectors of all these,
each of width D, into the slopes of its loss.
"""

import torch
from torch import Tensor

from dlbook.runtime import default_device


def keep_probability(counts: Tensor, *, threshold: float = 1e-3) -> Tensor:
    """Chance (V,) that an occurrence of each word is read at all.

    sqrt(t / f) + t / f, at most 1, for a word of frequency f: the formula of
    the published program, which differs a little from the paper's.
    """
    ratio = threshold * counts.sum() / counts
    return (ratio.sqrt() + ratio).clamp_max(1)


def noise_probability(counts: Tensor, *, power: float = 0.75) -> Tensor:
    """Chance (V,) of each word to be drawn as noise (equation 4, text)."""
    weights = counts.double() ** power
    return weights / weights.sum()


def draw(cumulative: Tensor, *shape: int) -> Tensor:
    """Numbers of words, drawn by the sums of their chances (V,)."""
    places = torch.rand(shape, device=cumulative.device)
    return torch.searchsorted(cumulative, places * cumulative[-1])


def nearby(blocks: int, length: int, *, window: int, device=None) -> Tensor:
    """Which words around are context of which word: 0 or 1, (N, L, M).

    Each word draws a reach of 1..window words to either side.
    """
    centre = torch.arange(length, device=device)[:, None] + window
    around = torch.arange(length + 2 * window, device=device)
    distance = (around - centre).abs()  # (L, M)
    shape = (blocks, length, 1)
    reach = torch.randint(1, window + 1, shape, device=device)
    return ((distance > 0) & (distance <= reach)).float()


def skip_gram(centre, around, noise, near, share: float):
    """Slopes of the loss of guessing the words near each centre.

    Takes the vectors of centres (N, L, D), their contexts (N, M, D) and the
    noise (N, K, D); gives slopes of these shapes. A word of noise counts
    `share` times for each pair.
    """
    pull = near * (torch.sigmoid(centre @ around.mT) - 1)  # (N, L, M)
    pairs = near.sum(dim=-1, keepdim=True)  # (N, L, 1)
    push = share * pairs * torch.sigmoid(centre @ noise.mT)  # (N, L, K)
    return pull @ around + push @ noise, pull.mT @ centre, push.mT @ centre


def cbow(centre, around, noise, near, share: float):
    """Slopes of the loss of guessing each centre from the mean around it.

    Shapes as in `skip_gram`; each centre counts once.
    """
    weights = near / near.sum(dim=-1, keepdim=True)  # (N, L, M)
    mean = weights @ around  # (N, L, D)
    pull = torch.sigmoid((mean * centre).sum(dim=-1, keepdim=True)) - 1
    push = share * torch.sigmoid(mean @ noise.mT)  # (N, L, K)
    slope = pull * centre + push @ noise  # (N, L, D)
    return pull * mean, weights.mT @ slope, push.mT @ mean


def adagrad(vectors, squares, rows, slopes, *, lr: float) -> None:
    """Move the `rows` (n,) of `vectors` (V, D) against `slopes` (n, D).

    `squares` (V, 1) sums the mean squared slope of each row so far; a row
    that has moved a lot moves less. Differs from Duchi et al. (2011): one
    sum for a row, not one for each number.
    """
    rows, slopes = rows.flatten(), slopes.flatten(0, -2)
    squares.index_add_(0, rows, slopes.square().mean(dim=1, keepdim=True))
    vectors.index_add_(0, rows, slopes * squares[rows].rsqrt(), alpha=-lr)


def blocks_of(stream, *, length: int, window: int) -> Tensor:
    """Rows of length + 2 windows words; their middles tile the stream."""
    return stream.unfold(0, length + 2 * window, length)  # (N, M)


def train_vectors(
    stream: Tensor,
    counts: Tensor,
    *,
    method=skip_gram,
    given: str = "centre",
    dim: int = 50,
    window: int = 5,
    negatives: int = 5,
    epochs: int = 3,
    lr: float = 0.3,
    threshold: float = 1e-3,
    length: int = 16,
    noise: int = 16,
    batch: int = 128,
    device=None,
) -> tuple[Tensor, Tensor]:
    """Vectors of words as inputs and as outputs, both (V, D).

    `stream` (n,) holds numbers of words, `counts` (V,) how often each occurs.
    `given` says whose vectors are the inputs of the method: of the "centre"
    for skip-gram, of the words "around" it for CBOW. The rest are outputs.
    Differs from the paper: the pairs of a block share `noise` words, each
    weighted so that a pair has `negatives` of them on average; AdaGrad.
    """
    if given not in ("centre", "around"):
        raise ValueError(f'given = {given!r} is neither "centre" nor "around"')
    device = device or default_device()
    stream, counts = stream.to(device), counts.to(device)
    keep = keep_probability(counts, threshold=threshold)
    cumulative = noise_probability(counts).cumsum(0).float()
    inputs = (torch.rand(len(counts), dim, device=device) - 0.5) / dim
    outputs = torch.zeros_like(inputs)
    squares = [torch.full_like(inputs[:, :1], 1e-6) for _ in range(2)]
    sides = [(inputs, squares[0]), (outputs, squares[1])]
    if given == "around":
        sides.reverse()
    (centres, one), (contexts, other) = sides
    for _ in range(epochs):
        chance = torch.rand(len(stream), device=device)
        read = stream[chance < keep[stream]]
        blocks = blocks_of(read, length=length, window=window)
        for part in torch.randperm(len(blocks), device=device).split(batch):
            around = blocks[part]  # (N, M)
            centre = around[:, window : window + length]  # (N, L)
            drawn = draw(cumulative, len(part), noise)  # (N, K)
            near = nearby(len(part), length, window=window, device=device)
            slopes = method(
                centres[centre], contexts[around], outputs[drawn],
                near, negatives / noise,
            )  # fmt: skip
            adagrad(centres, one, centre, slopes[0], lr=lr)
            adagrad(contexts, other, around, slopes[1], lr=lr)
            adagrad(outputs, squares[1], drawn, slopes[2], lr=lr)
    return inputs, outputs


def cooccurrences(stream: Tensor, size: int, *, window: int = 10) -> Tensor:
    """How often each two of `size` words occur near each other, (V, V).

    Two words d places apart, d = 1..window, add 1 / d to their cell and to
    its mirror image. The table takes 4 V^2 bytes, 254 MB for 8,000 words.
    """
    table = torch.zeros(size * size, device=stream.device)
    for distance in range(1, window + 1):
        left, right = stream[:-distance], stream[distance:]
        near = torch.tensor(1 / distance, device=stream.device)
        table.index_add_(0, left * size + right, near.expand(len(left)))
        table.index_add_(0, right * size + left, near.expand(len(left)))
    return table.view(size, size)


def cell_weight(counts: Tensor, *, full: float) -> Tensor:
    """f(x) = (x / full)^(3/4), at most 1 (the paper's equation 9)."""
    return (counts / full).clamp_max(1) ** 0.75


def glove_slopes(one, other, targets, weights):
    """Weighted squared errors (n,), and their slopes for both vectors.

    `one` and `other` (n, D) should have the products `targets` (n,); the
    slopes are half the derivatives, as in the published program.
    """
    errors = (one * other).sum(dim=1) - targets
    pull = (weights * errors)[:, None]
    return weights * errors**2, pull * other, pull * one


def train_glove(
    table: Tensor,
    *,
    dim: int = 50,
    epochs: int = 6,
    lr: float = 0.2,
    full: float = 30.0,
    batch: int = 8192,
    device=None,
) -> tuple[Tensor, list[float]]:
    """Vectors (V, D), and the mean weighted loss of each epoch (equation 8).

    The vector of a word is the sum of its two, as in the paper. Differs from
    the paper: an epoch visits each cell or its mirror image, and `full` is
    100 there, for texts of billions of words.
    """
    device = device or default_device()
    cells = table.nonzero()
    cells = cells[cells[:, 0] <= cells[:, 1]]  # (n, 2)
    counts = table[cells[:, 0], cells[:, 1]].to(device)
    cells, targets = cells.to(device), counts.log()
    weights = cell_weight(counts, full=full)
    # Two more numbers make the product w.c + b + b': (b, 1) and (1, b').
    shape = (2, len(table), dim + 2)
    vectors = (torch.rand(shape, device=device) - 0.5) / dim
    ones = (-1, -2)
    for side in (0, 1):
        vectors[side, :, ones[side]] = 1
    squares = torch.full_like(vectors[..., :1], 1e-2)
    losses = []
    for _ in range(epochs):
        flip = torch.rand(len(cells), 1, device=device) < 0.5
        cells, total = torch.where(flip, cells.flip(1), cells), 0.0
        for part in torch.randperm(len(cells), device=device).split(batch):
            rows = cells[part].unbind(dim=1)
            pairs = vectors[0, rows[0]], vectors[1, rows[1]]
            loss, *slopes = glove_slopes(*pairs, targets[part], weights[part])
            for side in (0, 1):
                slopes[side][:, ones[side]] = 0
                state = vectors[side], squares[side]
                adagrad(*state, rows[side], slopes[side], lr=lr)
            total += loss.sum()
        losses.append(float(total) / len(cells))
    return vectors.sum(dim=0)[:, :dim], losses
