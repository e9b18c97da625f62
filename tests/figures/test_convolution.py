import numpy as np
import pytest
import torch
import torch.nn.functional as F

from dlbook.figures.convolution import (
    plot_kernel,
    plot_maps,
    plot_positions,
    plot_volumes,
)
from dlbook.layers.convolution import output_size


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_plot_kernel_shows_input_numbers_and_output():
    image, kernel = torch.rand(7, 9), torch.tensor([[-1.0, 0, 1], [-2, 0, 2]])
    output = F.conv2d(image[None, None], kernel[None, None])[0, 0]
    left, middle, right = plot_kernel(image, kernel, output).axes
    assert np.array_equal(left.images[0].get_array(), image)
    assert texts(middle) == ["-1", "0", "1", "-2", "0", "2"]
    drawn = right.images[0]
    assert np.array_equal(drawn.get_array(), output)
    low, high = drawn.get_clim()
    assert low == -high  # zero is the middle grey


def test_plot_kernel_is_black_at_zero_if_the_kernel_blurs():
    image, kernel = torch.rand(5, 5), torch.ones(1, 1)
    figure = plot_kernel(image, kernel, image)
    assert figure.axes[2].images[0].get_clim()[0] == 0


@pytest.mark.parametrize("kernel_size", [1, 2, 3])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 2])
def test_plot_positions_colours_what_is_never_read(
    kernel_size, stride, padding
):
    size = 6
    figure = plot_positions(size, kernel_size, stride=stride, padding=padding)
    colors = figure.axes[0].images[0].get_array()
    orange = (colors[..., 0] > 0.8) & (colors[..., 2] < 0.2)
    image = torch.zeros(1, 1, size, size)
    padded = F.pad(image, 4 * [padding]).requires_grad_()
    weight = torch.ones(1, 1, kernel_size, kernel_size)
    F.conv2d(padded, weight, stride=stride).sum().backward()
    assert np.array_equal(orange, (padded.grad[0, 0] == 0).numpy())
    count = output_size(size, kernel_size, stride=stride, padding=padding)
    drawn = figure.axes[1].images[0].get_array()
    assert drawn.shape[:2] == (count, count)


def test_plot_volumes_names_every_shape():
    shapes = {"in": (1, 28, 28), "C1": (6, 14, 14), "out": (10,)}
    (ax,) = plot_volumes(shapes, labels={"C1": "5×5"}).axes
    assert {"in\n1×28×28", "C1\n6×14×14", "out\n10", "5×5"} <= {*texts(ax)}
    assert len(ax.patches) == 1 + 6 + 1


def test_plot_maps_lays_every_map_in_its_place():
    image, maps = torch.rand(8, 8), torch.rand(5, 3, 4)
    left, right = plot_maps(image, maps, columns=3).axes
    assert np.array_equal(left.images[0].get_array(), image)
    sheet = right.images[0].get_array()
    assert sheet.shape == (2 * 4 - 1, 3 * 5 - 1)
    for number, values in enumerate(maps):
        top, left = number // 3 * 4, number % 3 * 5
        assert np.array_equal(sheet[top : top + 3, left : left + 4], values)
    assert np.ma.getmaskarray(sheet).sum() == sheet.size - maps.numel()
    assert right.images[0].get_clim() == (-1, 1)


def test_plot_maps_puts_single_numbers_side_by_side():
    maps = torch.rand(6, 1, 1)
    figure = plot_maps(torch.rand(8, 8), maps, columns=3)
    sheet = figure.axes[1].images[0].get_array()
    assert np.array_equal(sheet, maps.reshape(2, 3))
