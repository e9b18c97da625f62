"""Attention: reading from many places at once, with weights that sum to 1.

A mask is True where reading is allowed and broadcasts to the weights
(..., T, S): T places read from S places.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def padding_mask(tokens: Tensor, pad: int = 0) -> Tensor:
    """Tokens (B, S) to a mask (B, 1, 1, S) for all heads and all readers."""
    return (tokens != pad)[:, None, None, :]


def causal_mask(length: int, *, device=None) -> Tensor:
    """A mask (T, T): place t may read from places 0 to t."""
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
    weights = scores.softmax(dim=-1)  # over the places that are read from
    return weights @ values, weights


class MultiHeadAttention(nn.Module):
    """Readers (B, T, D) read from a memory (B, S, D); outputs (B, T, D).

    Vaswani et al., 2017, Figure 2. `forward` uses PyTorch's fused attention,
    which does not give the weights; `weights` computes those.
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
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def project(self, memory):
        """Keys and values (B, h, S, d) of a memory (B, S, D)."""
        return self.split(self.to_keys(memory)), self.split(
            self.to_values(memory)
        )

    def read(self, x, keys, values, mask=None):
        """Outputs (B, T, D) of readers (B, T, D), given keys and values."""
        queries = self.split(self.to_queries(x))  # (B, h, T, d)
        heads = F.scaled_dot_product_attention(
            queries, keys, values, attn_mask=mask
        )
        return self.output(heads.transpose(1, 2).flatten(2))

    def forward(self, x, memory, mask=None):
        keys, values = self.project(memory)
        return self.read(x, keys, values, mask)

    def weights(self, x, memory, mask=None):
        """How much each head reads where: (B, h, T, S)."""
        queries = self.split(self.to_queries(x))
        keys, values = self.project(memory)
        return scaled_dot_product(queries, keys, values, mask)[1]


class AdditiveAttention(nn.Module):
    """A reader (B, D) reads from a memory (B, S, D): context, weights (B, S).

    Bahdanau et al., 2015, section A.1.2. `keys` are `to_key(memory)`: the
    same for every reader, so they are worked out once. `mask` is (B, S).
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


def sinusoids(length: int, width: int) -> Tensor:
    """Positions (T, D): waves, sine and cosine in turn, slower and slower.

    Vaswani et al., 2017, section 3.5.
    """
    places = torch.arange(length)[:, None]
    rates = 10_000 ** (-torch.arange(0, width, 2) / width)
    angles = places * rates  # (T, D / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)
