"""A feed-forward network for one style: Johnson, Alahi and Fei-Fei, 2016."""

from functools import partial

from torch import nn

instance_norm = partial(nn.InstanceNorm2d, affine=True)


def convolution(in_channels, out_channels, kernel_size, *, norm, stride=1):
    """A convolution with mirrored borders, a normalisation and a ReLU."""
    conv = nn.Conv2d(
        in_channels,
        out_channels,
        kernel_size,
        stride,
        kernel_size // 2,
        padding_mode="reflect",
    )
    return nn.Sequential(conv, norm(out_channels), nn.ReLU())


class Residual(nn.Module):
    """Maps (B, channels, H, W) to the same shape; no ReLU after the sum."""

    def __init__(self, channels: int, *, norm):
        super().__init__()
        self.layers = nn.Sequential(
            convolution(channels, channels, 3, norm=norm),
            *convolution(channels, channels, 3, norm=norm)[:2],
        )

    def forward(self, x):
        return x + self.layers(x)


class FastStyle(nn.Sequential):
    """Images (B, 3, H, W) in 0..1 to images in 0..1, H and W multiples of 4.

    Differs from the paper: fewer channels and blocks, kernels of 5 where it
    has 9, instance normalisation (Ulyanov and others, 2016), and pixels
    repeated before a convolution where it has transposed convolutions.
    """

    def __init__(self, width: int = 16, depth: int = 3, *, norm=instance_norm):
        layer = partial(convolution, norm=norm)
        super().__init__(
            layer(3, width, 5),
            layer(width, 2 * width, 3, stride=2),
            layer(2 * width, 4 * width, 3, stride=2),
            *[Residual(4 * width, norm=norm) for _ in range(depth)],
            nn.Upsample(scale_factor=2),
            layer(4 * width, 2 * width, 3),
            nn.Upsample(scale_factor=2),
            layer(2 * width, width, 3),
            nn.Conv2d(width, 3, 5, padding=2, padding_mode="reflect"),
            nn.Sigmoid(),
        )
