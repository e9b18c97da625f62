"""Causal Transformer language model: Radford et al., 2018, Figure 1."""

import torch
import torch.nn.functional as F
from torch import nn

from dlbook.layers.attention import causal_mask
from dlbook.layers.transformer_block import Block


class CausalTransformer(nn.Module):
    """Token numbers (B, T) to logits of each next token (B, T, K).

    Differs from the paper: pre-norm as in GPT-2, and fewer of everything.
    """

    def __init__(
        self, vocab: int, *, width: int, heads=4, blocks=2, longest=64,
        dropout=0.0,
    ):  # fmt: skip
        super().__init__()
        self.tokens = nn.Embedding(vocab, width)
        self.places = nn.Embedding(longest, width)
        self.blocks = nn.ModuleList(
            Block(width, heads, dropout=dropout) for _ in range(blocks)
        )
        self.norm = nn.LayerNorm(width)
        for table in (self.tokens, self.places):
            nn.init.normal_(table.weight, std=0.02)

    def embed(self, tokens, start=0):
        end = start + tokens.shape[1]
        places = torch.arange(start, end, device=tokens.device)
        return self.tokens(tokens) + self.places(places)

    def logits(self, x):
        return F.linear(self.norm(x), self.tokens.weight)

    def forward(self, tokens):
        mask = causal_mask(tokens.shape[1], device=tokens.device)
        x = self.embed(tokens)
        for block in self.blocks:
            x = block(x, mask)
        return self.logits(x)  # (B, T, K)


def empty_cache(model, rows: int):
    """Keys and values of `rows` texts before their first token: none."""
    weight = model.tokens.weight
    nothing = weight.new_zeros(rows, 0, weight.shape[1])
    return tuple(b.attention.project(nothing) for b in model.blocks)


def write_step(model, tokens, cache):
    """Last tokens (N,) and cache to logits (N, K) and a longer cache."""
    start, longer = cache[0][0].shape[2], []
    x = model.embed(tokens[:, None], start)  # (N, 1, D)
    for block, old in zip(model.blocks, cache, strict=True):
        x, new = block.step(x, old)
        longer.append(new)
    return model.logits(x)[:, 0], tuple(longer)
