"""DenseNet: Huang, Liu, van der Maaten and Weinberger, 2016, Figures 1, 2."""

import torch
from torch import nn

from dlbook.layers.convolution import conv_norm_activation


def norm_activation_conv(
    in_channels: int, out_channels: int, kernel_size: int
) -> nn.Sequential:
    """Batch norm, ReLU, convolution: in DenseNet the convolution is last."""
    padding = kernel_size // 2
    return nn.Sequential(
        nn.BatchNorm2d(in_channels),
        nn.ReLU(),
        nn.Conv2d(
            in_channels, out_channels, kernel_size, padding=padding, bias=False
        ),
    )


class DenseLayer(nn.Module):
    """Maps (B, C, H, W) to (B, C + growth_rate, H, W), the old ones first.

    Section 3, "DenseNet-B": a 1 x 1 convolution comes before the 3 x 3.
    """

    def __init__(self, in_channels: int, growth_rate: int):
        super().__init__()
        self.new = nn.Sequential(
            norm_activation_conv(in_channels, 4 * growth_rate, 1),
            norm_activation_conv(4 * growth_rate, growth_rate, 3),
        )

    def forward(self, x):
        return torch.cat([x, self.new(x)], dim=1)


class DenseNet(nn.Sequential):
    """Images (B, in_channels, H, W) to logits (B, num_classes).

    Each layer of a dense block adds `growth_rate` maps to all that came
    before; between blocks, half of the maps and half of height and width
    remain. `stem` is kernel size and stride of the first convolution, which
    gives 2 growth_rate maps, then the stride of the max pooling after it.
    Depths (6, 12, 24, 16) are DenseNet-121.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        in_channels: int = 3,
        *,
        depths=(6, 12, 24, 16),
        growth_rate: int = 32,
        stem=(7, 2, 2),
    ):
        kernel_size, stride, pool_stride = stem
        width = 2 * growth_rate
        layers = [
            conv_norm_activation(
                in_channels, width, kernel_size, stride=stride
            ),
            nn.MaxPool2d(3, stride=pool_stride, padding=1),
        ]
        for number, depth in enumerate(depths):
            if number > 0:
                layers.append(norm_activation_conv(width, width // 2, 1))
                layers.append(nn.AvgPool2d(2))
                width //= 2
            for _ in range(depth):
                layers.append(DenseLayer(width, growth_rate))
                width += growth_rate
        super().__init__(
            *layers,
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(width, num_classes),
        )
