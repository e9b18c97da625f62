"""U-Net: Ronneberger, Fischer and Brox, 2015, Figure 1."""

from itertools import pairwise

import torch
from torch import nn

from dlbook.layers.convolution import conv_norm_activation


def double_conv(in_channels: int, out_channels: int) -> nn.Sequential:
    """Two 3 x 3 convolutions that keep the height and width of the maps."""
    return nn.Sequential(
        conv_norm_activation(in_channels, out_channels, 3),
        conv_norm_activation(out_channels, out_channels, 3),
    )


class Encoder(nn.Module):
    """Images (B, in_channels, H, W) to the maps of all levels, a list.

    Level i has widths[i] channels and the shape (H, W) / 2 ** i.
    """

    def __init__(self, in_channels: int, widths):
        super().__init__()
        self.levels = nn.ModuleList([double_conv(in_channels, widths[0])])
        for above, width in pairwise(widths):
            self.levels.append(
                nn.Sequential(nn.MaxPool2d(2), double_conv(above, width))
            )

    def forward(self, images):
        maps = [images]
        for level in self.levels:
            maps.append(level(maps[-1]))
        return maps[1:]


class UNet(nn.Module):
    """Images (B, in_channels, H, W) to logits (B, num_classes, H, W).

    H and W are multiples of 2 ** (len(widths) - 1). Differs from the paper:
    padding keeps the size of the maps, which are cropped there, and each
    3 x 3 convolution is followed by batch norm.
    """

    def __init__(
        self, num_classes: int, in_channels: int = 3, *,
        widths=(64, 128, 256, 512, 1024),
    ):  # fmt: skip
        super().__init__()
        self.encoder = Encoder(in_channels, widths)
        self.up, self.merge = nn.ModuleList(), nn.ModuleList()
        for below, width in pairwise(reversed(widths)):
            self.up.append(nn.ConvTranspose2d(below, width, 2, stride=2))
            self.merge.append(double_conv(2 * width, width))
        self.last = nn.Conv2d(widths[0], num_classes, 1)

    def forward(self, images):
        *maps, x = self.encoder(images)
        for up, merge in zip(self.up, self.merge, strict=True):
            x = merge(torch.cat([self.skip(maps.pop()), up(x)], dim=1))
        return self.last(x)

    def skip(self, maps):
        """What a level of the encoder hands to the decoder."""
        return maps


class UNetWithoutSkips(UNet):
    """The same layers and shapes, but the decoder receives zeros."""

    def skip(self, maps):
        return torch.zeros_like(maps)
