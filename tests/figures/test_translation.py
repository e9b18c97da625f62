"""Figures of translation show the numbers that they are given."""

import math

import matplotlib.pyplot as plt
import pytest
import torch

from dlbook.figures.curves import plot_by_length
from dlbook.figures.sequences import plot_beams, plot_weights


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_one_curve_for_each_model():
    ax = plot_by_length({"a": {2: 30, 5: 20}, "b": {2: 9}}, ylabel="BLEU")
    assert [line.get_label() for line in ax.lines] == ["a", "b"]
    assert ax.lines[0].get_xydata().tolist() == [[2, 30], [5, 20]]


def test_beams_stand_best_first_with_their_probabilities():
    figure = plot_beams(["a b", "c"], [math.log(0.5), math.log(0.2)])
    (ax,) = figure.axes
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == pytest.approx([0.5, 0.2])
    assert [text.get_text() for text in ax.texts] == ["a b", "c"]
    low, high = ax.get_ylim()
    assert low > high


def test_weights_have_a_row_for_each_written_word():
    weights = torch.eye(2, 3)
    ax = plot_weights(weights, ["x", "y", "z"], ["u", "v"])
    assert ax.images[0].get_array().tolist() == weights.tolist()
    assert [t.get_text() for t in ax.get_xticklabels()] == ["x", "y", "z"]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["u", "v"]
    assert ax.images[0].get_clim() == (0, 1)
