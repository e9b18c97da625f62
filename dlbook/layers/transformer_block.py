"""Transformer block: attention, then two layers, each beside a shortcut.

Pre-norm as in Xiong et al., 2020, Figure 1b; post-norm as in Vaswani et al.,
2017, Figure 1 (left).
"""

import torch
from torch import nn

from dlbook.layers.attention import MultiHeadAttention


def feed_forward(width: int, hidden: int):
    """The same two layers at every position: (B, T, D) to (B, T, D)."""
    return nn.Sequential(
        nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, width)
    )


class Block(nn.Module):
    """(B, T, D) to (B, T, D), normalised before attention and feed-forward.

    The mask (..., T, T) is True where position t may attend to position s.
    `hidden` is the width between the two feed-forward layers, 4 D if not
    given.
    """

    def __init__(self, width: int, heads: int, *, hidden=None, dropout=0.0):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = MultiHeadAttention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.feed_forward = feed_forward(width, hidden or 4 * width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask=None):
        y = self.norm1(x)
        x = x + self.dropout(self.attention(y, y, mask))
        return x + self.dropout(self.feed_forward(self.norm2(x)))

    def step(self, x, cache):
        """The next position (B, 1, D), which attends to all before it.

        `cache` holds the keys and values (B, h, T, d) of those before, and
        is returned with one position more. For decoding: without dropout.
        """
        y = self.norm1(x)
        cache = extend(cache, self.attention.project(y))
        x = x + self.attention.attend(y, *cache)
        return x + self.feed_forward(self.norm2(x)), cache


class PostNormBlock(Block):
    """(B, T, D) to (B, T, D), normalised after each shortcut."""

    def forward(self, x, mask=None):
        x = self.norm1(x + self.dropout(self.attention(x, x, mask)))
        return self.norm2(x + self.dropout(self.feed_forward(x)))


def extend(cache, new):
    """Keys and values (B, h, T, d) with those of the next position, `new`."""
    keys, values = cache
    new_keys, new_values = new
    keys = torch.cat([keys, new_keys], dim=2)
    return keys, torch.cat([values, new_values], dim=2)
