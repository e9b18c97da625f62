"""Vision Transformer: Dosovitskiy et al., 2021, Figure 1."""

import torch
from torch import nn

from dlbook.layers.transformer_block import Block


class ViT(nn.Module):
    """Images (B, C, size, size) to logits (B, K).

    Differs from the paper: ReLU in the blocks, and fewer of everything.
    """

    def __init__(
        self, *, size=28, patch=7, channels=1, width=64, heads=4, blocks=3,
        hidden=None, classes=10, dropout=0.0,
    ):  # fmt: skip
        super().__init__()
        self.patches = nn.Conv2d(channels, width, patch, stride=patch)
        count = (size // patch) ** 2
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.places = nn.Parameter(0.02 * torch.randn(1, count + 1, width))
        self.blocks = nn.Sequential(
            *(
                Block(width, heads, hidden=hidden, dropout=dropout)
                for _ in range(blocks)
            )
        )
        self.norm = nn.LayerNorm(width)
        self.output = nn.Linear(width, classes)

    def forward(self, images):
        x = self.patches(images).flatten(2).transpose(1, 2)  # (B, T, D)
        token = self.token.expand(len(x), -1, -1)
        x = torch.cat([token, x], dim=1) + self.places
        x = self.norm(self.blocks(x))
        return self.output(x[:, 0])  # what the extra token has gathered
