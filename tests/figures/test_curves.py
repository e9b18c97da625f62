"""Curves and bars: what is drawn are the numbers given."""

import matplotlib.pyplot as plt
import pytest
import torch

from dlbook.figures.curves import (
    plot_by_distance,
    plot_by_layer,
    plot_by_length,
    plot_by_size,
    plot_costs,
    plot_gradient_norms,
    plot_histograms,
    plot_shares,
)


def test_histograms_are_fractions_of_all_values():
    values = {
        "input": torch.tensor([[0.5], [0.6], [2.5], [9.0]]),  # 9 is outside
        "output": torch.tensor([1.5, 1.6]),
    }
    (ax,) = plot_histograms(values, low=0, high=3, bins=3).axes
    heights = [stairs.get_data().values.tolist() for stairs in ax.patches]
    assert heights == [[0.5, 0, 0.25], [0, 1, 0]]
    assert [t.get_text() for t in ax.get_legend().texts] == [*values]


def test_gradients_stand_at_their_blocks():
    norms = {"without": [4.0, 2, 1], "with": [1.0, 1, 1]}
    (ax,) = plot_gradient_norms(
        norms,
        colors={"with": "C0", "without": "C1"},
        blocks=5,
        limits=(0.1, 10),
    ).axes
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


def test_by_layer_is_logarithmic_and_keeps_a_vanished_value():
    (ax,) = plot_by_layer([1.0, 0.0, 100.0], label="run").axes
    (line,) = ax.lines
    assert line.get_xdata().tolist() == [1, 2, 3]
    assert line.get_ydata().tolist() == pytest.approx([1, 1e-12, 100])
    assert ax.get_yscale() == "log" and line.get_label() == "run"


def test_by_distance_draws_means_and_every_seed():
    runs = {"RNN": [[1.0, 0.5], [0.5, 0.0]], "GRU": torch.ones(3, 2)}
    (ax,) = plot_by_distance([5, 10], runs, ylabel="accuracy").axes
    mean, *seeds = ax.lines[:3]
    assert mean.get_ydata().tolist() == [0.75, 0.25]
    assert [s.get_ydata().tolist() for s in seeds] == runs["RNN"]
    assert {line.get_color() for line in seeds} == {mean.get_color()}
    assert len(ax.lines) == 3 + 4
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["RNN", "GRU"]


def test_every_share_is_a_bar():
    shares = {"a": {"x": 0.1, "y": 0.4}, "b": {"x": 0.2, "y": 0.3}}
    (ax,) = plot_shares(shares, xlabel="right").axes
    assert [bar.get_width() for bar in ax.patches] == [0.1, 0.2, 0.4, 0.3]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["a", "b"]
    first, second = (ax.patches[k].get_y() for k in (0, 1))
    assert first > second  # the first name is on top


def test_by_size_draws_means_and_every_seed():
    values = torch.tensor([[1.0, 2.0, 4.0], [3.0, 4.0, 8.0]])
    (ax,) = plot_by_size(
        [10, 100, 1000], {"run": values}, ylabel="accuracy"
    ).axes
    assert ax.lines[0].get_ydata().tolist() == [2, 3, 6]
    assert len(ax.lines) == 3
    assert ax.get_xscale() == "log"
    assert ax.get_xticklabels()[2].get_text() == "1,000"


def test_by_length_draws_one_curve_for_each_model():
    scores = {"a": {2: 30, 5: 20}, "b": {2: 9}}
    (ax,) = plot_by_length(scores, ylabel="BLEU").axes
    assert [line.get_label() for line in ax.lines] == ["a", "b"]
    assert ax.lines[0].get_xydata().tolist() == [[2, 30], [5, 20]]


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plot_by_layer([1.0], ax=ax),
        lambda ax: plot_by_distance([5], {"a": [[1.0]]}, ylabel="", ax=ax),
        lambda ax: plot_shares({"a": {"x": 0.1}}, xlabel="", ax=ax),
        lambda ax: plot_by_size(
            [10], {"a": torch.ones(1, 1)}, ylabel="", ax=ax
        ),
        lambda ax: plot_by_length({"a": {2: 30}}, ylabel="", ax=ax),
    ],
    ids=["layer", "distance", "shares", "size", "length"],
)
def test_given_axes_are_drawn_on_and_their_figure_comes_back(draw):
    figure, (left, right) = plt.subplots(1, 2)
    assert draw(left) is figure
    assert left.has_data() and not right.has_data()
