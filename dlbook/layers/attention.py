"""Attention: averages of many positions, with weights that sum to 1.

A mask is True where attention is allowed and broadcasts to the weights
(..., T, S): T queries attend to S positions.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def padding_mask(tokens: Tensor, pad: int = 0) -> Tensor:
    """Tokens (B, S) to a mask (B, 1, 1, S) for all heads and all queries."""
    return (tokens != pad)[:, None, None, :]


def causal_mask(length: int, *, device=None) -> Tensor:
    """A mask (T, T): position t attends to positions 0 to t."""
    ones = torch.ones(length, length, dtype=torch.bool, device=device)
    return ones.tril()


def scaled_dot_product(queries, keys, values, mask=None):
    """Outputs (..., T, d) and weights (..., T, S): equation (1) of the paper.

    Queries are (..., T, d), keys and values (..., S, d). (Vaswani et al.,
    2017.)
    """
    scores = queries @ keys.transpose(-2, -1) / math.sqrt(queries.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=-1)  # over the positions attended to
    return weights @ values, weights


class MultiHeadAttention(nn.Module):
    """x (B, T, D) attends to a memory (B, S, D); outputs (B, T, D).

    Vaswani et al., 2017, Figure 2. `forward` uses PyTorch's fused attention,
    which does not return the weights; `weights` computes those.
    """

    def __init__(self, width: int, heads: int):
        super().__init__()
        if width % heads:
            raise ValueError(f"width {width} is no multiple of {heads} heads")
        self.heads = heads
        self.to_queries = nn.Linear(width, width)
        self.to_keys = nn.Linear(width, width)
        self.to_values = nn.Linear(width, width)
        self.output = nn.Linear(width, width)

    def split(self, x):
        """(B, T, D) to (B, h, T, d): one slice of the width for each head."""
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def project(self, memory):
        """Keys and values (B, h, S, d) of a memory (B, S, D)."""
        keys = self.split(self.to_keys(memory))
        values = self.split(self.to_values(memory))
        return keys, values

    def attend(self, x, keys, values, mask=None):
        """Outputs (B, T, D) for x (B, T, D), given keys and values."""
        queries = self.split(self.to_queries(x))  # (B, h, T, d)
        heads = F.scaled_dot_product_attention(
            queries, keys, values, attn_mask=mask
        )
        return self.output(heads.transpose(1, 2).flatten(2))

    def forward(self, x, memory, mask=None):
        keys, values = self.project(memory)
        return self.attend(x, keys, values, mask)

    def weights(self, x, memory, mask=None):
        """The attention weights of each head: (B, h, T, S)."""
        queries = self.split(self.to_queries(x))
        keys, values = self.project(memory)
        return scaled_dot_product(queries, keys, values, mask)[1]


class AdditiveAttention(nn.Module):
    """A query (B, D) attends to a memory (B, S, D): context, weights (B, S).

    Bahdanau et al., 2015, section A.1.2. `keys` are `to_key(memory)`: the
    same for every query, so they are computed once. `mask` is (B, S).
    """

    def __init__(self, query: int, memory: int, hidden: int):
        super().__init__()
        self.to_query = nn.Linear(query, hidden, bias=False)
        self.to_key = nn.Linear(memory, hidden)
        self.score = nn.Linear(hidden, 1, bias=False)

    def forward(self, query, memory, keys, mask):
        hidden = torch.tanh(self.to_query(query)[:, None] + keys)
        scores = self.score(hidden).squeeze(-1)  # (B, S)
        weights = scores.masked_fill(~mask, -torch.inf).softmax(dim=-1)
        return (weights[:, None] @ memory).squeeze(1), weights


def positional_encoding(length: int, width: int) -> Tensor:
    """Encodings (T, D) of positions 0 to T - 1: sines and cosines in turn.

    Their frequencies fall from column to column. (Vaswani et al., 2017,
    section 3.5.)
    """
    positions = torch.arange(length)[:, None]
    frequencies = 10_000 ** (-torch.arange(0, width, 2) / width)
    angles = positions * frequencies  # (T, D / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)
