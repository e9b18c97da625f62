"""GloVe: a table counted by hand, slopes against autograd, a known table."""

import pytest
import torch

from dlbook.language import word_vectors as cooccurrence
from dlbook.language.word_vectors import (
    cell_weight,
    cooccurrences,
    glove_slopes,
    train_glove,
)


def test_the_table_of_a_small_sentence_is_the_one_counted_by_hand():
    # a b a c: b and c are two places apart, the two a as well
    table = cooccurrences(torch.tensor([0, 1, 0, 2]), 4, window=2)
    half = 0.5
    by_hand = [
        [2 * half, 2, 1, 0],
        [2, 0, half, 0],
        [1, half, 0, 0],
        [0, 0, 0, 0],
    ]
    assert table.tolist() == by_hand


def test_the_table_is_the_one_of_two_loops():
    torch.manual_seed(0)
    stream, size, window = torch.randint(7, (60,)), 7, 4
    wanted = torch.zeros(size, size)
    for i in range(60):
        for j in range(60):
            if 0 < abs(i - j) <= window:
                wanted[stream[i], stream[j]] += 1 / abs(i - j)
    table = cooccurrences(stream, size, window=window)
    torch.testing.assert_close(table, wanted)
    assert torch.equal(table, table.T)


def test_the_weight_rises_with_the_power_three_quarters_up_to_one():
    weights = cell_weight(torch.tensor([1.0, 16.0, 81.0, 900.0]), full=81.0)
    torch.testing.assert_close(weights, torch.tensor([1, 8, 27, 27]) / 27.0)


def test_slopes_are_half_the_derivatives():
    torch.manual_seed(0)
    one, other = (torch.randn(5, 3).double().requires_grad_() for _ in "ab")
    targets, weights = torch.randn(5).double(), torch.rand(5).double()
    loss, *slopes = glove_slopes(one, other, targets, weights)
    (loss.sum() / 2).backward()
    torch.testing.assert_close(
        loss, weights * ((one * other).sum(1) - targets) ** 2
    )
    torch.testing.assert_close(slopes[0], one.grad)
    torch.testing.assert_close(slopes[1], other.grad)


def test_a_table_of_low_rank_is_learned():
    torch.manual_seed(0)
    a = torch.randn(30, 3)
    biases = torch.randn(30)
    table = (a @ a.T + biases + biases[:, None]).exp()
    table[:, 7] = table[7] = 0  # never seen together: no cell, no logarithm
    _, losses = train_glove(
        table, dim=8, epochs=200, lr=0.1, full=0.01, batch=100, device="cpu"
    )
    assert losses[-1] < 0.01 < 1 < losses[0]
    vectors, _ = train_glove(table, dim=8, epochs=1, device="cpu")
    assert vectors.shape == (30, 8) and vectors.isfinite().all()


def test_each_cell_is_visited_once_and_the_ones_stay(monkeypatch):
    torch.manual_seed(0)
    table = torch.rand(6, 6) + 0.1
    table = table + table.T
    visited = []

    def spy(vectors, squares, rows, slopes, *, lr):
        visited.append((rows, slopes))

    monkeypatch.setattr(cooccurrence, "adagrad", spy)
    train_glove(table, epochs=1, dim=3, batch=7, device="cpu")
    ones = [torch.cat([s for _, s in visited[side::2]]) for side in (0, 1)]
    assert (ones[0][:, -1] == 0).all() and ones[0][:, :-1].any(0).all()
    assert (ones[1][:, -2] == 0).all() and ones[1][:, -1].any()
    rows = [torch.cat([r for r, _ in visited[side::2]]) for side in (0, 1)]
    pairs = torch.stack(rows, 1).sort(dim=1).values.unique(dim=0)
    assert len(rows[0]) == len(pairs) == 21  # 15 pairs and the diagonal
    assert (rows[0] > rows[1]).any() and (rows[0] < rows[1]).any()


def test_the_weights_decide_which_cells_count():
    table = torch.tensor([[0.0, 1e-6], [1e-6, 0.0]])
    _, losses = train_glove(table, epochs=1, full=10.0, device="cpu")
    assert losses[0] == pytest.approx((1e-7**0.75) * 13.8**2, rel=0.05)
