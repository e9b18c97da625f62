"""Feature pyramids: Lin et al., 2017, Figure 3."""

import torch.nn.functional as F
from torch import nn


class FeaturePyramid(nn.Module):
    """Maps of a backbone, finest first, to as many maps with one width.

    Map i has the shape (B, in_channels[i], H / 2^i, W / 2^i); the returned
    one has `out_channels` instead. A 1 x 1 convolution gives each map the
    same width, the coarser result is upsampled and added, and a 3 x 3
    convolution smooths the sum.
    """

    def __init__(self, in_channels, out_channels: int):
        super().__init__()
        self.lateral, self.smooth = nn.ModuleList(), nn.ModuleList()
        for channels in in_channels:
            self.lateral.append(nn.Conv2d(channels, out_channels, 1))
            self.smooth.append(
                nn.Conv2d(out_channels, out_channels, 3, padding=1)
            )

    def forward(self, maps):
        sums = [self.lateral[-1](maps[-1])]  # the coarsest first
        for x, lateral in zip(maps[-2::-1], self.lateral[-2::-1], strict=True):
            coarser = F.interpolate(sums[-1], scale_factor=2)
            sums.append(lateral(x) + coarser)
        pairs = zip(sums[::-1], self.smooth, strict=True)
        return [smooth(x) for x, smooth in pairs]
