"""GoogLeNet: Szegedy and others, 2014, Figures 2 and 3, Table 1."""

from functools import partial

import torch
from torch import nn

from dlbook.layers.convolution import conv_norm_activation

# A row of Table 1: the channels in the four branches of one Inception block.
TABLE = (
    (
        (64, (96, 128), (16, 32), 32),
        (128, (128, 192), (32, 96), 64),
    ),
    (
        (192, (96, 208), (16, 48), 64),
        (160, (112, 224), (24, 64), 64),
        (128, (128, 256), (24, 64), 64),
        (112, (144, 288), (32, 64), 64),
        (256, (160, 320), (32, 128), 128),
    ),
    (
        (256, (160, 320), (32, 128), 128),
        (384, (192, 384), (48, 128), 128),
    ),
)


# The epsilon is that of the published weights.
convolution = partial(
    conv_norm_activation, norm=partial(nn.BatchNorm2d, eps=0.001)
)


class Inception(nn.Module):
    """Maps (B, in_channels, H, W) to (B, out_channels, H, W), concatenated.

    Figure 2b: four branches read the same maps. `widths` is a row of Table 1,
    `large` the kernel size of the third branch.
    """

    def __init__(self, in_channels: int, widths, *, large: int = 5):
        super().__init__()
        a, (b, c), (d, e), f = widths
        branches = [
            convolution(in_channels, a, 1),
            nn.Sequential(
                convolution(in_channels, b, 1), convolution(b, c, 3)
            ),
            nn.Sequential(
                convolution(in_channels, d, 1), convolution(d, e, large)
            ),
            nn.Sequential(
                nn.MaxPool2d(3, stride=1, padding=1),
                convolution(in_channels, f, 1),
            ),
        ]
        self.branches = nn.ModuleList(branches)
        self.out_channels = a + c + e + f

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], dim=1)


class GoogLeNet(nn.Sequential):
    """Images (B, in_channels, H, W) to logits (B, num_classes).

    `table` has a tuple of rows for every stage; max pooling with stride 2
    stands before each, its kernel size is in `pool_sizes`. `stem` is kernel
    size and stride of the first convolution, then the stride of the max
    pooling after it; `large` is the kernel size of the third branch.
    Differs from the paper: batch norm after each convolution in place of
    response normalisation, and no auxiliary classifiers.
    Torchvision has large=3 and pool_sizes=(3, 3, 2), by an old mistake.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        in_channels: int = 3,
        *,
        widths=(64, 64, 192),
        table=TABLE,
        stem=(7, 2, 2),
        large: int = 5,
        pool_sizes=(3, 3, 3),
        dropout: float = 0.2,
    ):
        a, b, width = widths
        kernel_size, stride, pool_stride = stem
        layers = [
            convolution(in_channels, a, kernel_size, stride=stride),
            nn.MaxPool2d(3, stride=pool_stride, ceil_mode=True),
            convolution(a, b, 1),
            convolution(b, width, 3),
        ]
        for rows, size in zip(table, pool_sizes, strict=True):
            layers.append(nn.MaxPool2d(size, stride=2, ceil_mode=True))
            for row in rows:
                block = Inception(width, row, large=large)
                layers.append(block)
                width = block.out_channels
        super().__init__(
            *layers,
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Dropout(dropout),
            nn.Linear(width, num_classes),
        )
