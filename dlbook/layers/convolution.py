"""What convolutions compute, how large it is, and how far it looks."""

import torch.nn.functional as F


def output_size(
    size: int,
    kernel: int,
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> int:
    """Number of places along one axis where a kernel lies on its input.

    Raises:
        ValueError: the kernel is longer than the padded input.
    """
    reach = dilation * (kernel - 1) + 1
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
    """images (B, C, H, W) under kernels (O, C, h, w): (B, O, H', W')."""
    images = F.pad(images, 4 * [padding])
    B, _, H, W = images.shape
    maps, _, h, w = weight.shape
    rows = output_size(H, h, stride=stride)
    columns = output_size(W, w, stride=stride)
    output = images.new_empty(B, maps, rows, columns)
    for o in range(maps):
        for i in range(rows):
            for j in range(columns):
                top, left = i * stride, j * stride
                window = images[:, :, top : top + h, left : left + w]
                output[:, o, i, j] = (window * weight[o]).sum(dim=(1, 2, 3))
    return output


def conv2d_by_matrix(images, weight, *, stride: int = 1, padding: int = 0):
    """The same as `conv2d_by_loops`, in one matrix product."""
    windows = patches(
        F.pad(images, 4 * [padding]), *weight.shape[2:], stride=stride
    )
    table = windows.permute(0, 2, 3, 1, 4, 5).flatten(3)  # (B, H', W', Chw)
    output = table @ weight.flatten(1).T  # (B, H', W', O)
    return output.permute(0, 3, 1, 2)


def receptive_field(layers) -> int:
    """Pixels along one axis that one output of a stack of layers sees.

    `layers` lists (kernel, stride), from the input to the output.
    """
    field = step = 1
    for kernel, stride in layers:
        field += (kernel - 1) * step
        step *= stride
    return field
