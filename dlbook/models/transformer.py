"""Encoder-decoder Transformer: Vaswani et al., 2017, Figure 1."""

import math

import torch.nn.functional as F
from torch import nn

from dlbook.layers.attention import (
    MultiHeadAttention,
    causal_mask,
    padding_mask,
    sinusoids,
)
from dlbook.layers.embedding import embedding
from dlbook.layers.transformer_block import Block, extended


class DecoderBlock(Block):
    """A block that also reads from the encoder's memory (B, S, D)."""

    def __init__(self, width: int, heads: int, *, hidden=None, dropout=0.0):
        super().__init__(width, heads, hidden=hidden, dropout=dropout)
        self.cross = MultiHeadAttention(width, heads)
        self.norm3 = nn.LayerNorm(width)

    def forward(self, x, mask, memory, memory_mask):
        y = self.norm1(x)
        x = x + self.dropout(self.attention(y, y, mask))
        y = self.norm3(x)
        x = x + self.dropout(self.cross(y, memory, memory_mask))
        return x + self.dropout(self.mlp(self.norm2(x)))

    def step(self, x, cache, memory, memory_mask):
        """The next place (N, 1, D); `memory` are keys and values here."""
        y = self.norm1(x)
        cache = extended(cache, self.attention.project(y))
        x = x + self.attention.read(y, *cache)
        x = x + self.cross.read(self.norm3(x), *memory, memory_mask)
        return x + self.mlp(self.norm2(x)), cache


class Transformer(nn.Module):
    """Sources (B, S) and targets so far (B, T) to logits (B, T, K).

    Token 0 is padding. Differs from the paper: pre-norm, and separate
    vocabularies.
    """

    def __init__(
        self, sources: int, targets: int, *, width=128, heads=4, blocks=2,
        hidden=None, dropout=0.1, longest=64,
    ):  # fmt: skip
        super().__init__()
        self.read = embedding(sources, width)
        self.write = embedding(targets, width)
        more = {"hidden": hidden, "dropout": dropout}
        self.encoder = nn.ModuleList(
            Block(width, heads, **more) for _ in range(blocks)
        )
        self.decoder = nn.ModuleList(
            DecoderBlock(width, heads, **more) for _ in range(blocks)
        )
        self.norm = nn.LayerNorm(width)  # of what the decoder reads from
        self.last = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)
        places = sinusoids(longest, width)
        self.register_buffer("places", places, persistent=False)

    def embed(self, table, tokens, start=0):
        places = self.places[start : start + tokens.shape[1]]
        scale = math.sqrt(table.embedding_dim)
        return self.dropout(scale * table(tokens) + places)  # (B, T, D)

    def remember(self, sources):
        mask, x = padding_mask(sources), self.embed(self.read, sources)
        for block in self.encoder:
            x = block(x, mask)
        return self.norm(x), mask

    def outputs(self, sources, targets):
        """What the logits are made of: (B, T, D)."""
        memory, memory_mask = self.remember(sources)
        mask = causal_mask(targets.shape[1], device=targets.device)
        x = self.embed(self.write, targets)
        for block in self.decoder:
            x = block(x, mask, memory, memory_mask)
        return self.last(x)

    def logits(self, outputs):
        return F.linear(outputs, self.write.weight)

    def forward(self, sources, targets):
        return self.logits(self.outputs(sources, targets))

    def encode(self, sources):
        """The state before the first word: an empty cache, and the memory."""
        memory, mask = self.remember(sources)
        fixed = tuple(b.cross.project(memory) for b in self.decoder)
        cache = tuple((k[:, :, :0], v[:, :, :0]) for k, v in fixed)
        return cache, fixed, mask

    def step(self, tokens, state):
        """Last tokens (N,) and state to logits (N, K) and the next state."""
        cache, fixed, mask = state
        x = self.embed(self.write, tokens[:, None], start=cache[0][0].shape[2])
        grown = []
        for block, old, memory in zip(self.decoder, cache, fixed, strict=True):
            x, new = block.step(x, old, memory, mask)
            grown.append(new)
        logits = self.logits(self.last(x))
        return logits[:, 0], (tuple(grown), fixed, mask)
