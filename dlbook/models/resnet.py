"""Residual networks: He, Zhang, Ren and Sun, 2015, Figures 2, 3 and 5."""

from torch import nn


def convolution_norm(inputs: int, width: int, kernel: int, stride: int = 1):
    """Convolution and batch norm; the ReLU comes later, or not at all."""
    layer = nn.Conv2d(inputs, width, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(width))


def shortcut(inputs: int, width: int, stride: int) -> nn.Module:
    """The identity, or a 1 x 1 convolution where the shape changes."""
    if stride == 1 and inputs == width:
        return nn.Identity()
    return convolution_norm(inputs, width, 1, stride)


class BasicBlock(nn.Module):
    """Maps (B, inputs, H, W) to (B, width, H / stride, W / stride)."""

    expansion = 1

    def __init__(self, inputs: int, width: int, stride: int = 1):
        super().__init__()
        self.residual = nn.Sequential(
            convolution_norm(inputs, width, 3, stride),
            nn.ReLU(),
            convolution_norm(width, width, 3),
        )
        self.shortcut = shortcut(inputs, width, stride)

    def forward(self, x):
        return (self.residual(x) + self.shortcut(x)).relu()


class Bottleneck(nn.Module):
    """Maps (B, inputs, H, W) to (B, 4 width, H / stride, W / stride).

    Differs from the paper: the stride is in the 3 x 3 convolution and not in
    the first one, as in torchvision.
    """

    expansion = 4

    def __init__(self, inputs: int, width: int, stride: int = 1):
        super().__init__()
        self.residual = nn.Sequential(
            convolution_norm(inputs, width, 1),
            nn.ReLU(),
            convolution_norm(width, width, 3, stride),
            nn.ReLU(),
            convolution_norm(width, 4 * width, 1),
        )
        self.shortcut = shortcut(inputs, 4 * width, stride)

    def forward(self, x):
        return (self.residual(x) + self.shortcut(x)).relu()


class ResNet(nn.Sequential):
    """Images (B, in_channels, H, W) to logits (B, num_classes).

    A stage for each of `widths`, with the number of blocks that stands in
    `depths`; every stage but the first halves height and width. `stem` is
    kernel and stride of the first convolution, then the stride of the maximum
    after it. Depths (2, 2, 2, 2) are ResNet-18, (3, 4, 6, 3) ResNet-34, and
    with Bottleneck ResNet-50.
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
        (kernel, stride, pool), inputs = stem, widths[0]
        layers = [
            convolution_norm(in_channels, inputs, kernel, stride),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=pool, padding=1),
        ]
        for stage, depth in enumerate(depths):
            for number in range(depth):
                stride = 2 if stage > 0 and number == 0 else 1
                layers.append(block(inputs, widths[stage], stride))
                inputs = widths[stage] * block.expansion
        head = [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
        super().__init__(*layers, *head, nn.Linear(inputs, num_classes))
