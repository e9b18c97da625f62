"""Causal Transformer language model: Radford et al., 2018, Figure 1."""

import torch
import torch.nn.functional as F
from torch import nn

from dlbook.layers.attention import causal_mask
from dlbook.layers.transformer_block import Block


class CausalTransformer(nn.Module):
    """Token numbers (B, T) to logits of each next token (B, T, K).

    T is at most `max_length`. Differs from the paper: pre-norm as in GPT-2,
    and fewer of everything.
    """

    def __init__(
        self, vocab_size: int, *, width: int, heads=4, layers=2,
        dropout=0.0, max_length=64,
    ):  # fmt: skip
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, width)
        self.positions = nn.Embedding(max_length, width)
        self.blocks = nn.ModuleList(
            Block(width, heads, dropout=dropout) for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)
        for table in (self.embedding, self.positions):
            nn.init.normal_(table.weight, std=0.02)

    def embed(self, tokens, start: int = 0):
        """Tokens (B, T) at positions from `start` on: (B, T, D)."""
        end = start + tokens.shape[1]
        positions = torch.arange(start, end, device=tokens.device)
        return self.embedding(tokens) + self.positions(positions)

    def logits(self, x):
        return F.linear(self.norm(x), self.embedding.weight)

    def forward(self, tokens):
        mask = causal_mask(tokens.shape[1], device=tokens.device)
        x = self.embed(tokens)
        for block in self.blocks:
            x = block(x, mask)
        return self.logits(x)  # (B, T, K)

    def start(self, batch_size: int):
        """The state before the first token: an empty cache for each block."""
        weight = self.embedding.weight
        nothing = weight.new_zeros(batch_size, 0, weight.shape[1])
        return tuple(b.attention.project(nothing) for b in self.blocks)

    def step(self, tokens, caches):
        """Last tokens (B,) and caches to logits (B, K) and longer caches."""
        start = caches[0][0].shape[2]  # how many tokens came before
        x = self.embed(tokens[:, None], start)  # (B, 1, D)
        extended = []
        for block, cache in zip(self.blocks, caches, strict=True):
            x, cache = block.step(x, cache)
            extended.append(cache)
        return self.logits(x)[:, 0], tuple(extended)
