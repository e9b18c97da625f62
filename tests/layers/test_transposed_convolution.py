"""Transposed convolution: PyTorch's, the gradient, bilinear interpolation."""

import pytest
import torch
import torch.nn.functional as F

from dlbook.layers.transposed_convolution import (
    bilinear_kernel,
    conv_transpose2d,
)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1, 2])
@pytest.mark.parametrize("kernel", [(3, 5), (4, 2), (6, 7)], ids=str)
def test_it_is_pytorchs(stride, padding, kernel):
    maps = torch.randn(2, 3, 5, 7).double()
    weight = torch.randn(3, 4, *kernel).double()
    theirs = F.conv_transpose2d(maps, weight, stride=stride, padding=padding)
    ours = conv_transpose2d(maps, weight, stride=stride, padding=padding)
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 2)])
def test_it_is_the_gradient_of_a_convolution(stride, padding):
    weight = torch.randn(3, 4, 5, 5).double()
    image = torch.randn(2, 4, 11, 14).double().requires_grad_()
    output = F.conv2d(image, weight, stride=stride, padding=padding)
    above = torch.randn_like(output)
    (output * above).sum().backward()
    ours = conv_transpose2d(above, weight, stride=stride, padding=padding)
    _, _, H, W = ours.shape  # a stride may leave the last rows out
    torch.testing.assert_close(ours, image.grad[:, :, :H, :W])


def test_channels_that_do_not_fit_and_too_much_padding_are_named():
    maps = torch.zeros(1, 3, 2, 2)
    with pytest.raises(ValueError, match="3 channels and the kernels 4"):
        conv_transpose2d(maps, torch.zeros(4, 3, 2, 2))
    with pytest.raises(ValueError, match="padding 2 cuts all of 4 x 4"):
        conv_transpose2d(maps, torch.zeros(3, 4, 2, 2), stride=2, padding=2)


@pytest.mark.parametrize("factor", [2, 3, 4, 5, 8])
def test_the_bilinear_kernel_interpolates(factor):
    maps = torch.randn(2, 3, 6, 5)
    kernel = bilinear_kernel(3, factor)
    padding = (2 * factor - factor % 2 - factor) // 2
    ours = conv_transpose2d(maps, kernel, stride=factor, padding=padding)
    theirs = F.interpolate(maps, scale_factor=factor, mode="bilinear")
    assert ours.shape == theirs.shape
    inner = slice(factor, -factor)
    torch.testing.assert_close(
        ours[..., inner, inner], theirs[..., inner, inner]
    )
    assert kernel.shape[2] == 2 * factor - factor % 2
