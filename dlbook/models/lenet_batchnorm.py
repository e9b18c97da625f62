"""LeNet with batch norm: LeCun, 1998; Ioffe and Szegedy, 2015, Section 4.1."""

from torch import nn


class LeNetBatchNorm(nn.Sequential):
    """Images (B, in_channels, 28, 28) to logits (B, num_classes).

    Differs from LeNet: batch norm after each layer with weights but the last,
    and no biases before it; ReLU in place of tanh, max pooling in place of
    average pooling.
    """

    def __init__(
        self,
        num_classes: int = 10,
        in_channels: int = 1,
        *,
        widths=(6, 16, 120, 84),
    ):
        a, b, c, d = widths
        super().__init__(
            nn.Conv2d(in_channels, a, 5, padding=2, bias=False),
            nn.BatchNorm2d(a),
            nn.ReLU(),
            nn.MaxPool2d(2),  # (B, a, 14, 14)
            nn.Conv2d(a, b, 5, bias=False),
            nn.BatchNorm2d(b),
            nn.ReLU(),
            nn.MaxPool2d(2),  # (B, b, 5, 5)
            nn.Flatten(),
            nn.Linear(b * 5 * 5, c, bias=False),
            nn.BatchNorm1d(c),
            nn.ReLU(),
            nn.Linear(c, d, bias=False),
            nn.BatchNorm1d(d),
            nn.ReLU(),
            nn.Linear(d, num_classes),
        )
