"""DenseNet: Huang, Liu, van der Maaten and Weinberger, 2016, Figures 1, 2."""

import torch
from torch import nn


def normal_convolution(inputs: int, width: int, kernel: int) -> nn.Sequential:
    """Batch norm, ReLU, convolution: in this order here."""
    return nn.Sequential(
        nn.BatchNorm2d(inputs),
        nn.ReLU(),
        nn.Conv2d(inputs, width, kernel, padding=kernel // 2, bias=False),
    )


class DenseLayer(nn.Module):
    """Maps (B, inputs, H, W) to (B, inputs + growth, H, W): old and new."""

    def __init__(self, inputs: int, growth: int):
        super().__init__()
        self.new = nn.Sequential(
            normal_convolution(inputs, 4 * growth, 1),
            normal_convolution(4 * growth, growth, 3),
        )

    def forward(self, x):
        return torch.cat([x, self.new(x)], dim=1)


class DenseNet(nn.Sequential):
    """Images (B, in_channels, H, W) to logits (B, num_classes).

    Each layer of a dense block adds `growth` maps to all that came before;
    between blocks, half of the maps and half of height and width remain.
    `stem` is kernel and stride of the first convolution, to 2 growth maps,
    then the stride of the maximum after it. Depths (6, 12, 24, 16) are
    DenseNet-121.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        in_channels: int = 3,
        *,
        depths=(6, 12, 24, 16),
        growth: int = 32,
        stem=(7, 2, 2),
    ):
        kernel, stride, pool = stem
        width = 2 * growth
        layers = [
            nn.Conv2d(
                in_channels, width, kernel, stride, kernel // 2, bias=False
            ),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=pool, padding=1),
        ]
        for number, depth in enumerate(depths):
            if number > 0:
                layers += [
                    normal_convolution(width, width // 2, 1),
                    nn.AvgPool2d(2),
                ]
                width //= 2
            for _ in range(depth):
                layers.append(DenseLayer(width, growth))
                width += growth
        head = [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
        super().__init__(
            *layers,
            nn.BatchNorm2d(width),
            nn.ReLU(),
            *head,
            nn.Linear(width, num_classes),
        )
