"""VGG: Simonyan and Zisserman, 2014, Table 1, a network made of blocks."""

from torch import nn


def vgg_block(inputs: int, width: int, depth: int, norm) -> nn.Sequential:
    """`depth` convolutions of 3 x 3, then half the height and width."""
    layers = []
    for _ in range(depth):
        layers += [nn.Conv2d(inputs, width, 3, padding=1)]
        layers += [norm(width), nn.ReLU()]
        inputs = width
    return nn.Sequential(*layers, nn.MaxPool2d(2))


class VGG(nn.Sequential):
    """Images (B, in_channels, H, W) to logits (B, num_classes).

    One block for each of `widths`, with the number of convolutions that
    stands in `depths`; (1, 1, 2, 2, 2) is column A of the table, VGG-11, and
    (2, 2, 3, 3, 3) is column D, VGG-16. `grid` is the height and width of the
    last maps. The paper knows no `norm`; nn.BatchNorm2d gives what torchvision
    calls vgg11_bn. Differs from the paper: the head reads one size of image,
    where the paper tests with its weights as kernels, on larger ones.
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
        norm=nn.Identity,
    ):
        inputs = (in_channels, *widths)
        super().__init__(
            *map(vgg_block, inputs, widths, depths, len(widths) * [norm]),
            nn.Flatten(),
            nn.Linear(widths[-1] * grid * grid, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, num_classes),
        )
