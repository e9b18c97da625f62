"""Search for a likely sequence, over any model that can do one step.

`step(tokens, state)` takes the last tokens (N,) and the state after all that
came before, and returns logits (N, K) and the next state: a tensor, or tuples
of tensors, whose first axis is N.
"""

import torch
from torch import Tensor


def select(state, rows: Tensor):
    """The same state of chosen rows, in their order; rows may repeat."""
    if isinstance(state, tuple):
        return tuple(select(each, rows) for each in state)
    return state.index_select(0, rows)


@torch.no_grad()
def greedy(step, state, starts: Tensor, *, end: int, length: int) -> Tensor:
    """The likeliest token at each step: (N, T), T <= `length`.

    `starts` (N,) are the first tokens and are not returned. Behind the first
    `end` of a row is only `end`.
    """
    tokens, written = starts, []
    done = torch.zeros_like(starts, dtype=torch.bool)
    for _ in range(length):
        logits, state = step(tokens, state)
        tokens = logits.argmax(dim=-1).masked_fill(done, end)
        written.append(tokens)
        done |= tokens == end
        if done.all():
            break
    return torch.stack(written, dim=1)


@torch.no_grad()
def beam_search(
    step, state, starts: Tensor, *, end: int, length: int, width: int,
    power: float = 1.0,
):  # fmt: skip
    """The best sequences that were found: tokens (N, width, T), scores.

    At each step every one of `width` sequences is continued with every
    token, and the best `width` of all are kept, best first. A score
    (N, width) is log p / T ** `power`, where T counts the tokens up to and
    with `end`; power 0 is the plain log-probability. Width 1 is `greedy`.
    """
    N, device = len(starts), starts.device
    tokens, written = starts[:, None], starts.new_empty(N, 1, 0)
    log_p = torch.zeros(N, 1, device=device)  # one sequence, still empty
    sizes, done = torch.zeros_like(tokens), torch.zeros_like(tokens).bool()
    for _ in range(length):
        logits, state = step(tokens.flatten(), state)
        new, choices = best_tokens(logits, done.flatten(), end, width)
        totals = log_p[..., None] + new.unflatten(0, tokens.shape)
        sizes = sizes + ~done
        scores = (totals / sizes[..., None] ** power).flatten(1)
        scores, best = scores.topk(min(width, scores.shape[1]))
        parents = best // choices.shape[1]  # which sequence is continued
        rows = torch.arange(N, device=device)[:, None] * tokens.shape[1]
        tokens = choices.view(N, -1).gather(1, best)
        log_p = totals.view(N, -1).gather(1, best)
        sizes, done = sizes.gather(1, parents), done.gather(1, parents)
        done = done | (tokens == end)
        written = written.flatten(0, 1)[rows + parents]  # (N, width, T)
        written = torch.cat([written, tokens[..., None]], dim=-1)
        if done.all():
            break
        state = select(state, (rows + parents).flatten())
    return written, scores


def best_tokens(logits, done, end: int, count: int):
    """The `count` likeliest tokens of each row and their log p, (N, count).

    A row that is done goes on with `end`, with certainty, and nothing else.
    """
    count = min(count, logits.shape[-1])
    log_p, tokens = logits.log_softmax(dim=-1).topk(count)
    log_p[done] = -torch.inf
    log_p[:, 0] = log_p[:, 0].masked_fill(done, 0.0)
    return log_p, tokens.masked_fill(done[:, None], end)


@torch.no_grad()
def score(step, state, starts: Tensor, sequences: Tensor, *, end: int,
          power: float = 1.0) -> Tensor:  # fmt: skip
    """What `beam_search` would call given sequences (N, T): scores (N,)."""
    tokens, log_p = starts, torch.zeros(len(starts), device=starts.device)
    done = torch.zeros_like(starts, dtype=torch.bool)
    sizes = torch.zeros_like(starts)
    for column in sequences.unbind(dim=1):
        logits, state = step(tokens, state)
        chosen = logits.log_softmax(dim=-1).gather(1, column[:, None])
        log_p = log_p + chosen.squeeze(1).masked_fill(done, 0.0)
        sizes = sizes + ~done
        done = done | (column == end)
        tokens = column
    return log_p / sizes**power
