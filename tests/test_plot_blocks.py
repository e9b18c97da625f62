"""Drawings of blocks: every word in its place, arrows where lanes go."""

import matplotlib.pyplot as plt
import pytest

from dlbook.plot_blocks import joined, plot_blocks

SKIP = [["x"], ["3×3", ""], ["+"]]


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_every_word_is_drawn_once_and_titles_stand_above():
    figure = plot_blocks({"plain": [["x"], ["ReLU"]], "skip": SKIP})
    assert [ax.get_title(loc="center") for ax in figure.axes] == [
        "plain", "skip",
    ]  # fmt: skip
    words = [t.get_text() for t in figure.axes[1].texts if t.get_text()]
    assert words == ["x", "3×3", "+"]


def test_a_lane_that_passes_by_has_no_arrow_head():
    arrows = [
        text.arrow_patch.get_arrowstyle().__class__.__name__
        for text in plot_blocks({"skip": SKIP}).axes[0].texts
        if text.get_text() == ""
    ]
    assert arrows == ["CurveB", "Curve", "CurveB", "CurveB"]


def test_lanes_fan_out_go_on_and_come_together():
    one, two = [(0.5, 0)], [(0, -1), (1, -1)]
    assert len(joined(one, two, ["a", "b"])) == 2
    assert len(joined(two, one, ["c"])) == 2
    assert joined(two, [(0, -2), (1, -2)], ["a", ""]) == [
        ((0, -1), (0, -2), "a"), ((1, -1), (1, -2), ""),
    ]  # fmt: skip
