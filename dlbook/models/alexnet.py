"""AlexNet: Krizhevsky, Sutskever and Hinton, 2012, Figure 2."""

from torch import nn

from dlbook.layers.convolution import conv_norm_activation


def hidden_layer(in_features: int, out_features: int, dropout: float):
    """Dropout, a fully connected layer and its ReLU."""
    layer = nn.Linear(in_features, out_features)
    return nn.Sequential(nn.Dropout(dropout), layer, nn.ReLU())


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
        super().__init__(
            conv_norm_activation(
                in_channels,
                a,
                kernel_size,
                stride=stride,
                padding=padding,
                norm=norm,
            ),
            nn.MaxPool2d(3, stride=2),
            conv_norm_activation(a, b, 5, norm=norm),
            nn.MaxPool2d(3, stride=2),
            conv_norm_activation(b, c, 3, norm=norm),
            conv_norm_activation(c, d, 3, norm=norm),
            conv_norm_activation(d, e, 3, norm=norm),
            nn.MaxPool2d(3, stride=2),  # (B, e, grid, grid)
            nn.Flatten(),
            hidden_layer(e * grid * grid, hidden, dropout),
            hidden_layer(hidden, hidden, dropout),
            nn.Linear(hidden, num_classes),
        )
