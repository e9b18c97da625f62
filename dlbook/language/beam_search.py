"""Search for a likely sequence, with any model that can do one step.

The first state is what `model.start(...)` returns. `step(tokens, state)`
takes the last tokens (B,) and the state after all that came before, and
returns logits (B, K) and the next state: a tensor, or tuples of tensors,
whose first axis is B.
"""

import torch
from torch import Tensor


def select(state, rows: Tensor):
    """The same state of chosen rows, in their order; rows may repeat."""
    if isinstance(state, tuple):
        return tuple(select(tensor, rows) for tensor in state)
    return state.index_select(0, rows)


def all_done(done: Tensor) -> bool:
    """Whether every sequence has ended; waits for the device to know it.

    Tensors on the meta device have no values: there, none ever ends.
    """
    return not done.is_meta and bool(done.all())


@torch.no_grad()
def greedy(
    step, state, starts: Tensor, *, end: int, max_length: int
) -> Tensor:
    """The likeliest token at each step: (B, T), T <= `max_length`.

    `starts` (B,) are the first tokens and are not returned. After the first
    `end` of a row comes only `end`.
    """
    tokens, sequences = starts, []
    done = torch.zeros_like(starts, dtype=torch.bool)
    for _ in range(max_length):
        logits, state = step(tokens, state)
        tokens = logits.argmax(dim=-1).masked_fill(done, end)
        sequences.append(tokens)
        done = done | (tokens == end)
        if all_done(done):
            break
    return torch.stack(sequences, dim=1)


@torch.no_grad()
def beam_search(
    step, state, starts, *, end: int, max_length: int, width: int, power=1.0
):
    """The best sequences that were found: tokens (B, width, T), scores.

    At each step every one of `width` sequences is continued with every
    token, and the best `width` of all are kept, best first. A score
    (B, width) is log p / T ** `power`, where T counts the tokens up to and
    with `end`; power 0 is the plain log-probability. Width 1 is `greedy`.
    """
    B, device = len(starts), starts.device
    tokens, sequences = starts[:, None], starts.new_empty(B, 1, 0)
    log_p = torch.zeros(B, 1, device=device)  # one sequence, still empty
    lengths = torch.zeros_like(tokens)
    done = torch.zeros_like(tokens, dtype=torch.bool)
    for _ in range(max_length):
        logits, state = step(tokens.flatten(), state)
        new, choices = best_tokens(logits, done.flatten(), end, width)
        totals = log_p[..., None] + new.unflatten(0, tokens.shape)
        lengths = lengths + ~done
        scores = (totals / lengths[..., None] ** power).flatten(1)
        scores, best = scores.topk(min(width, scores.shape[1]))
        parents = best // choices.shape[1]  # which sequence is continued
        first = torch.arange(B, device=device)[:, None] * tokens.shape[1]
        rows = first + parents  # of the parents, in a batch of all sequences
        tokens = choices.view(B, -1).gather(1, best)
        log_p = totals.view(B, -1).gather(1, best)
        lengths, done = lengths.gather(1, parents), done.gather(1, parents)
        done = done | (tokens == end)
        sequences = sequences.flatten(0, 1)[rows]  # (B, width, T)
        sequences = torch.cat([sequences, tokens[..., None]], dim=-1)
        if all_done(done):
            break
        state = select(state, rows.flatten())
    return sequences, scores


def best_tokens(logits, done, end: int, count: int):
    """The `count` likeliest tokens of each row and their log p, (B, count).

    A row that is done goes on with `end`, with certainty, and nothing else.
    """
    count = min(count, logits.shape[-1])
    log_p, tokens = logits.log_softmax(dim=-1).topk(count)
    log_p = log_p.masked_fill(done[:, None], -torch.inf)
    log_p[:, 0] = log_p[:, 0].masked_fill(done, 0.0)
    return log_p, tokens.masked_fill(done[:, None], end)


@torch.no_grad()
def score(
    step, state, starts: Tensor, sequences: Tensor, *, end: int,
    power: float = 1.0,
) -> Tensor:  # fmt: skip
    """The scores (B,) `beam_search` would give to sequences (B, T)."""
    tokens, log_p = starts, torch.zeros(len(starts), device=starts.device)
    done = torch.zeros_like(starts, dtype=torch.bool)
    lengths = torch.zeros_like(starts)
    for column in sequences.unbind(dim=1):
        logits, state = step(tokens, state)
        chosen = logits.log_softmax(dim=-1).gather(1, column[:, None])
        log_p = log_p + chosen.squeeze(1).masked_fill(done, 0.0)
        lengths = lengths + ~done
        done = done | (column == end)
        tokens = column
    return log_p / lengths**power
