"""Arrows touch outlines, volumes grow with maps, all of it is on the axes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch

from dlbook.figures.diagram import (
    arrow,
    box,
    centre,
    draw_volumes,
    finish,
    plot_volumes,
    volume,
)

STAGES = [("", 1, 28), ("5×5", 6, 24), ("max pool", 6, 12), ("linear", 10, 1)]


@pytest.fixture
def ax():
    _, ax = plt.subplots(figsize=(6, 3))
    ax.set(xlim=(-1, 6), ylim=(-2, 2))
    return ax


def extent(ax, artist):
    return artist.get_window_extent().transformed(ax.transData.inverted())


def outlines(ax):
    """The points of every arrow, line and head, in data coordinates."""
    ax.figure.canvas.draw()
    paths = [
        patch.get_path()
        for patch in ax.patches
        if isinstance(patch, FancyArrowPatch)
    ]
    return [path.vertices[path.codes != path.CLOSEPOLY] for path in paths]


def test_an_arrow_runs_from_outline_to_outline(ax):
    left, right = box(ax, 0, 0, "input"), box(ax, 4, 0, "output")
    arrow(ax, left, right)
    (points,) = outlines(ax)
    assert points[:, 0].min() == pytest.approx(extent(ax, left).x1, abs=0.1)
    assert points[:, 0].max() == pytest.approx(extent(ax, right).x0, abs=0.1)


def test_an_arrow_goes_by_way_of_its_corners(ax):
    left, right = box(ax, 0, 0, "input"), box(ax, 4, 0, "output")
    arrow(ax, left, right, corners=[(0, 1.5), (4, 1.5)])
    stretches = [line.get_xydata().tolist() for line in ax.lines]
    np.testing.assert_allclose(stretches[0], [[0, 0], [0, 1.5]], atol=0.02)
    np.testing.assert_allclose(stretches[1], [[0, 1.5], [4, 1.5]])
    (points,) = outlines(ax)
    assert points[:, 1].min() == pytest.approx(extent(ax, right).y1, abs=0.1)


def test_a_label_stands_at_the_middle_of_the_first_stretch(ax):
    arrow(ax, (0, 0), (2, 1), label="skip")
    (text,) = ax.texts
    assert text.get_position() == (1, 0.5)
    assert text.get_text().strip() == "skip"


def test_a_volume_has_its_front_face_around_its_position(ax):
    patch = volume(ax, 2, 1, height=0.8, width=0.4, label="6 × 28²")
    corners = patch.get_xy()
    assert corners[:, 0].min() == pytest.approx(1.8)
    assert corners[:, 1].min() == pytest.approx(0.6)
    assert np.ptp(corners[:, 1]) == pytest.approx(0.8 * 1.35)
    assert ax.texts[0].get_text().strip() == "6 × 28²"
    assert centre(ax, patch)[1] == pytest.approx(1 + 0.35 * 0.8 / 2)


def test_volumes_name_layers_and_shapes_and_shrink(ax):
    draw_volumes(ax, STAGES)
    words = {text.get_text().strip() for text in ax.texts}
    assert words >= {"1 × 28²", "6 × 24²", "6 × 12²", "10", "5×5", "linear"}
    blocks = [p for p in ax.patches if not isinstance(p, FancyArrowPatch)]
    heights = [np.ptp(block.get_xy()[:, 1]) for block in blocks]
    assert heights == sorted(heights, reverse=True)
    starts = [block.get_xy()[:, 0].min() for block in blocks]
    ends = [block.get_xy()[:, 0].max() for block in blocks]
    assert all(a < b for a, b in zip(ends[:-1], starts[1:], strict=True))
    assert len(outlines(ax)) == len(STAGES) - 1


def test_finish_shows_everything(ax):
    here = box(ax, -5, 7, "far away")
    finish(ax)
    ax.figure.canvas.draw()
    drawn, seen = extent(ax, here), ax.viewLim
    assert seen.x0 <= drawn.x0 and drawn.x1 <= seen.x1
    assert seen.y0 <= drawn.y0 and drawn.y1 <= seen.y1


def test_each_network_has_a_row():
    figure = plot_volumes({"LeNet": STAGES, "other": STAGES[:2]})
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    assert titles == ["LeNet", "other"]
