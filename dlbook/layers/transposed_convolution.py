"""Transposed convolution: the gradient of a convolution as a layer."""

import torch


def conv_transpose2d(maps, weight, *, stride: int = 1, padding: int = 0):
    """Maps (B, C, H, W) and kernels (C, O, h, w) to maps (B, O, H', W').

    Every number of the input stamps its multiple of a kernel on the output,
    `stride` apart; stamps that overlap are added, and `padding` rows and
    columns are cut off at each border. H' = (H - 1) stride - 2 padding + h.
    (Dumoulin and Visin, 2016, section 4.)

    Raises:
        ValueError: the channels differ, or the padding leaves nothing.
    """
    B, C, H, W = maps.shape
    in_channels, out_channels, h, w = weight.shape
    if in_channels != C:
        raise ValueError(
            f"the maps have {C} channels and the kernels {in_channels}: "
            "kernels have the shape (in_channels, out_channels, h, w)"
        )
    rows, columns = (H - 1) * stride + h, (W - 1) * stride + w
    if 2 * padding >= min(rows, columns):
        raise ValueError(
            f"padding {padding} cuts all of {rows} x {columns} pixels off: "
            "take less"
        )
    output = maps.new_zeros(B, out_channels, rows, columns)
    for i in range(H):
        for j in range(W):
            stamp = torch.einsum("bc,cohw->bohw", maps[:, :, i, j], weight)
            top, left = i * stride, j * stride
            output[:, :, top : top + h, left : left + w] += stamp
    return output[:, :, padding : rows - padding, padding : columns - padding]


def bilinear_kernel(channels: int, factor: int):
    """Kernels (channels, channels, 2 f - f % 2, ...) that enlarge f times.

    As a transposed convolution of stride f, with the padding f // 2 (or
    (f - 1) // 2 where f is odd), they interpolate each channel bilinearly.
    (Long, Shelhamer and Darrell, 2015, section 3.3.)
    """
    size = 2 * factor - factor % 2
    centre = (size - 1) / 2
    line = 1 - (torch.arange(size) - centre).abs() / factor
    weight = torch.zeros(channels, channels, size, size)
    diagonal = torch.arange(channels)
    weight[diagonal, diagonal] = torch.outer(line, line)
    return weight
