"""LeNet-5: LeCun, Bottou, Bengio and Haffner, 1998, Figure 2."""

from collections import OrderedDict

from torch import nn


class LeNet(nn.Sequential):
    """Images (B, in_channels, 28, 28) to logits (B, num_classes).

    `activation` and `pooling` are classes, called as activation() and
    pooling(2). Layers are named as in the figure. Differs from the paper: C1
    pads the 28 pixels to 32; pooling has no weights; C3 reads all maps of
    S2; tanh is not scaled; the output is linear, with no radial basis
    functions.
    """

    def __init__(
        self,
        num_classes: int = 10,
        in_channels: int = 1,
        *,
        activation=nn.Tanh,
        pooling=nn.AvgPool2d,
    ):
        layers = OrderedDict(
            c1=nn.Conv2d(in_channels, 6, kernel_size=5, padding=2),
            activation1=activation(),  # (B, 6, 28, 28)
            s2=pooling(2),  # (B, 6, 14, 14)
            c3=nn.Conv2d(6, 16, kernel_size=5),
            activation3=activation(),  # (B, 16, 10, 10)
            s4=pooling(2),  # (B, 16, 5, 5)
            c5=nn.Conv2d(16, 120, kernel_size=5),
            activation5=activation(),  # (B, 120, 1, 1)
            flatten=nn.Flatten(),  # (B, 120)
            f6=nn.Linear(120, 84),
            activation6=activation(),  # (B, 84)
            output=nn.Linear(84, num_classes),
        )
        super().__init__(layers)
