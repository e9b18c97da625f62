"""Transformer block: attention, then a perceptron, each beside a shortcut.

Pre-norm as in Xiong et al., 2020, Figure 1b; post-norm as in Vaswani et al.,
2017, Figure 1 (left).
"""

import torch
from torch import nn

from dlbook.layers.attention import MultiHeadAttention


def perceptron(width: int, hidden: int):
    """The same two layers for every place: (B, T, D) to (B, T, D)."""
    return nn.Sequential(
        nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, width)
    )


class Block(nn.Module):
    """(B, T, D) to (B, T, D), normalised before each part.

    The mask is True where place t may read from place s, (..., T, T).
    """

    def __init__(self, width: int, heads: int, *, hidden=None, dropout=0.0):
        super().__init__()
        self.attention = MultiHeadAttention(width, heads)
        self.mlp = perceptron(width, hidden or 4 * width)
        self.norm1 = nn.LayerNorm(width)
        self.norm2 = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask=None):
        y = self.norm1(x)
        x = x + self.dropout(self.attention(y, y, mask))
        return x + self.dropout(self.mlp(self.norm2(x)))

    def step(self, x, cache):
        """The next place (N, 1, D), which reads from all before it.

        `cache` holds the keys and values (N, h, T, d) of those before, and
        comes back with one place more. For writing: there is no dropout.
        """
        y = self.norm1(x)
        cache = extended(cache, self.attention.project(y))
        x = x + self.attention.read(y, *cache)
        return x + self.mlp(self.norm2(x)), cache


class PostNormBlock(Block):
    """(B, T, D) to (B, T, D), normalised after each shortcut."""

    def forward(self, x, mask=None):
        x = self.norm1(x + self.dropout(self.attention(x, x, mask)))
        return self.norm2(x + self.dropout(self.mlp(x)))


def extended(cache, new):
    """Keys and values with those of one more place behind them."""
    return tuple(
        torch.cat([old, one], dim=2)
        for old, one in zip(cache, new, strict=True)
    )
