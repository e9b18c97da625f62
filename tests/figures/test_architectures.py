"""Drawings of blocks: words, skip connections, kernels, maps over images."""

import numpy as np
import pytest
import torch
from matplotlib.patches import FancyArrowPatch, Polygon
from matplotlib.text import Text

from dlbook.figures.architectures import (
    plot_class_maps,
    plot_columns,
    plot_depths,
    plot_depthwise,
    plot_inception,
)

ROWS = ["x: 8 channels", "3×3 conv, 8\nBN", "+", "ReLU"]


def words(ax):
    return [text.get_text() for text in ax.texts if text.get_text().strip()]


def arrows(ax):
    return [p for p in ax.patches if isinstance(p, FancyArrowPatch)]


def test_a_column_has_its_words_and_an_arrow_between_neighbours():
    left, right = plot_columns({"a": ROWS[:2], "b": ROWS}).axes
    assert words(left) == ROWS[:2] and words(right) == ROWS
    assert left.get_title(loc="center") == "a"
    assert len(arrows(left)) == 1
    assert len(arrows(right)) == 3 + 1  # the last one is the skip connection


@pytest.mark.parametrize("row", ["+", "concatenate:\n8 + 2"])
def test_a_skip_connection_leaves_the_first_row_and_ends_at_the_join(row):
    rows = [*ROWS[:2], row]
    (ax,) = plot_columns({"block": rows}).axes
    assert len(arrows(ax)) == 3
    first = ax.lines[0].get_xydata()
    assert first[0].tolist() == pytest.approx([0, 0], abs=0.05)
    corners = ax.lines[1].get_xydata()
    assert corners[0, 0] == corners[1, 0] and corners[1, 1] == -2


def test_every_word_of_a_column_is_inside_its_axes():
    figure = plot_columns({"a": ROWS, "b": ROWS + ROWS})
    figure.canvas.draw()
    for ax in figure.axes:
        frame = ax.get_window_extent()
        for text in ax.findobj(Text):
            if text in ax.texts and text.get_text().strip():
                box = text.get_window_extent()
                assert frame.y0 <= box.y0 and box.y1 <= frame.y1


def test_inception_has_four_branches_and_the_sum_of_their_channels():
    (ax,) = plot_inception(5, (2, (3, 4), (6, 7), 8)).axes
    texts = words(ax)
    assert texts[:2] == ["input: 5 channels", "concatenate: 21 channels"]
    assert sorted(texts[2:]) == sorted([
        "1×1 conv, 2", "1×1 conv, 3", "3×3 conv, 4", "1×1 conv, 6",
        "5×5 conv, 7", "3×3 max pooling", "1×1 conv, 8",
    ])  # fmt: skip
    assert len(arrows(ax)) == 2 + 3 + 3 + 3


def test_an_arrow_is_a_kernel():
    full, separable = plot_depthwise(2, 5).axes
    assert len(arrows(full)) == 2 * 5
    assert len(arrows(separable)) == 2 + 2 * 5
    volumes = [p for p in separable.patches if type(p) is Polygon]
    assert len(volumes) == 2 + 2 + 5
    assert full.get_title(loc="center") == "full: 10 kernels of 3×3"


def test_a_class_map_is_enlarged_and_lies_over_its_image():
    images, maps = torch.rand(3, 1, 8, 8), torch.zeros(3, 2, 2)
    maps[0, 1, 1] = 5  # below, right
    figure = plot_class_maps(images, maps, titles=["a", "b", "c"])
    upper, lower = figure.axes[0], figure.axes[3]
    assert len(upper.images) == 1 and len(lower.images) == 2
    assert np.array_equal(lower.images[0].get_array(), images[0, 0].numpy())
    drawn = lower.images[1].get_array()
    assert drawn.shape == (8, 8)
    assert drawn[7, 7] == drawn.max() and drawn[0, 0] == 0
    assert [ax.get_title(loc="center") for ax in figure.axes[:3]] == [
        "a", "b", "c",
    ]  # fmt: skip


def test_depths_show_means_and_seeds():
    errors = {"plain": {8: [0.1, 0.3], 20: [0.5, 0.7]}}
    (ax,) = plot_depths(errors, ylabel="error").axes
    mean, first, second = ax.lines
    assert mean.get_ydata() == pytest.approx([0.2, 0.6])
    assert list(first.get_xdata()) == [8, 8]
    assert list(second.get_ydata()) == [0.5, 0.7]
    assert ax.get_ylabel() == "error"
