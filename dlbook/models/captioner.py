"""Image captions with attention: Xu et al., 2015, Figure 1."""

import torch
from torch import nn

from dlbook.models.bahdanau import AttentionDecoder


def conv_block(in_channels: int, out_channels: int):
    """A 3 by 3 convolution and pooling: (B, C, H, W) to half the size."""
    convolution = nn.Conv2d(in_channels, out_channels, 3, padding=1)
    norm = nn.BatchNorm2d(out_channels)
    return nn.Sequential(convolution, norm, nn.ReLU(), nn.MaxPool2d(2))


class Captioner(nn.Module):
    """Images (B, C, size, size), captions so far (B, T): logits (B, T, K).

    Differs from the paper: a small CNN that is trained with the rest, and a
    learned vector for each position of its feature map.
    """

    def __init__(
        self, vocab_size: int, *, image_size=40, in_channels=1,
        widths=(16, 32, 64), width=64,
    ):  # fmt: skip
        super().__init__()
        channels, units = (in_channels, *widths), widths[-1]
        self.encoder = nn.Sequential(
            *(conv_block(*channels[i : i + 2]) for i in range(len(widths))),
            nn.Conv2d(units, units, 3, padding=1),
            nn.ReLU(),
        )
        count = (image_size // 2 ** len(widths)) ** 2  # of positions
        self.positions = nn.Parameter(0.02 * torch.randn(1, count, units))
        self.decoder = AttentionDecoder(vocab_size, width, units)

    def start(self, images):
        """The state before the first token: every position can be read."""
        memory = self.encoder(images).flatten(2).transpose(1, 2)
        memory = memory + self.positions  # (B, S, units)
        mask = torch.ones_like(memory[..., 0], dtype=torch.bool)
        return self.decoder.start(memory.mean(dim=1), memory, mask)

    def forward(self, images, tokens):
        outputs, _ = self.decoder(tokens, self.start(images))
        return self.decoder.logits(outputs)

    def step(self, tokens, state):
        return self.decoder.step(tokens, state)
