"""What convolutions compute, how large it is, and how far it reaches."""

import torch.nn.functional as F
from torch import nn


def conv_norm_activation(
    in_channels: int,
    out_channels: int,
    kernel_size: int,
    *,
    stride: int = 1,
    padding: int | None = None,
    groups: int = 1,
    norm=nn.BatchNorm2d,
    activation=nn.ReLU,
) -> nn.Sequential:
    """A convolution, its normalisation and its activation, in this order.

    `norm` is called with the number of channels; `activation` is called
    without arguments. Each may be None. Normalisation subtracts the mean of
    every channel, and with it any bias, so the convolution has a bias only
    without `norm`. The default padding keeps height and width where the
    kernel is odd and the stride is 1.
    """
    if padding is None:
        padding = kernel_size // 2
    convolution = nn.Conv2d(
        in_channels,
        out_channels,
        kernel_size,
        stride,
        padding,
        groups=groups,
        bias=norm is None,
    )
    layers = [convolution]
    if norm is not None:
        layers.append(norm(out_channels))
    if activation is not None:
        layers.append(activation())
    return nn.Sequential(*layers)


def output_size(
    size: int,
    kernel_size: int,
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> int:
    """Number of positions of a kernel along one axis of its input.

    Raises:
        ValueError: the kernel is longer than the padded input.
    """
    reach = dilation * (kernel_size - 1) + 1
    free = size + 2 * padding - reach
    if free < 0:
        raise ValueError(
            f"a kernel that reaches over {reach} does not fit into {size} + "
            f"2 * {padding}: pad more, or take a smaller kernel"
        )
    return free // stride + 1


def patches(images, height: int, width: int, *, stride: int = 1):
    """All windows of images (B, C, H, W) as (B, C, H', W', height, width).

    Nothing is copied: the windows are views of the images.
    """
    rows = images.unfold(2, height, stride)  # (B, C, H', W, height)
    return rows.unfold(3, width, stride)


def conv2d_by_loops(images, weight, *, stride: int = 1, padding: int = 0):
    """Images (B, C, H, W) and kernels (O, C, h, w) to maps (B, O, H', W')."""
    images = F.pad(images, 4 * [padding])
    B, _, H, W = images.shape
    out_channels, _, h, w = weight.shape
    rows = output_size(H, h, stride=stride)
    columns = output_size(W, w, stride=stride)
    output = images.new_empty(B, out_channels, rows, columns)
    for o in range(out_channels):
        for i in range(rows):
            for j in range(columns):
                top, left = i * stride, j * stride
                window = images[:, :, top : top + h, left : left + w]
                output[:, o, i, j] = (window * weight[o]).sum(dim=(1, 2, 3))
    return output


def conv2d_by_matrix(images, weight, *, stride: int = 1, padding: int = 0):
    """The same as `conv2d_by_loops`, in one matrix product."""
    height, width = weight.shape[2:]
    images = F.pad(images, 4 * [padding])
    windows = patches(images, height, width, stride=stride)
    table = windows.permute(0, 2, 3, 1, 4, 5).flatten(3)  # (B, H', W', Chw)
    output = table @ weight.flatten(1).T  # (B, H', W', O)
    return output.permute(0, 3, 1, 2)


def receptive_field(layers) -> int:
    """Pixels along one axis on which one output of a stack depends.

    `layers` lists (kernel_size, stride), from the input to the output.
    """
    field = step = 1
    for kernel_size, stride in layers:
        field += (kernel_size - 1) * step
        step *= stride
    return field
