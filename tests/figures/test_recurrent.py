"""The figures of recurrent networks draw what they are given."""

import matplotlib
import matplotlib.pyplot as plt
import pytest
import torch

from dlbook.figures.curves import plot_by_distance
from dlbook.figures.sequences import plot_gates

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def clean():
    plt.close("all")
    yield
    plt.close("all")


def test_plot_by_distance_draws_means_and_every_seed():
    runs = {"RNN": [[1.0, 0.5], [0.5, 0.0]], "GRU": torch.ones(3, 2)}
    ax = plot_by_distance([5, 10], runs, ylabel="accuracy")
    mean, *seeds = ax.lines[:3]
    assert mean.get_ydata().tolist() == [0.75, 0.25]
    assert [s.get_ydata().tolist() for s in seeds] == runs["RNN"]
    assert {line.get_color() for line in seeds} == {mean.get_color()}
    assert len(ax.lines) == 3 + 4
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["RNN", "GRU"]


def test_plot_gates_sorts_units_and_names_letters():
    gates = torch.tensor([[0.1, 0.9, 0.5], [0.3, 0.8, 0.5]])  # (T, units)
    (ax,) = plot_gates(gates, "a ").axes
    drawn = torch.as_tensor(ax.images[0].get_array())
    torch.testing.assert_close(drawn, gates[:, [1, 2, 0]].T)
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == ["a", "·"]
    assert ax.images[0].get_clim() == (0, 1)
