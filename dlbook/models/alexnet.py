"""AlexNet: Krizhevsky, Sutskever and Hinton, 2012, Figure 2."""

from torch import nn


def convolution_relu(inputs: int, width: int, shape, norm) -> nn.Sequential:
    """A convolution and its ReLU; `shape` is kernel, stride and padding."""
    layer = nn.Conv2d(inputs, width, *shape)
    return nn.Sequential(layer, norm(width), nn.ReLU())


def hidden_layer(inputs: int, outputs: int, dropout: float):
    """A fully connected layer behind dropout, and its ReLU."""
    layer = nn.Linear(inputs, outputs)
    return nn.Sequential(nn.Dropout(dropout), layer, nn.ReLU())


class AlexNet(nn.Sequential):
    """Images (B, in_channels, H, W) to logits (B, num_classes).

    `stem` is kernel, stride and padding of the first convolution, `grid` the
    height and width of the last maps; the paper knows no `norm`. Differs from
    the paper: all of it lies on one device, so that no layer is cut in
    halves, and there is no response normalisation. The default widths are
    those of Krizhevsky, 2014, which torchvision has as well; the figure has
    (96, 256, 384, 384, 256).
    """

    def __init__(
        self,
        num_classes: int = 1000,
        in_channels: int = 3,
        *,
        widths=(64, 192, 384, 256, 256),
        hidden: int = 4096,
        stem=(11, 4, 2),
        grid: int = 6,
        dropout: float = 0.5,
        norm=nn.Identity,
    ):
        a, b, c, d, e = widths
        super().__init__(
            convolution_relu(in_channels, a, stem, norm),
            nn.MaxPool2d(3, stride=2),
            convolution_relu(a, b, (5, 1, 2), norm),
            nn.MaxPool2d(3, stride=2),
            convolution_relu(b, c, (3, 1, 1), norm),
            convolution_relu(c, d, (3, 1, 1), norm),
            convolution_relu(d, e, (3, 1, 1), norm),
            nn.MaxPool2d(3, stride=2),  # (B, e, grid, grid)
            nn.Flatten(),
            hidden_layer(e * grid * grid, hidden, dropout),
            hidden_layer(hidden, hidden, dropout),
            nn.Linear(hidden, num_classes),
        )
