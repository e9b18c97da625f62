"""A detector on a grid of cells: Redmon & Farhadi, 2017, section 2."""

from torch import nn

from dlbook.models.ssd import Backbone


class YOLO(nn.Module):
    """Images (B, C, H, W) to predictions (B, S, S, A, 5 + K) of cells.

    Each of the S x S positions of the backbone's last map is a cell with A
    anchors. Each anchor predicts a logit of "there is an item", four offsets
    relative to the cell, and K logits of classes. Differs from the paper: a
    small residual network, without the connection that brings finer maps to
    the head.
    """

    def __init__(
        self, num_classes: int, in_channels: int = 3, *,
        widths=(32, 64, 128), depth: int = 1, num_anchors: int = 2,
    ):  # fmt: skip
        super().__init__()
        self.backbone = Backbone(in_channels, widths, depth=depth)
        self.outputs = 5 + num_classes  # of each anchor
        channels = num_anchors * self.outputs
        self.head = nn.Conv2d(widths[-1], channels, 3, padding=1)

    def forward(self, images):
        maps = self.head(self.backbone(images)[-1]).permute(0, 2, 3, 1)
        return maps.unflatten(3, (-1, self.outputs))
