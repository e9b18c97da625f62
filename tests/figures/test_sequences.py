"""The figures of sequences draw what they are given."""

import math

import pytest
import torch

from dlbook.figures.sequences import plot_beams, plot_gates, plot_weights


def test_plot_gates_sorts_units_and_names_letters():
    gates = torch.tensor([[0.1, 0.9, 0.5], [0.3, 0.8, 0.5]])  # (T, units)
    (ax,) = plot_gates(gates, "a ").axes
    drawn = torch.as_tensor(ax.images[0].get_array())
    torch.testing.assert_close(drawn, gates[:, [1, 2, 0]].T)
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == ["a", "·"]
    assert ax.images[0].get_clim() == (0, 1)


def test_beams_stand_best_first_with_their_probabilities():
    figure = plot_beams(["a b", "c"], [math.log(0.5), math.log(0.2)])
    (ax,) = figure.axes
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == pytest.approx([0.5, 0.2])
    assert [text.get_text() for text in ax.texts] == ["a b", "c"]
    low, high = ax.get_ylim()
    assert low > high


def test_weights_have_a_row_for_each_target():
    weights = torch.eye(2, 3)
    (ax,) = plot_weights(weights, ["x", "y", "z"], ["u", "v"]).axes
    assert ax.images[0].get_array().tolist() == weights.tolist()
    assert [t.get_text() for t in ax.get_xticklabels()] == ["x", "y", "z"]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["u", "v"]
    assert ax.images[0].get_clim() == (0, 1)
