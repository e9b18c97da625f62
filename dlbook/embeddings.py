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
