"""A single-shot detector on several scales: Liu et al., 2016, Figure 2."""

from itertools import pairwise

import torch
from torch import nn

from dlbook.layers.convolution import conv_norm_activation
from dlbook.models.resnet import BasicBlock


def stage(inputs: int, width: int, *, depth: int, stride: int = 2):
    """`depth` residual blocks, the first of which has the stride."""
    more = (BasicBlock(width, width) for _ in range(depth - 1))
    return nn.Sequential(BasicBlock(inputs, width, stride=stride), *more)


def stem(in_channels: int, width: int, *, depth: int):
    """Maps (B, width, H / 4, W / 4) of images (B, in_channels, H, W)."""
    return nn.Sequential(
        conv_norm_activation(in_channels, width // 2, 5, stride=2),
        conv_norm_activation(width // 2, width, 3, stride=2),
        stage(width, width, depth=depth, stride=1),
    )


class SSD(nn.Module):
    """Images (B, C, H, W) to logits (B, N, 1 + K) and offsets (B, N, 4).

    The maps of the stages have strides 8, 16, ... A head, one convolution,
    says for each of `shapes` anchors at each place of its map: background or
    which of the K classes, and four offsets.
    Differs from the paper: a small residual network in the place of VGG, and
    as many scales as there are `widths` after the first, the stem's.
    """

    def __init__(
        self,
        num_classes: int,
        in_channels: int = 1,
        *,
        widths=(32, 64, 128),
        depth: int = 1,
        shapes: int = 6,
    ):
        super().__init__()
        self.numbers = 1 + num_classes + 4
        self.stem = stem(in_channels, widths[0], depth=depth)
        self.stages, self.heads = nn.ModuleList(), nn.ModuleList()
        for inputs, width in pairwise(widths):
            self.stages.append(stage(inputs, width, depth=depth))
            outputs = shapes * self.numbers
            self.heads.append(nn.Conv2d(width, outputs, 3, padding=1))

    def forward(self, images):
        x, said = self.stem(images), []
        for deeper, head in zip(self.stages, self.heads, strict=True):
            x = deeper(x)
            maps = head(x).permute(0, 2, 3, 1)  # (B, H, W, shapes * numbers)
            said.append(maps.reshape(len(x), -1, self.numbers))
        said = torch.cat(said, dim=1)  # (B, N, numbers)
        return said[..., :-4], said[..., -4:]
