"""Convolution by hand against torch, over random settings."""

import itertools
import random

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from dlbook.layers.convolution import (
    conv2d_by_loops,
    conv2d_by_matrix,
    conv_norm_activation,
    output_size,
    patches,
    receptive_field,
)


def torch_size(size, kernel_size, **settings):
    """Output length of torch's convolution."""
    image, weight = torch.zeros(1, 1, size), torch.zeros(1, 1, kernel_size)
    return F.conv1d(image, weight, **settings).shape[2]


def test_output_size_is_that_of_torch_over_thousands_of_settings():
    draw, refused = random.Random(0), 0
    for _ in range(5000):
        size, kernel_size = draw.randint(1, 40), draw.randint(1, 9)
        settings = {
            "stride": draw.randint(1, 6),
            "padding": draw.randint(0, 5),
            "dilation": draw.randint(1, 4),
        }
        try:
            expected = torch_size(size, kernel_size, **settings)
        except RuntimeError:
            refused += 1
            with pytest.raises(ValueError, match="does not fit"):
                output_size(size, kernel_size, **settings)
        else:
            assert output_size(size, kernel_size, **settings) == expected
    assert 100 < refused < 2500


def test_output_size_is_that_of_pooling():
    draw = random.Random(1)
    for _ in range(500):
        window, stride = draw.randint(1, 6), draw.randint(1, 6)
        padding, size = draw.randint(0, window // 2), draw.randint(6, 40)
        pooled = F.max_pool1d(torch.zeros(1, 1, size), window, stride, padding)
        expected = output_size(size, window, stride=stride, padding=padding)
        assert pooled.shape[2] == expected


def test_output_size_names_the_sizes_that_do_not_fit():
    with pytest.raises(ValueError, match=r"over 7 .* 4 \+ 2 \* 1"):
        output_size(4, 3, padding=1, dilation=3)


def random_layer(draw):
    """Images and kernels of all-different sizes, stride and padding."""
    B, C, out_channels, h, w = draw.sample(range(1, 7), 5)
    H, W = draw.sample(range(7, 14), 2)
    torch.manual_seed(draw.randint(0, 10**6))
    images = torch.randn(B, C, H, W, dtype=torch.float64)
    weight = torch.randn(out_channels, C, h, w, dtype=torch.float64)
    return images, weight, draw.randint(1, 4), draw.randint(0, 3)


@pytest.mark.parametrize("convolve", [conv2d_by_loops, conv2d_by_matrix])
@pytest.mark.parametrize("seed", range(25))
def test_convolution_by_hand_equals_torch(convolve, seed):
    images, weight, stride, padding = random_layer(random.Random(seed))
    ours = convolve(images, weight, stride=stride, padding=padding)
    theirs = F.conv2d(images, weight, stride=stride, padding=padding)
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("convolve", [conv2d_by_loops, conv2d_by_matrix])
def test_convolution_by_hand_has_torchs_gradients(convolve):
    images, weight, stride, padding = random_layer(random.Random(3))
    inputs = images.requires_grad_(), weight.requires_grad_()
    settings = {"stride": stride, "padding": padding}
    ours = torch.autograd.grad(convolve(*inputs, **settings).sum(), inputs)
    theirs = torch.autograd.grad(F.conv2d(*inputs, **settings).sum(), inputs)
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("seed", range(5))
def test_patches_are_the_windows(seed):
    images, weight, stride, _ = random_layer(random.Random(seed))
    h, w = weight.shape[2:]
    windows = patches(images, h, w, stride=stride)
    B, C, H, W = images.shape
    rows = output_size(H, h, stride=stride)
    columns = output_size(W, w, stride=stride)
    assert windows.shape == (B, C, rows, columns, h, w)
    for i, j in itertools.product(range(rows), range(columns)):
        top, left = i * stride, j * stride
        window = images[:, :, top : top + h, left : left + w]
        assert torch.equal(windows[:, :, i, j], window)


def field_by_gradient(layers):
    """Pixels of a long line on which one output depends."""
    size = 400
    stack = nn.Sequential(
        *[nn.Conv1d(1, 1, k, stride=s, bias=False) for k, s in layers]
    )
    for layer in stack:
        nn.init.ones_(layer.weight)
    line = torch.zeros(1, 1, size, requires_grad=True)
    output = stack(line)[0, 0]
    output[len(output) // 2].backward()
    seen = line.grad[0, 0].nonzero()
    return (seen.max() - seen.min() + 1).item()


@pytest.mark.parametrize("seed", range(30))
def test_receptive_field_is_where_the_gradient_is(seed):
    draw = random.Random(seed)
    kernels = [draw.randint(1, 6) for _ in range(draw.randint(1, 4))]
    layers = [(kernel, draw.randint(1, kernel)) for kernel in kernels]
    assert receptive_field(layers) == field_by_gradient(layers)


def test_receptive_fields_known_from_papers():
    assert receptive_field([]) == 1
    assert receptive_field(2 * [(3, 1)]) == 5  # VGG: two 3 x 3 are a 5 x 5
    lenet = [(5, 1), (2, 2), (5, 1), (2, 2), (5, 1)]
    assert receptive_field(lenet) == 32  # the input of LeNet-5


def test_conv_norm_activation_is_its_three_layers():
    torch.manual_seed(0)
    layer = conv_norm_activation(4, 6, 3, stride=2, groups=2)
    convolution, norm, activation = layer
    x = torch.randn(2, 4, 7, 9)
    maps = F.conv2d(x, convolution.weight, stride=2, padding=1, groups=2)
    mean = maps.mean(dim=(0, 2, 3), keepdim=True)
    variance = maps.var(dim=(0, 2, 3), keepdim=True, correction=0)
    wanted = ((maps - mean) / (variance + norm.eps).sqrt()).relu()
    torch.testing.assert_close(layer(x), wanted)
    assert convolution.bias is None and isinstance(activation, nn.ReLU)


def test_conv_norm_activation_has_a_bias_where_nothing_subtracts_it():
    (layer,) = conv_norm_activation(2, 3, 5, norm=None, activation=None)
    assert layer.bias.shape == (3,) and layer.padding == (2, 2)
    layer, activation = conv_norm_activation(
        2, 3, 11, stride=4, padding=2, norm=None, activation=nn.Tanh
    )
    assert isinstance(activation, nn.Tanh)
    assert (layer.kernel_size, layer.stride) == ((11, 11), (4, 4))
    assert layer.padding == (2, 2)
