"""Drawings of blocks: every word in its place, arrows where lanes go."""

import matplotlib.pyplot as plt
import pytest

from dlbook.figures.networks import BLOCKS, joined, plot_blocks

DRAWN = {"plain": [["x"], ["ReLU"]], "skip": [["x"], ["3×3", ""], ["+"]]}


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


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
    one, two = [(0.5, 0)], [(0, -1), (1, -1)]
    assert len(joined(one, two, ["a", "b"])) == 2
    assert len(joined(two, one, ["c"])) == 2
    assert joined(two, [(0, -2), (1, -2)], ["a", ""]) == [
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
