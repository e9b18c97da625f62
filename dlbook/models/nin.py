"""Network in network: Lin, Chen and Yan, 2013, Figure 2."""

from torch import nn


def nin_block(inputs: int, widths, kernel: int, *, norm, stride: int = 1):
    """A convolution, then a small network at each pixel: 1 x 1 layers."""
    layers = []
    for width in widths:
        layers += [nn.Conv2d(inputs, width, kernel, stride, kernel // 2)]
        layers += [norm(width), nn.ReLU()]
        inputs, kernel, stride = width, 1, 1
    return nn.Sequential(*layers)


class NiN(nn.Sequential):
    """Images (B, in_channels, H, W) to logits (B, num_classes).

    No fully connected layer: the last convolution has one map for each class,
    and its mean is the logit. `kernels` belong to the three blocks, `stride`
    to the first. The paper knows no `norm`. Differs from the paper: no ReLU
    over the last maps, so that a logit can be negative.
    """

    def __init__(
        self,
        num_classes: int = 10,
        in_channels: int = 3,
        *,
        widths=((192, 160, 96), (192, 192, 192), (192, 192)),
        kernels=(5, 5, 3),
        stride: int = 1,
        dropout: float = 0.5,
        norm=nn.Identity,
    ):
        a, b, c = widths
        super().__init__(
            nin_block(in_channels, a, kernels[0], norm=norm, stride=stride),
            nn.MaxPool2d(3, stride=2, padding=1),
            nn.Dropout(dropout),
            nin_block(a[-1], b, kernels[1], norm=norm),
            nn.AvgPool2d(3, stride=2, padding=1),
            nn.Dropout(dropout),
            nin_block(b[-1], c, kernels[2], norm=norm),
            nn.Conv2d(c[-1], num_classes, 1),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )
