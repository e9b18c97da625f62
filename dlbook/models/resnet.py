"""Residual networks: He, Zhang, Ren and Sun, 2015, Figures 2, 3 and 5."""

from torch import nn

from dlbook.layers.convolution import conv_norm_activation


def shortcut(in_channels: int, out_channels: int, *, stride: int) -> nn.Module:
    """The identity, or a 1 x 1 convolution where the shape changes."""
    if stride == 1 and in_channels == out_channels:
        return nn.Identity()
    return conv_norm_activation(
        in_channels, out_channels, 1, stride=stride, activation=None
    )


class BasicBlock(nn.Module):
    """Maps (B, in_channels, H, W) to (B, out_channels, H / s, W / s).

    Figure 5, left, with stride s.
    """

    expansion = 1

    def __init__(self, in_channels: int, out_channels: int, *, stride=1):
        super().__init__()
        self.residual = nn.Sequential(
            conv_norm_activation(in_channels, out_channels, 3, stride=stride),
            conv_norm_activation(
                out_channels, out_channels, 3, activation=None
            ),
        )
        self.shortcut = shortcut(in_channels, out_channels, stride=stride)

    def forward(self, x):
        return (self.residual(x) + self.shortcut(x)).relu()


class Bottleneck(nn.Module):
    """Maps (B, in_channels, H, W) to (B, 4 width, H / s, W / s).

    Figure 5, right, with stride s. Differs from the paper: the stride is in
    the 3 x 3 convolution and not in the first one, as in torchvision.
    """

    expansion = 4  # output channels / width

    def __init__(self, in_channels: int, width: int, *, stride=1):
        super().__init__()
        self.residual = nn.Sequential(
            conv_norm_activation(in_channels, width, 1),
            conv_norm_activation(width, width, 3, stride=stride),
            conv_norm_activation(width, 4 * width, 1, activation=None),
        )
        self.shortcut = shortcut(in_channels, 4 * width, stride=stride)

    def forward(self, x):
        return (self.residual(x) + self.shortcut(x)).relu()


class ResNet(nn.Sequential):
    """Images (B, in_channels, H, W) to logits (B, num_classes).

    A stage for each of `widths`, with the number of blocks that stands in
    `depths`; every stage but the first halves height and width. `stem` is
    kernel size and stride of the first convolution, then the stride of the
    max pooling after it. Depths (2, 2, 2, 2) are ResNet-18, (3, 4, 6, 3)
    ResNet-34, and with Bottleneck ResNet-50.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        in_channels: int = 3,
        *,
        block=BasicBlock,
        depths=(2, 2, 2, 2),
        widths=(64, 128, 256, 512),
        stem=(7, 2, 2),
    ):
        kernel_size, stride, pool_stride = stem
        layers = [
            conv_norm_activation(
                in_channels, widths[0], kernel_size, stride=stride
            ),
            nn.MaxPool2d(3, stride=pool_stride, padding=1),
        ]
        in_channels = widths[0]
        for stage, depth in enumerate(depths):
            for number in range(depth):
                stride = 2 if stage > 0 and number == 0 else 1
                layers.append(block(in_channels, widths[stage], stride=stride))
                in_channels = widths[stage] * block.expansion
        super().__init__(
            *layers,
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(in_channels, num_classes),
        )
