"""U-Net: Ronneberger, Fischer and Brox, 2015, Figure 1."""

from itertools import pairwise

import torch
from torch import nn

from dlbook.layers.convolution import conv_norm_activation


def double_conv(in_channels: int, out_channels: int) -> nn.Sequential:
    """Two 3 x 3 convolutions: the pair of blue arrows of the figure."""
    return nn.Sequential(
        conv_norm_activation(in_channels, out_channels, 3),
        conv_norm_activation(out_channels, out_channels, 3),
    )


class UNet(nn.Module):
    """Images (B, in_channels, H, W) to logits (B, num_classes, H, W).

    Each of `widths` is a level of the U with half the height and width of
    the one above; H and W are multiples of 2 ** (len(widths) - 1). Differs
    from the paper: padding keeps the size of the maps, which are cropped
    there, and every 3 x 3 convolution is followed by batch norm.
    """

    def __init__(
        self, num_classes: int, in_channels: int = 3, *,
        widths=(64, 128, 256, 512, 1024),
    ):  # fmt: skip
        super().__init__()
        self.first = double_conv(in_channels, widths[0])
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        self.merge = nn.ModuleList()
        for above, width in pairwise(widths):
            self.down.append(nn.MaxPool2d(2))
            self.down.append(double_conv(above, width))
        for width, above in pairwise(reversed(widths)):
            self.up.append(nn.ConvTranspose2d(width, above, 2, stride=2))
            self.merge.append(double_conv(2 * above, above))
        self.last = nn.Conv2d(widths[0], num_classes, 1)

    def forward(self, images):
        x, skips = self.first(images), []
        for pool, convolutions in zip(
            self.down[::2], self.down[1::2], strict=True
        ):
            skips.append(self.skip(x))
            x = convolutions(pool(x))
        for up, convolutions in zip(self.up, self.merge, strict=True):
            x = convolutions(torch.cat([skips.pop(), up(x)], dim=1))
        return self.last(x)

    def skip(self, x):
        """What a level of the left arm passes across to the right one."""
        return x


class UNetWithoutSkips(UNet):
    """The same layers and shapes, but the maps passed across are zeros."""

    def skip(self, x):
        return torch.zeros_like(x)
