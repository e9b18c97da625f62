"""Figures that compare: what is drawn are the numbers given."""

import matplotlib.pyplot as plt
import pytest
import torch

from dlbook.figures.curves import plot_costs, plot_histograms, plot_slopes


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_histograms_are_shares_of_all_values():
    values = {
        "input": torch.tensor([[0.5], [0.6], [2.5], [9.0]]),  # 9 is outside
        "output": torch.tensor([1.5, 1.6]),
    }
    (ax,) = plot_histograms(values, low=0, high=3, bins=3).axes
    heights = [stairs.get_data().values.tolist() for stairs in ax.patches]
    assert heights == [[0.5, 0, 0.25], [0, 1, 0]]
    assert [t.get_text() for t in ax.get_legend().texts] == [*values]


def test_slopes_stand_at_their_blocks():
    runs = {("without", "C1"): [4.0, 2, 1], ("with", "C0"): [1.0, 1, 1]}
    (ax,) = plot_slopes(runs, blocks=5, limits=(0.1, 10)).axes
    without, _ = ax.lines
    assert without.get_xdata().tolist() == [1, 2, 3]
    assert without.get_ydata().tolist() == [4, 2, 1]
    assert without.get_color() == "C1"
    assert ax.get_yscale() == "log"
    assert ax.get_xlim() == (0, 6)


def test_each_cost_has_its_dot_and_its_name():
    costs = {"small": (0.5, 0.9), "large": (5.0, 0.92)}
    (ax,) = plot_costs(costs, xlabel="products", ylabel="accuracy").axes
    dots = [(d.get_xdata()[0], d.get_ydata()[0]) for d in ax.lines]
    assert dots == [*costs.values()]
    assert [text.get_text().strip() for text in ax.texts] == [*costs]
    assert all(t.xy == dot for t, dot in zip(ax.texts, dots, strict=True))
