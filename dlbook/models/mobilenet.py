"""MobileNetV2: Sandler and others, 2018, Figure 4 and Table 2."""

from functools import partial

from torch import nn

from dlbook.layers.convolution import conv_norm_activation

# Rows of Table 2: expansion, output channels, number of blocks, stride of the
# first block.
TABLE = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)

convolution_relu6 = partial(conv_norm_activation, activation=nn.ReLU6)


class InvertedResidual(nn.Module):
    """Maps (B, in_channels, H, W) to (B, out_channels, H / s, W / s).

    Figure 4d, with stride s: a 1 x 1 convolution to `expansion` times the
    channels, a depthwise 3 x 3 convolution, a 1 x 1 convolution back. The
    narrow end has no ReLU.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        expansion: int,
        stride: int = 1,
    ):
        super().__init__()
        hidden, layers = in_channels * expansion, []
        if expansion > 1:
            layers.append(convolution_relu6(in_channels, hidden, 1))
        layers += [
            convolution_relu6(hidden, hidden, 3, stride=stride, groups=hidden),
            conv_norm_activation(hidden, out_channels, 1, activation=None),
        ]
        self.layers = nn.Sequential(*layers)
        self.has_shortcut = stride == 1 and in_channels == out_channels

    def forward(self, x):
        return x + self.layers(x) if self.has_shortcut else self.layers(x)


class MobileNetV2(nn.Sequential):
    """Images (B, in_channels, H, W) to logits (B, num_classes).

    `widths` are the channels after the first and after the last convolution,
    `table` lists the stages between them. `stride` is that of the first
    convolution.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        in_channels: int = 3,
        *,
        table=TABLE,
        widths=(32, 1280),
        stride: int = 2,
        dropout: float = 0.2,
    ):
        width, last = widths
        layers = [convolution_relu6(in_channels, width, 3, stride=stride)]
        for expansion, out_channels, depth, first_stride in table:
            for number in range(depth):
                block = InvertedResidual(
                    width,
                    out_channels,
                    expansion=expansion,
                    stride=first_stride if number == 0 else 1,
                )
                layers.append(block)
                width = out_channels
        super().__init__(
            *layers,
            convolution_relu6(width, last, 1),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Dropout(dropout),
            nn.Linear(last, num_classes),
        )
