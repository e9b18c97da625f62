"""AlexNet: Krizhevsky, Sutskever and Hinton, 2012, Figure 2."""

from functools import partial

from torch import nn

from dlbook.layers.convolution import conv_norm_activation


def classifier(
    in_features: int, hidden: int, num_classes: int, *, dropout: float
) -> nn.Sequential:
    """Features (B, in_features) to logits (B, num_classes): three layers."""
    return nn.Sequential(
        nn.Dropout(dropout),
        nn.Linear(in_features, hidden),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(hidden, hidden),
        nn.ReLU(),
        nn.Linear(hidden, num_classes),
    )


class AlexNet(nn.Sequential):
    """Images (B, in_channels, H, W) to logits (B, num_classes).

    `kernel_size`, `stride` and `padding` are those of the first convolution,
    `grid` is the height and width of the last maps; the paper has no `norm`.
    Differs from the paper: it is one network on one device, where the paper
    divides most layers between two, and there is no response normalisation.
    The default widths are those of Krizhevsky, 2014, which torchvision has as
    well; the figure has (96, 256, 384, 384, 256).
    """

    def __init__(
        self,
        num_classes: int = 1000,
        in_channels: int = 3,
        *,
        widths=(64, 192, 384, 256, 256),
        hidden: int = 4096,
        kernel_size: int = 11,
        stride: int = 4,
        padding: int = 2,
        grid: int = 6,
        dropout: float = 0.5,
        norm=None,
    ):
        a, b, c, d, e = widths
        conv = partial(conv_norm_activation, norm=norm)
        super().__init__(
            conv(in_channels, a, kernel_size, stride=stride, padding=padding),
            nn.MaxPool2d(3, stride=2),
            conv(a, b, 5),
            nn.MaxPool2d(3, stride=2),
            conv(b, c, 3),
            conv(c, d, 3),
            conv(d, e, 3),
            nn.MaxPool2d(3, stride=2),  # (B, e, grid, grid)
            nn.Flatten(),
            classifier(e * grid * grid, hidden, num_classes, dropout=dropout),
        )
