"""Word vectors from counts: GloVe, Pennington, Socher and Manning, 2014."""

import torch
from torch import Tensor

from dlbook.embeddings import adagrad
from dlbook.runtime import default_device


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
