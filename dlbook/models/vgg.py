"""VGG: Simonyan and Zisserman, 2014, Table 1, a network made of blocks."""

from torch import nn

from dlbook.layers.convolution import conv_norm_activation


def vgg_block(in_channels: int, out_channels: int, depth: int, *, norm=None):
    """Maps (B, in_channels, H, W) to (B, out_channels, H / 2, W / 2).

    `depth` convolutions of 3 x 3, then max pooling.
    """
    layers = []
    for _ in range(depth):
        layers.append(
            conv_norm_activation(in_channels, out_channels, 3, norm=norm)
        )
        in_channels = out_channels
    return nn.Sequential(*layers, nn.MaxPool2d(2))


class VGG(nn.Sequential):
    """Images (B, in_channels, H, W) to logits (B, num_classes).

    One block for each of `widths`, with the number of convolutions that
    stands in `depths`; (1, 1, 2, 2, 2) is column A of the table, VGG-11, and
    (2, 2, 3, 3, 3) is column D, VGG-16. `grid` is the height and width of the
    last maps. The paper has no `norm`; with nn.BatchNorm2d the network
    computes what torchvision's vgg11_bn computes, without the biases which
    that one has before each batch norm and which have no effect.
    Differs from the paper: the head reads one size of image, where the paper
    applies its weights as convolutions to larger ones when it tests.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        in_channels: int = 3,
        *,
        depths=(1, 1, 2, 2, 2),
        widths=(64, 128, 256, 512, 512),
        hidden: int = 4096,
        grid: int = 7,
        dropout: float = 0.5,
        norm=None,
    ):
        blocks = []
        for depth, width in zip(depths, widths, strict=True):
            blocks.append(vgg_block(in_channels, width, depth, norm=norm))
            in_channels = width
        super().__init__(
            *blocks,
            nn.Flatten(),
            nn.Linear(in_channels * grid * grid, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, num_classes),
        )
