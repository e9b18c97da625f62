"""Fully convolutional network: Long, Shelhamer and Darrell, 2015, Figure 3."""

from itertools import pairwise

from torch import nn

from dlbook.layers.convolution import conv_norm_activation
from dlbook.layers.transposed_convolution import bilinear_kernel


def upsampling(channels: int, factor: int) -> nn.ConvTranspose2d:
    """A transposed convolution that begins as bilinear interpolation."""
    layer = nn.ConvTranspose2d(
        channels, channels, 2 * factor, stride=factor,
        padding=factor // 2, bias=False,
    )  # fmt: skip
    layer.weight.data = bilinear_kernel(channels, factor)
    return layer


class FCN(nn.Module):
    """Images (B, in_channels, H, W) to logits (B, num_classes, H, W).

    Each stage halves height and width and gives `widths` channels; H and W
    are multiples of 2 ** len(widths). The last `scores` stages each score
    every position for every class. Scores are enlarged twofold and added to
    those of the stage before, then enlarged to the size of the images: with
    five stages, `scores` = 1, 2 and 3 are FCN-32s, -16s and -8s. Differs
    from the paper: small convolutions with batch norm in place of VGG.
    """

    def __init__(
        self, num_classes: int, in_channels: int = 3, *,
        widths=(64, 128, 256, 512, 512), scores: int = 3,
    ):  # fmt: skip
        super().__init__()
        channels = [in_channels, *widths]
        self.stages = nn.ModuleList(
            nn.Sequential(
                conv_norm_activation(before, width, 3),
                conv_norm_activation(width, width, 3),
                nn.MaxPool2d(2),
            )
            for before, width in pairwise(channels)
        )
        self.scores = nn.ModuleList(
            nn.Conv2d(width, num_classes, 1) for width in widths[-scores:]
        )
        self.upsample = nn.ModuleList(
            upsampling(num_classes, 2) for _ in range(scores - 1)
        )
        self.final = upsampling(num_classes, 2 ** (len(widths) - scores + 1))

    def forward(self, images):
        maps = []
        for stage in self.stages:
            maps.append(stage(maps[-1] if maps else images))
        total = self.scores[-1](maps[-1])
        for i, enlarge in enumerate(self.upsample, start=2):
            total = enlarge(total) + self.scores[-i](maps[-i])
        return self.final(total)
