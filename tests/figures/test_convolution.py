import numpy as np
import pytest
import torch
import torch.nn.functional as F

from dlbook.figures.convolution import (
    plot_channels,
    plot_kernel,
    plot_maps,
    plot_pooling,
    plot_volumes,
    plot_window,
)


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


def number(text):
    return float(text.replace("−", "-"))


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("dilation", [1, 2])
@pytest.mark.parametrize("position", [0, 3, 99])
def test_plot_window_multiplies_and_adds(stride, padding, dilation, position):
    torch.manual_seed(0)
    image = torch.randint(0, 10, (5, 7)).float()
    kernel = torch.randint(-3, 4, (3, 2)).float()
    settings = {"stride": stride, "padding": padding, "dilation": dilation}
    theirs = F.conv2d(image[None, None], kernel[None, None], **settings)
    values = theirs.flatten()
    last = min(position, len(values) - 1)
    figure = plot_window(image, kernel, position, **settings)
    shown = texts(figure.axes[0])
    count = len(values)
    assert [number(text) for text in shown[:count]] == values.tolist()
    *products, total = shown[count : count + 4]
    assert total == f"= {values[last]:g}".replace("-", "−")
    terms = " ".join(products).replace("(", "").replace(")", "").split()
    pairs = [term.split("·") for term in terms if term != "+"]
    assert [number(weight) for _, weight in pairs] == kernel.flatten().tolist()
    assert sum(number(x) * number(k) for x, k in pairs) == values[last]


def test_plot_window_colours_what_the_kernel_reads():
    image, kernel = torch.ones(3, 5), torch.ones(3, 3)
    figure = plot_window(image, kernel, 1, padding=1, dilation=2)
    blue = {patch.get_xy() for patch in figure.axes[0].patches}
    window = {(x, y) for x in (1, 3, 5) for y in (0, 2, 4)}
    assert blue == window | {(17 + 1.2, 1)}  # and the second output


def test_plot_window_says_if_the_kernel_does_not_fit():
    figure = plot_window(torch.ones(3, 5), torch.ones(3, 3), 0, dilation=2)
    assert "5 × 5 pixels do not fit" in texts(figure.axes[0])


def test_plot_channels_adds_the_maps_of_the_channels():
    torch.manual_seed(0)
    images = torch.randint(0, 9, (3, 3, 4))
    kernels = torch.randint(-2, 3, (3, 2, 2))
    total = F.conv2d(images[None].float(), kernels[None].float())[0, 0]
    shown = texts(plot_channels(images, kernels).axes[0])
    # the sum (2 × 3 numbers), three arrows without text, its name
    assert [number(text) for text in shown[-10:-4]] == total.flatten().tolist()
    assert shown[-4:] == ["", "", "", "sum"]


def test_plot_pooling_shows_maxima_and_means():
    torch.manual_seed(0)
    image = torch.randint(0, 9, (4, 6))
    shown = texts(plot_pooling(image, 2).axes[0])
    highest = F.max_pool2d(image[None].float(), 2).flatten().tolist()
    means = F.avg_pool2d(image[None].float(), 2).flatten().tolist()
    assert [number(text) for text in shown[24:30]] == highest
    assert shown[30] == "maximum" and shown[37] == "mean"
    assert [number(text) for text in shown[31:37]] == means


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
