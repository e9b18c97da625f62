"""Figures of boxes: what stands where."""

import pytest
import torch
from matplotlib import pyplot as plt

from dlbook.figures.boxes import (
    draw_boxes,
    plot_average_precision,
    plot_cells,
    plot_confusion,
    plot_detection_errors,
    plot_levels,
    plot_operating_point,
    plot_two_boxes,
    show_scene,
    show_scenes,
)

BOXES = torch.tensor([[2.0, 3, 10, 20], [5, 6, 30, 12]])


def corners_of(patch):
    left, top = patch.get_xy()
    return [left, top, left + patch.get_width(), top + patch.get_height()]


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_boxes_stand_where_they_are_and_carry_their_names():
    figure, ax = plt.subplots()
    assert draw_boxes(ax, BOXES, names=["bag", ""]) is figure
    assert [corners_of(patch) for patch in ax.patches] == BOXES.tolist()
    assert words(ax) == ["bag"]
    with pytest.raises(ValueError, match="shorter"):
        draw_boxes(ax, BOXES, names=["bag"])


def test_scenes_have_their_pixels_between_whole_numbers():
    figure = show_scenes(
        torch.rand(3, 3, 40, 50), [BOXES, BOXES[:1], BOXES[:0]],
        titles=["a", "b", "c"], columns=2,
    )  # fmt: skip
    axes = figure.axes
    assert len(axes) == 4
    assert axes[0].images[0].get_extent() == [0, 50, 40, 0]
    assert [len(ax.patches) for ax in axes] == [2, 1, 0, 0]
    assert [ax.get_title() for ax in axes] == ["a", "b", "c", ""]


def test_a_scene_returns_its_figure():
    figure, ax = plt.subplots()
    assert show_scene(ax, torch.rand(3, 40, 50), title="a") is figure


@pytest.mark.parametrize("apart", [False, True])
def test_what_two_boxes_share_is_filled(apart):
    second = BOXES[1] + 50 * apart
    figure = plot_two_boxes(BOXES[0].numpy(), second.numpy(), 0.25)
    filled = [p for p in figure.axes[0].patches if p.get_facecolor()[3] > 0]
    shared = [corners_of(patch) for patch in filled]
    assert shared == ([] if apart else [[5, 6, 10, 12]])
    assert figure.axes[0].get_title() == "IoU = 0.25"


def test_every_level_shows_its_grid_its_anchors_and_the_whole_scene():
    levels = {8: [(10, 10)], 16: [(20, 20)]}
    figure = plot_levels(
        torch.rand(3, 48, 48), levels, BOXES, [BOXES + 40, BOXES[:1]]
    )
    fine, coarse = figure.axes
    assert [len(ax.lines[0].get_xdata()) for ax in (fine, coarse)] == [36, 9]
    assert [len(ax.patches) for ax in (fine, coarse)] == [4, 3]
    assert fine.get_xlim() == (0, 48) and fine.get_ylim() == (48, 0)


def test_the_point_lies_on_the_curve():
    recall, precision = torch.tensor([0.1, 0.5]), torch.tensor([1.0, 0.8])
    figure = plot_operating_point(
        torch.rand(3, 48, 48), BOXES, ["a", "b"], precision, recall, 1
    )
    curve, point = figure.axes[1].lines
    assert len(curve.get_xdata()) == 2
    assert point.get_xdata() == pytest.approx([0.5])
    assert point.get_ydata() == pytest.approx([0.8])
    assert words(figure.axes[0]) == ["a", "b"]


def test_the_confusion_shows_every_number_that_is_not_zero():
    table = torch.tensor([[99.0, 0.2, 0.8], [30, 70, 0]])
    figure = plot_confusion(table, ["a", "b"], ["a", "b", "nothing"])
    ax = figure.axes[0]
    assert words(ax) == ["99", "1", "30", "70"]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["a", "b"]


def test_true_and_detected_boxes_are_told_apart():
    image = torch.rand(3, 48, 48)
    panels = {
        "true positive": (image, BOXES, ["bag", "coat"], BOXES[:1], ["bag"]),
        "missed": (image, BOXES[:1], ["shirt"], [], []),
    }
    first, second, third = plot_detection_errors(panels).axes
    styles = [patch.get_linestyle() for patch in first.patches]
    assert styles == ["solid", "solid", "dashed"] or styles == ["-", "-", "--"]
    assert len(second.patches) == 1
    assert second.get_title() == "missed" and not third.patches
    assert words(first) == ["bag", "coat", "bag"]
    below, above = first.texts[0], first.texts[2]
    assert below.get_position() == (2, 20) and above.get_position() == (2, 3)
    assert (below.get_va(), above.get_va()) == ("top", "top")  # no room above


def test_names_that_would_leave_the_image_stand_in_their_boxes():
    boxes = torch.tensor([[5.0, 3, 20, 20], [5, 20, 20, 46]])
    for below, expected in [(False, ["top", "bottom"]),
                            (True, ["top", "bottom"])]:  # fmt: skip
        _, ax = plt.subplots()
        show_scene(ax, torch.rand(3, 48, 48))
        draw_boxes(ax, boxes, names=["a", "b"], below=below)
        assert [text.get_va() for text in ax.texts] == expected


def test_the_cell_of_each_centre_is_framed():
    figure = plot_cells(torch.rand(3, 48, 48), BOXES, 6)
    ax = figure.axes[0]
    frames = [corners_of(patch) for patch in ax.patches]
    assert frames == [*BOXES.tolist(), [0, 8, 8, 16], [16, 8, 24, 16]]
    lines = [line.get_xydata().tolist() for line in ax.lines]
    assert [[0, 8], [6, 11.5]] in lines and [[16, 8], [17.5, 9]] in lines


def test_the_steps_of_average_precision():
    precision, recall = [1.0, 0.5, 2 / 3], [0.5, 0.5, 1.0]
    figure = plot_average_precision(
        [0.9, 0.8, 0.7], [True, False, True], precision, recall
    )
    table, curve = figure.axes
    assert [w for w in words(table) if w in ("TP", "FP")] == ["TP", "FP", "TP"]
    assert {"0.90", "0.67", "0.50"} <= set(words(table))
    best = curve.lines[0].get_xydata().tolist()
    assert best == [[0, 1], [0.5, 1], [0.5, 2 / 3], [1, 2 / 3]]
    assert curve.collections[1].get_offsets().tolist() == [
        [0.5, 1.0], [0.5, 0.5], [1.0, pytest.approx(2 / 3)]
    ]  # fmt: skip
