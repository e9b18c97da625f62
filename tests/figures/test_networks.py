"""Drawings of networks: arrows where weights are, every word in its place."""

import pytest
import torch

from dlbook.figures.networks import (
    BLOCKS,
    joined,
    plot_blocks,
    plot_classes,
    plot_network,
    plot_regions,
)

DRAWN = {"plain": [["x"], ["ReLU"]], "skip": [["x"], ["3×3", ""], ["+"]]}


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


def test_every_word_is_drawn_once_and_titles_stand_above():
    figure = plot_blocks("plain", "skip", blocks=DRAWN)
    assert [ax.get_title(loc="center") for ax in figure.axes] == [
        "plain", "skip",
    ]  # fmt: skip
    words = [t.get_text() for t in figure.axes[1].texts if t.get_text()]
    assert words == ["x", "3×3", "+"]


def test_a_lane_that_passes_by_has_no_arrow_head():
    arrows = [
        text.arrow_patch.get_arrowstyle().__class__.__name__
        for text in plot_blocks("skip", blocks=DRAWN).axes[0].texts
        if text.get_text() == ""
    ]
    assert arrows == ["CurveB", "Curve", "CurveB", "CurveB"]


def test_lanes_fan_out_go_on_and_come_together():
    single, pair = [(0.5, 0)], [(0, -1), (1, -1)]
    assert len(joined(single, pair, ["a", "b"])) == 2
    assert len(joined(pair, single, ["c"])) == 2
    assert joined(pair, [(0, -2), (1, -2)], ["a", ""]) == [
        ((0, -1), (0, -2), "a"), ((1, -1), (1, -2), ""),
    ]  # fmt: skip


@pytest.mark.parametrize("name", BLOCKS)
def test_a_drawing_of_the_book_has_all_its_words_inside_its_axes(name):
    (ax,) = plot_blocks(name).axes
    texts = [text for text in ax.texts if text.get_text()]
    words = [word for row in BLOCKS[name] for word in row if word]
    assert [text.get_text() for text in texts] == words
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    for x, y in (text.get_position() for text in texts):
        assert left < x < right
        assert low < y < high


def test_lanes_come_from_and_end_in_something():
    for name, rows in BLOCKS.items():
        assert all(rows[0]), name
        assert all(rows[-1]), name
