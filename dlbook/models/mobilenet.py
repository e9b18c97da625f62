"""MobileNetV2: Sandler and others, 2018, Figure 4 and Table 2."""

from torch import nn

# Rows of Table 2: expansion, width, number of blocks, stride of the first.
TABLE = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


def convolution_relu6(
    inputs: int, width: int, kernel: int, *, stride=1, groups=1
):
    """Convolution, batch norm, ReLU6; groups = inputs is depthwise."""
    layer = nn.Conv2d(
        inputs, width, kernel, stride, kernel // 2, groups=groups, bias=False
    )
    return nn.Sequential(layer, nn.BatchNorm2d(width), nn.ReLU6())


class InvertedResidual(nn.Module):
    """Maps (B, inputs, H, W) to (B, width, H / stride, W / stride).

    Wide inside and narrow outside: 1 x 1 to `expansion` times the maps, one
    3 x 3 kernel for each map, 1 x 1 back, and no ReLU on the narrow end.
    """

    def __init__(self, inputs: int, width: int, *, expansion: int, stride=1):
        super().__init__()
        inner = inputs * expansion
        layers = [convolution_relu6(inputs, inner, 1)] if expansion > 1 else []
        self.layers = nn.Sequential(
            *layers,
            convolution_relu6(inner, inner, 3, stride=stride, groups=inner),
            nn.Conv2d(inner, width, 1, bias=False),
            nn.BatchNorm2d(width),
        )
        self.has_shortcut = stride == 1 and inputs == width

    def forward(self, x):
        return x + self.layers(x) if self.has_shortcut else self.layers(x)


class MobileNetV2(nn.Sequential):
    """Images (B, in_channels, H, W) to logits (B, num_classes).

    `widths` are the maps after the first and after the last convolution,
    `table` lists the stages between them. `stride` is that of the first.
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
        inputs, last = widths
        layers = [convolution_relu6(in_channels, inputs, 3, stride=stride)]
        for expansion, width, depth, first in table:
            for number in range(depth):
                layers.append(
                    InvertedResidual(
                        inputs,
                        width,
                        expansion=expansion,
                        stride=first if number == 0 else 1,
                    )
                )
                inputs = width
        layers += [convolution_relu6(inputs, last, 1), nn.AdaptiveAvgPool2d(1)]
        head = [nn.Flatten(), nn.Dropout(dropout)]
        super().__init__(*layers, *head, nn.Linear(last, num_classes))
