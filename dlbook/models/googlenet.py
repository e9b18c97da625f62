"""GoogLeNet: Szegedy and others, 2014, Figures 2 and 3, Table 1."""

import torch
from torch import nn

# A row of Table 1: widths of the four branches of one Inception block.
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


def convolution(inputs: int, width: int, kernel: int, stride: int = 1):
    """Convolution, batch norm, ReLU; the size of the image is kept."""
    return nn.Sequential(
        nn.Conv2d(inputs, width, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(width, eps=0.001),
        nn.ReLU(),
    )


class Inception(nn.Module):
    """Maps (B, inputs, H, W) to the maps of four branches, side by side."""

    def __init__(self, inputs: int, widths, *, large: int = 5):
        super().__init__()
        a, (b, c), (d, e), f = widths
        self.branches = nn.ModuleList(
            [
                convolution(inputs, a, 1),
                nn.Sequential(convolution(inputs, b, 1), convolution(b, c, 3)),
                nn.Sequential(
                    convolution(inputs, d, 1), convolution(d, e, large)
                ),
                nn.Sequential(
                    nn.MaxPool2d(3, stride=1, padding=1),
                    convolution(inputs, f, 1),
                ),
            ]
        )
        self.width = a + c + e + f

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], dim=1)


class GoogLeNet(nn.Sequential):
    """Images (B, in_channels, H, W) to logits (B, num_classes).

    `table` has a tuple of rows for every stage; a maximum over `pools` pixels
    with stride 2 stands before each. `stem` is kernel and stride of the first
    convolution, then the stride of the maximum after it; `large` the kernel
    of the third branch. Differs from the paper: batch norm after each
    convolution for response normalisation, no side classifiers.
    Torchvision has large=3 and pools=(3, 3, 2), by an old mistake.
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
        pools=(3, 3, 3),
        dropout: float = 0.2,
    ):
        a, b, width = widths
        kernel, stride, pool = stem
        layers = [
            convolution(in_channels, a, kernel, stride),
            nn.MaxPool2d(3, stride=pool, ceil_mode=True),
            convolution(a, b, 1),
            convolution(b, width, 3),
        ]
        for rows, size in zip(table, pools, strict=True):
            layers.append(nn.MaxPool2d(size, stride=2, ceil_mode=True))
            for row in rows:
                layers.append(Inception(width, row, large=large))
                width = layers[-1].width
        head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout)]
        super().__init__(*layers, *head, nn.Linear(width, num_classes))
