"""A network that turns a picture into a point on the unit sphere.

After FaceNet: Schroff, Kalenichenko and Philbin, 2015, Figure 2 (a deep
network, then L2 normalisation), with a small stack of convolutions in place
of its Inception network.
"""

import torch.nn.functional as F
from torch import nn

from dlbook.layers.convolution import conv_norm_activation


class EmbeddingNetwork(nn.Module):
    """Images (B, 1, 32, 32) to embeddings (B, features) of length 1.

    Six convolutions of 3 x 3, each with batch normalisation and ReLU, halve
    the maps three times. `width` is the number of channels of the first; it
    doubles twice. One linear layer reads the last maps, 4 x 4.
    """

    def __init__(self, features: int = 128, *, width: int = 24):
        super().__init__()
        layers, in_channels = [], 1
        for channels in (width, 2 * width, 4 * width):
            layers += [
                conv_norm_activation(in_channels, channels, 3),
                conv_norm_activation(channels, channels, 3, stride=2),
            ]
            in_channels = channels
        self.convolutions = nn.Sequential(*layers)
        self.linear = nn.Linear(4 * 4 * in_channels, features, bias=False)
        self.norm = nn.BatchNorm1d(features)

    def forward(self, images):
        maps = self.convolutions(images)  # (B, 4 * width, 4, 4)
        points = self.norm(self.linear(maps.flatten(1)))
        return F.normalize(points.float(), dim=1)
