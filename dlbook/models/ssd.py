"""A single-shot detector on several scales: Liu et al., 2016, Figure 2."""

from itertools import pairwise

import torch
from torch import nn

from dlbook.layers.convolution import conv_norm_activation
from dlbook.models.resnet import BasicBlock


def residual_stage(
    in_channels: int, out_channels: int, *, depth: int, stride: int = 2
):
    """`depth` residual blocks, the first of which has the stride."""
    blocks = [BasicBlock(in_channels, out_channels, stride=stride)]
    for _ in range(depth - 1):
        blocks.append(BasicBlock(out_channels, out_channels))
    return nn.Sequential(*blocks)


def residual_stem(in_channels: int, out_channels: int, *, depth: int):
    """Images (B, in_channels, H, W) to maps (B, out_channels, H / 4, W / 4).

    `depth` is the number of residual blocks.
    """
    half = out_channels // 2
    return nn.Sequential(
        conv_norm_activation(in_channels, half, 5, stride=2),
        conv_norm_activation(half, out_channels, 3, stride=2),
        residual_stage(out_channels, out_channels, depth=depth, stride=1),
    )


class Backbone(nn.Module):
    """Images (B, C, H, W) to feature maps with strides 8, 16, ...: a list.

    The stem, which has stride 4, is followed by a stage for each of `widths`
    after the first. Stage i returns maps (B, widths[i], H / s, W / s) of
    stride s.
    """

    def __init__(self, in_channels: int, widths, *, depth: int):
        super().__init__()
        self.stem = residual_stem(in_channels, widths[0], depth=depth)
        self.stages = nn.ModuleList()
        for before, width in pairwise(widths):
            self.stages.append(residual_stage(before, width, depth=depth))

    def forward(self, images):
        x, maps = self.stem(images), []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps


class SSD(nn.Module):
    """Images (B, C, H, W) to logits (B, N, 1 + K) and offsets (B, N, 4).

    At each position of each map of the backbone, a head predicts
    `num_anchors` times: background or one of the K classes, and four offsets.
    Differs from the paper: a small residual network in the place of VGG.
    """

    def __init__(
        self, num_classes: int, in_channels: int = 3, *,
        widths=(32, 64, 128), depth: int = 1, num_anchors: int = 6,
    ):  # fmt: skip
        super().__init__()
        self.backbone = Backbone(in_channels, widths, depth=depth)
        self.outputs = 1 + num_classes + 4  # of each anchor
        self.heads = nn.ModuleList()
        for width in widths[1:]:
            channels = num_anchors * self.outputs
            self.heads.append(nn.Conv2d(width, channels, 3, padding=1))

    def forward(self, images):
        outputs = []
        for x, head in zip(self.backbone(images), self.heads, strict=True):
            maps = head(x).permute(0, 2, 3, 1)  # channels last
            outputs.append(maps.reshape(len(x), -1, self.outputs))
        outputs = torch.cat(outputs, dim=1)  # (B, N, 1 + K + 4)
        return outputs[..., :-4], outputs[..., -4:]
