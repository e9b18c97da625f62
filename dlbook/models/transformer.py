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


class PositionEmbedding(nn.Module):
    """Tokens (B, T) at positions from `start` on to vectors (B, T, D)."""

    def __init__(self, vocab_size, width, dropout, max_length):
        super().__init__()
        self.embedding = embedding(vocab_size, width)
        self.dropout = nn.Dropout(dropout)
        positions = positional_encoding(max_length, width)
        self.register_buffer("positions", positions, persistent=False)

    def forward(self, tokens, start: int = 0):
        positions = self.positions[start : start + tokens.shape[1]]
        scale = math.sqrt(self.embedding.embedding_dim)
        return self.dropout(scale * self.embedding(tokens) + positions)


class TransformerEncoder(nn.Module):
    """Sources (B, S) to the memory (B, S, D), and its padding mask."""

    def __init__(
        self, vocab_size: int, width: int, *, heads, layers, hidden, dropout,
        max_length,
    ):  # fmt: skip
        super().__init__()
        self.embed = PositionEmbedding(vocab_size, width, dropout, max_length)
        self.blocks = nn.ModuleList(
            Block(width, heads, hidden=hidden, dropout=dropout)
            for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)

    def forward(self, sources):
        mask = padding_mask(sources)
        x = self.embed(sources)
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x), mask


class TransformerDecoder(nn.Module):
    """Targets so far (B, T) and the encoder's memory to (B, T, D)."""

    def __init__(
        self, vocab_size: int, width: int, *, heads, layers, hidden, dropout,
        max_length,
    ):  # fmt: skip
        super().__init__()
        self.embed = PositionEmbedding(vocab_size, width, dropout, max_length)
        self.blocks = nn.ModuleList(
            DecoderBlock(width, heads, hidden=hidden, dropout=dropout)
            for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)

    def forward(self, targets, memory, memory_mask):
        mask = causal_mask(targets.shape[1], device=targets.device)
        x = self.embed(targets)
        for block in self.blocks:
            x = block(x, mask, memory, memory_mask)
        return self.norm(x)

    def step(self, tokens, caches, memories, memory_mask):
        """The next position: last tokens (B,) to (B, D), longer caches."""
        start = caches[0][0].shape[2]  # how many tokens came before
        x = self.embed(tokens[:, None], start)
        layers = zip(self.blocks, caches, memories, strict=True)
        extended = []
        for block, cache, memory in layers:
            x, cache = block.step(x, cache, memory, memory_mask)
            extended.append(cache)
        return self.norm(x)[:, 0], tuple(extended)


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
        sizes = {
            "heads": heads, "layers": layers, "hidden": hidden,
            "dropout": dropout, "max_length": max_length,
        }  # fmt: skip
        self.encoder = TransformerEncoder(source_vocab, width, **sizes)
        self.decoder = TransformerDecoder(target_vocab, width, **sizes)
        self.target_embedding = self.decoder.embed.embedding

    def outputs(self, sources, targets):
        """What the logits are computed from: (B, T, D)."""
        return self.decoder(targets, *self.encoder(sources))

    def logits(self, outputs):
        return F.linear(outputs, self.target_embedding.weight)

    def forward(self, sources, targets):
        return self.logits(self.outputs(sources, targets))

    def start(self, sources):
        """The state before the first token: empty caches, and the memory."""
        memory, mask = self.encoder(sources)
        blocks = self.decoder.blocks
        memories = [block.cross_attention.project(memory) for block in blocks]
        caches = tuple((k[:, :, :0], v[:, :, :0]) for k, v in memories)
        return caches, tuple(memories), mask

    def step(self, tokens, state):
        """Last tokens (B,) and state to logits (B, K) and the next state."""
        caches, memories, mask = state
        x, caches = self.decoder.step(tokens, caches, memories, mask)
        return self.logits(x), (caches, memories, mask)
