"""Style transfer on a device: losses and feature maps of small pictures."""

import torch
from torch import nn

from dlbook.vision import style


def stylised(device):
    """Feature maps, Gram matrices, and the losses of two pictures."""
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 5, 2))
    extractor = style.FeatureMaps(network, (0, 2)).to(device)
    images = torch.rand(2, 3, 6, 7).to(device)
    maps = extractor(images)
    grams = {k: style.gram_matrix(v[:1]) for k, v in maps.items()}
    return (
        *maps.values(),
        *grams.values(),
        style.style_loss(maps, grams),
        style.relative_error(maps[2], maps[2].flip(0)),
        style.total_variation(images),
    )
