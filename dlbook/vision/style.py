"""Neural style transfer: Gatys, Ecker and Bethge, 2016.

Losses have one value for each picture of a batch, so that many pictures can
be optimised side by side.
"""

import torch
from torch import nn

from dlbook.data.weights import IMAGENET_MEAN, IMAGENET_STD


class FeatureMaps(nn.Module):
    """Maps images (B, 3, H, W) in 0..1 to {layer: maps (B, C, h, w)}.

    `network` is an `nn.Sequential`; it is frozen, put into evaluation mode,
    and cut after the last layer of `layers`. `mean` and `std` are those of
    the pixels that it was trained on.
    """

    def __init__(
        self, network, layers, *, mean=IMAGENET_MEAN, std=IMAGENET_STD
    ):
        super().__init__()
        self.layers = sorted(set(layers))
        if not 0 <= self.layers[0] <= self.layers[-1] < len(network):
            raise ValueError(
                f"the network has the layers 0 to {len(network) - 1}: choose "
                f"from these, not {self.layers}"
            )
        kept = list(network)[: self.layers[-1] + 1]
        self.network = nn.Sequential(*kept)
        self.network.eval().requires_grad_(False)
        self.register_buffer("mean", torch.tensor(mean)[:, None, None])
        self.register_buffer("std", torch.tensor(std)[:, None, None])

    def forward(self, images):
        if not images.is_floating_point():
            raise ValueError(
                f"pixels are {images.dtype}: give floats in 0..1, as from "
                "images / 255"
            )
        maps, x = {}, (images - self.mean) / self.std
        for number, layer in enumerate(self.network):
            x = layer(x)
            if number in self.layers:
                maps[number] = x
        return maps


def gram_matrix(maps):
    """Feature maps (B, C, H, W) to the mean products of channels (B, C, C).

    Equation (3) of Gatys and others, divided by the number of positions.
    """
    rows = maps.flatten(2)  # (B, C, positions)
    return rows @ rows.transpose(1, 2) / rows.shape[2]


def relative_error(values, target):
    """Squared error over the squared size of the target, (B, ...) -> (B,).

    0 where both are equal, 1 where `values` are zero.
    """
    error = (values - target).square().flatten(1).mean(dim=1)
    return error / target.square().flatten(1).mean(dim=1)


def style_loss(maps: dict, grams: dict):
    """Mean over layers of the relative error of the Gram matrices, (B,).

    `grams` are those of the style picture, {layer: (1 or B, C, C)}.
    """
    errors = [
        relative_error(gram_matrix(maps[layer]), gram)
        for layer, gram in grams.items()
    ]
    return torch.stack(errors).mean(dim=0)


def total_variation(images):
    """Mean absolute difference of neighbours, down plus across, (B,)."""
    down = images.diff(dim=2).abs().flatten(1).mean(dim=1)
    across = images.diff(dim=3).abs().flatten(1).mean(dim=1)
    return down + across
