"""Figures of metric learning: what is where, and in which colour."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex
from matplotlib.patches import Circle, Rectangle

from dlbook.figures.metric_learning import (
    plot_distances,
    plot_map,
    plot_pair,
    plot_roc,
    plot_sheet,
    plot_siamese,
    plot_triplet,
)
from dlbook.figures.palette import BLUE, ORANGE


def frames(ax):
    return {
        tuple(np.round(patch.get_center(), 6)): to_hex(patch.get_edgecolor())
        for patch in ax.patches
        if isinstance(patch, Rectangle)
    }


def test_a_sheet_has_its_pictures_in_order_and_frames_the_marked():
    images = torch.rand(2, 3, 4, 4)
    marks = [[-1, 1, 0], [1, -1, -1]]
    (ax,) = plot_sheet(images, ["first", "second"], marks=marks).axes
    shown = [np.asarray(image.get_array()) for image in ax.images]
    for image, expected in zip(shown, images.flatten(0, 1), strict=True):
        np.testing.assert_allclose(image, expected.double())
    middles = [np.mean(im.get_extent()[:2]) for im in ax.images]
    assert middles == pytest.approx([0, 1, 2, 0, 1, 2])
    wanted = {(1, 0): BLUE, (2, 0): ORANGE, (0, -1): BLUE}
    assert frames(ax) == {key: c.lower() for key, c in wanted.items()}
    names = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert names == {"first": 0, "second": -1}


def test_a_sheet_wants_a_name_for_each_row():
    with pytest.raises(ValueError, match="1 names for 2 rows"):
        plot_sheet(torch.rand(2, 3, 4, 4), ["first"])


def test_both_characters_go_through_one_network():
    figure = plot_siamese(torch.rand(4, 4), torch.rand(4, 4))
    (ax,) = figure.axes
    texts = [text.get_text().strip() for text in ax.texts]
    assert texts.count("network $f$") == texts.count("embedding") == 2
    assert "same weights" in texts
    assert len(ax.images) == 2


@pytest.mark.parametrize("margin", [0.0, 0.5])
def test_the_semi_hard_zone_is_a_ring_of_squared_distances(margin):
    (ax,) = plot_triplet(0.6, 1.1, margin=margin).axes
    radii = [p.get_radius() for p in ax.patches if isinstance(p, Circle)]
    assert radii == pytest.approx([(0.36 + margin) ** 0.5, 0.6])
    ends = [line.get_xydata()[-1] for line in ax.lines]
    lengths = sorted({round(float(np.hypot(*end)), 6) for end in ends})
    assert lengths == [0, 0.6, 1.1]


@pytest.mark.parametrize("same", [True, False])
def test_a_pair_is_a_point_beside_its_threshold(same):
    figure = plot_pair(
        torch.rand(4, 4), torch.rand(4, 4), 1.3, threshold=0.9, same=same
    )
    left, right = figure.axes
    assert len(left.images) == 2
    line, point = right.lines
    assert list(line.get_xdata()) == [0.9, 0.9]
    assert point.get_xdata() == [1.3]
    assert point.get_color() == (BLUE if same else ORANGE)
    places = {text.get_text(): text.get_position()[0] for text in right.texts}
    assert places["accepted"] < 0.9 < places["rejected"]


def test_two_histograms_and_their_threshold():
    same, different = torch.full((20,), 0.3), torch.full((30,), 1.5)
    (ax,) = plot_distances(same, different, threshold=0.8).axes
    starts = {}  # of the highest bar of each colour
    for bar in ax.patches:
        color = to_hex(bar.get_facecolor())
        if bar.get_height() > 0:
            starts[color] = bar.get_x()
    assert starts[BLUE.lower()] == pytest.approx(0.3, abs=0.04)
    assert starts[ORANGE.lower()] == pytest.approx(1.5, abs=0.04)
    assert list(ax.lines[0].get_xdata()) == [0.8, 0.8]


def test_roc_curves_cross_the_line_of_equal_errors():
    false, true = [0, 0.2, 1], [0, 0.8, 1]
    (ax,) = plot_roc({"network": (false, true)}).axes
    curve, line = ax.lines
    assert list(curve.get_ydata()) == true
    assert curve.get_label() == "network"
    x, y = line.get_xdata(), line.get_ydata()
    assert list(np.add(x, y)) == [1, 1]  # rejects = 1 - true accepts


def test_a_map_has_each_picture_at_its_point():
    positions = torch.tensor([[0.0, 0.0], [4.0, 1.0], [2.0, 3.0]])
    images = torch.rand(3, 4, 4)
    figure = plot_map(positions, images, [BLUE, ORANGE, BLUE], size=0.1)
    (ax,) = figure.axes
    for image, point in zip(ax.images, positions, strict=True):
        left, right, low, high = image.get_extent()
        assert ((left + right) / 2, (low + high) / 2) == pytest.approx(
            tuple(point.tolist())
        )
        assert right - left == pytest.approx(0.4)
    assert frames(ax)[4.0, 1.0] == ORANGE.lower()
    plt.close(figure)
