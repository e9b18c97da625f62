"""Encoder-decoder Transformer: Vaswani et al., 2017, Figure 1."""

import math

import torch.nn.functional as F
from torch import nn

from dlbook.layers.attention import (
    MultiHeadAttention,
    causal_mask,
    padding_mask,
    positional_encoding,
)
from dlbook.layers.embedding import embedding
from dlbook.layers.transformer_block import Block, extend, feed_forward


class DecoderBlock(nn.Module):
    """A block that also attends to the encoder's memory (B, S, D)."""

    def __init__(self, width: int, heads: int, *, hidden=None, dropout=0.0):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = MultiHeadAttention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.cross_attention = MultiHeadAttention(width, heads)
        self.norm3 = nn.LayerNorm(width)
        self.feed_forward = feed_forward(width, hidden or 4 * width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask, memory, memory_mask):
        y = self.norm1(x)
        x = x + self.dropout(self.attention(y, y, mask))
        y = self.norm2(x)
        x = x + self.dropout(self.cross_attention(y, memory, memory_mask))
        return x + self.dropout(self.feed_forward(self.norm3(x)))

    def step(self, x, cache, memory, memory_mask):
        """The next position (B, 1, D); `memory` holds keys and values here.

        `cache` is that of `Block.step`.
        """
        y = self.norm1(x)
        cache = extend(cache, self.attention.project(y))
        x = x + self.attention.attend(y, *cache)
        y = self.norm2(x)
        x = x + self.cross_attention.attend(y, *memory, memory_mask)
        return x + self.feed_forward(self.norm3(x)), cache


class Transformer(nn.Module):
    """Sources (B, S) and targets so far (B, T) to logits (B, T, K).

    Token 0 is padding. Differs from the paper: pre-norm, and separate
    vocabularies.
    """

    def __init__(
        self, source_vocab: int, target_vocab: int, *, width=128, heads=4,
        layers=2, hidden=None, dropout=0.1, max_length=64,
    ):  # fmt: skip
        super().__init__()
        self.source_embedding = embedding(source_vocab, width)
        self.target_embedding = embedding(target_vocab, width)
        self.encoder = nn.ModuleList(
            Block(width, heads, hidden=hidden, dropout=dropout)
            for _ in range(layers)
        )
        self.encoder_norm = nn.LayerNorm(width)
        self.decoder = nn.ModuleList(
            DecoderBlock(width, heads, hidden=hidden, dropout=dropout)
            for _ in range(layers)
        )
        self.decoder_norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)
        positions = positional_encoding(max_length, width)
        self.register_buffer("positions", positions, persistent=False)

    def embed(self, table, tokens, start: int = 0):
        """Tokens (B, T) at positions from `start` on: (B, T, D)."""
        positions = self.positions[start : start + tokens.shape[1]]
        scale = math.sqrt(table.embedding_dim)
        return self.dropout(scale * table(tokens) + positions)

    def encode(self, sources):
        """The memory (B, S, D) of the sources, and its padding mask."""
        mask = padding_mask(sources)
        x = self.embed(self.source_embedding, sources)
        for block in self.encoder:
            x = block(x, mask)
        return self.encoder_norm(x), mask

    def outputs(self, sources, targets):
        """What the logits are computed from: (B, T, D)."""
        memory, memory_mask = self.encode(sources)
        mask = causal_mask(targets.shape[1], device=targets.device)
        x = self.embed(self.target_embedding, targets)
        for block in self.decoder:
            x = block(x, mask, memory, memory_mask)
        return self.decoder_norm(x)

    def logits(self, outputs):
        return F.linear(outputs, self.target_embedding.weight)

    def forward(self, sources, targets):
        return self.logits(self.outputs(sources, targets))

    def start(self, sources):
        """The state before the first token: empty caches, and the memory."""
        memory, mask = self.encode(sources)
        memories = tuple(
            block.cross_attention.project(memory) for block in self.decoder
        )
        caches = tuple((k[:, :, :0], v[:, :, :0]) for k, v in memories)
        return caches, memories, mask

    def step(self, tokens, state):
        """Last tokens (B,) and state to logits (B, K) and the next state."""
        caches, memories, mask = state
        start = caches[0][0].shape[2]  # how many tokens came before
        x = self.embed(self.target_embedding, tokens[:, None], start)
        extended = []
        for block, cache, memory in zip(
            self.decoder, caches, memories, strict=True
        ):
            x, cache = block.step(x, cache, memory, mask)
            extended.append(cache)
        logits = self.logits(self.decoder_norm(x))
        return logits[:, 0], (tuple(extended), memories, mask)
