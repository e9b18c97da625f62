"""Vision Transformer: Dosovitskiy et al., 2021, Figure 1."""

import torch
from torch import nn

from dlbook.layers.transformer_block import Block


class ViT(nn.Module):
    """Images (B, C, image_size, image_size) to logits (B, K).

    Differs from the paper: ReLU in the blocks, and fewer of everything.
    """

    def __init__(
        self, *, image_size=28, patch_size=7, in_channels=1, num_classes=10,
        width=64, heads=4, layers=3, hidden=None, dropout=0.0,
    ):  # fmt: skip
        super().__init__()
        self.patch_embedding = nn.Conv2d(
            in_channels, width, patch_size, stride=patch_size
        )
        count = (image_size // patch_size) ** 2
        self.class_token = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(0.02 * torch.randn(1, count + 1, width))
        self.blocks = nn.Sequential(
            *(
                Block(width, heads, hidden=hidden, dropout=dropout)
                for _ in range(layers)
            )
        )
        self.norm = nn.LayerNorm(width)
        self.output = nn.Linear(width, num_classes)

    def forward(self, images):
        x = self.patch_embedding(images).flatten(2).transpose(1, 2)
        class_token = self.class_token.expand(len(x), -1, -1)
        x = torch.cat([class_token, x], dim=1) + self.positions  # (B, T, D)
        x = self.norm(self.blocks(x))
        return self.output(x[:, 0])  # what the class token has gathered
