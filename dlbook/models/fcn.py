"""Fully convolutional network: Long, Shelhamer and Darrell, 2015, Figure 3."""

from torch import nn

from dlbook.layers.transposed_convolution import bilinear_kernel
from dlbook.models.unet import Encoder


def upsampling(channels: int, factor: int) -> nn.ConvTranspose2d:
    """A transposed convolution that begins as bilinear interpolation."""
    layer = nn.ConvTranspose2d(
        channels, channels, 2 * factor, stride=factor,
        padding=factor // 2, bias=False,
    )  # fmt: skip
    layer.weight.data = bilinear_kernel(channels, factor)
    return layer


class FCN(nn.Module):
    """Images (B, in_channels, H, W) to logits (B, num_classes, H, W).

    The last `scores` levels of the encoder each score every position for
    every class. From the lowest level on, scores are enlarged twofold and
    added to those of the level above; the sum is enlarged to the size of the
    images. H and W are multiples of 2 ** (len(widths) - 1). Differs from the
    paper: a small encoder with batch norm in place of VGG.
    """

    def __init__(
        self, num_classes: int, in_channels: int = 3, *,
        widths=(64, 128, 256, 512, 512, 512), scores: int = 3,
    ):  # fmt: skip
        super().__init__()
        self.encoder = Encoder(in_channels, widths)
        self.scores = nn.ModuleList(
            nn.Conv2d(width, num_classes, 1) for width in widths[-scores:]
        )
        self.upsample = nn.ModuleList(
            upsampling(num_classes, 2) for _ in range(scores - 1)
        )
        self.final = upsampling(num_classes, 2 ** (len(widths) - scores))

    def forward(self, images):
        maps = self.encoder(images)
        total = self.scores[-1](maps[-1])
        for i, enlarge in enumerate(self.upsample, start=2):
            total = enlarge(total) + self.scores[-i](maps[-i])
        return self.final(total)
