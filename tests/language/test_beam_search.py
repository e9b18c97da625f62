"""Greedy and beam search against every sequence that there is."""

import itertools

import pytest
import torch

from dlbook.language.beam_search import (
    beam_search,
    greedy,
    score,
    select,
)

K, END, START = 4, 2, 3


def random_step(seed, *, rows):
    """A step whose logits depend on the row and on all tokens so far."""
    made = torch.Generator().manual_seed(seed)
    table = 2 * torch.randn(rows, 997, K, generator=made)

    def step(tokens, state):
        row, history = state
        history = (7 * history + tokens + 1) % 997
        return table[row, history], (row, history)

    return step, (torch.arange(rows), torch.zeros(rows, dtype=torch.long))


def every_sequence(length):
    """All that end with END, or are `length` long without one."""
    for size in range(1, length + 1):
        for tokens in itertools.product(range(K), repeat=size):
            ends = tokens.count(END)
            if (ends == 0 and size == length) or (
                ends == 1 and tokens[-1] == END
            ):
                yield tokens


def log_probability(step, state, tokens):
    total, last = 0.0, START
    for token in tokens:
        logits, state = step(torch.tensor([last]), state)
        total += logits.log_softmax(dim=-1)[0, token].item()
        last = token
    return total


@pytest.mark.parametrize("power", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("seed", range(5))
def test_a_wide_beam_finds_what_exhaustive_search_finds(seed, power):
    length, rows = 4, 3
    step, state = random_step(seed, rows=rows)
    starts = torch.full((rows,), START)
    sequences, scores = beam_search(
        step, state, starts, end=END, max_length=length, width=K**length,
        power=power,
    )  # fmt: skip
    for row in range(rows):
        alone = select(state, torch.tensor([row]))
        ranked = sorted(
            (log_probability(step, alone, s) / len(s) ** power, s)
            for s in every_sequence(length)
        )
        ranked.reverse()
        for n in range(10):
            wanted, tokens = ranked[n]
            assert scores[row, n].item() == pytest.approx(wanted, abs=1e-5)
            assert sequences[row, n, : len(tokens)].tolist() == list(tokens)
            assert (sequences[row, n, len(tokens) :] == END).all()


@pytest.mark.parametrize("power", [0.0, 1.0])
def test_width_1_is_greedy_and_rows_do_not_meet(power):
    step, state = random_step(0, rows=50)
    starts = torch.full((50,), START)
    plain = greedy(step, state, starts, end=END, max_length=7)
    sequences, _ = beam_search(
        step, state, starts, end=END, max_length=7, width=1, power=power
    )
    assert torch.equal(sequences[:, 0], plain)
    for row in range(0, 50, 7):
        alone = select(state, torch.tensor([row]))
        tokens = greedy(step, alone, starts[:1], end=END, max_length=7)
        length = tokens.shape[1]
        assert torch.equal(plain[row, :length], tokens[0])
        assert (plain[row, length:] == END).all()


@pytest.mark.parametrize("power", [0.0, 0.7, 1.0])
def test_scores_are_what_score_gives(power):
    step, state = random_step(1, rows=9)
    starts = torch.full((9,), START)
    sequences, scores = beam_search(
        step, state, starts, end=END, max_length=6, width=3, power=power
    )
    assert (scores[:, :-1] >= scores[:, 1:]).all()
    for n in range(3):
        again = score(
            step, state, starts, sequences[:, n], end=END, power=power
        )
        torch.testing.assert_close(again, scores[:, n])


def test_a_wider_beam_is_rarely_worse_and_length_counts():
    step, state = random_step(2, rows=200)
    starts = torch.full((200,), START)
    best, lengths = {}, {}
    for width, power in [(1, 0.0), (8, 0.0), (8, 1.0)]:
        sequences, scores = beam_search(
            step,
            state,
            starts,
            end=END,
            max_length=8,
            width=width,
            power=power,
        )
        best[width, power] = scores[:, 0]
        lengths[width, power] = (sequences[:, 0] != END).sum().item()
    assert best[8, 0.0].mean() > best[1, 0.0].mean() + 0.1
    assert lengths[8, 1.0] > 1.2 * lengths[8, 0.0]


def test_state_may_be_nested():
    x = torch.randn(3, 2, 5)
    rows = torch.tensor([2, 2, 0])
    a, (b, c) = select((x, (x + 1, x)), rows)
    assert torch.equal(a, x[rows])
    assert torch.equal(b, x[rows] + 1)
    assert torch.equal(c, a)


def test_meta_tensors_are_searched_to_the_last_step():
    def step(tokens, state):
        return torch.randn(len(tokens), K, device="meta"), state

    state = torch.zeros(2, device="meta")
    starts = torch.full((2,), START, device="meta")
    sequences = greedy(step, state, starts, end=END, max_length=5)
    assert sequences.shape == (2, 5)
    sequences, scores = beam_search(
        step, state, starts, end=END, max_length=5, width=3
    )
    assert sequences.shape == (2, 3, 5)
    assert scores.shape == (2, 3)
