"""Network in network: Lin, Chen and Yan, 2013, Figure 2."""

from torch import nn

from dlbook.layers.convolution import conv_norm_activation


def nin_block(
    in_channels: int, widths, kernel_size: int, *, stride: int = 1, norm=None
):
    """A convolution, then 1 x 1 convolutions: a small network at each pixel.

    `widths` are the output channels of each. Maps (B, in_channels, H, W)
    become (B, widths[-1], H / stride, W / stride).
    """
    layers = []
    for width in widths:
        layers.append(
            conv_norm_activation(
                in_channels, width, kernel_size, stride=stride, norm=norm
            )
        )
        in_channels, kernel_size, stride = width, 1, 1
    return nn.Sequential(*layers)


class NiN(nn.Sequential):
    """Images (B, in_channels, H, W) to logits (B, num_classes).

    No fully connected layer: the last convolution has one map for each class,
    and its mean is the logit. `kernel_sizes` belong to the three blocks,
    `stride` to the first. The widths, and average pooling after the second
    block, are those of the definition for CIFAR-10 that the authors
    published with the paper, which has no `norm`. Differs from both: no ReLU
    after the last maps, so that a logit can be negative.
    """

    def __init__(
        self,
        num_classes: int = 10,
        in_channels: int = 3,
        *,
        widths=((192, 160, 96), (192, 192, 192), (192, 192)),
        kernel_sizes=(5, 5, 3),
        stride: int = 1,
        dropout: float = 0.5,
        norm=None,
    ):
        a, b, c = widths
        k, m, n = kernel_sizes
        super().__init__(
            nin_block(in_channels, a, k, stride=stride, norm=norm),
            nn.MaxPool2d(3, stride=2, padding=1),
            nn.Dropout(dropout),
            nin_block(a[-1], b, m, norm=norm),
            nn.AvgPool2d(3, stride=2, padding=1),
            nn.Dropout(dropout),
            nin_block(b[-1], c, n, norm=norm),
            nn.Conv2d(c[-1], num_classes, 1),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )
