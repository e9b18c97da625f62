"""Drawings of networks: arrows where weights are, regions, classes."""

import pytest
import torch

from dlbook.figures.networks import (
    plot_classes,
    plot_network,
    plot_regions,
)


def test_network_has_an_arrow_for_each_weight():
    figure = plot_network((4, 5, 2), names=["x", "h", "y"])
    (ax,) = figure.axes
    assert [len(line.get_xdata()) for line in ax.lines] == [4, 5, 2]
    texts = [text.get_text() for text in ax.texts]
    assert texts.count("") == 4 * 5 + 5 * 2
    assert [text for text in texts if text] == ["x", "h", "y"]


def test_regions_have_their_border_where_the_score_is_zero():
    points = torch.tensor([[-1.0, -2], [1, 2], [-1, 2], [1, -2]])
    labels = torch.tensor([0, 1, 0, 1])  # right of 0.25 is class 1
    (ax,) = plot_regions(lambda x: x[:, :1] - 0.25, points, labels).axes
    (regions,) = ax.collections
    left, right = regions.get_paths()
    assert left.vertices[:, 0].max() == pytest.approx(0.25, abs=0.01)
    assert right.vertices[:, 0].min() == pytest.approx(0.25, abs=0.01)
    assert right.vertices[:, 1].max() == pytest.approx(2.2, abs=0.01)
    zero, one = ax.lines
    assert zero.get_xdata().tolist() == [-1, -1]
    assert one.get_ydata().tolist() == [2, -2]


def test_classes_have_their_points_their_name_and_a_colour_of_their_own():
    points = torch.tensor([[0.0, 1], [2, 3], [4, 5]])
    labels = torch.tensor([1, 0, 1])
    (ax,) = plot_classes(points, labels, names=["boot", "bag"]).axes
    boot, bag = ax.lines
    assert boot.get_xydata().tolist() == [[2, 3]]
    assert bag.get_xydata().tolist() == [[0, 1], [4, 5]]
    assert boot.get_color() != bag.get_color()
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["boot", "bag"]
