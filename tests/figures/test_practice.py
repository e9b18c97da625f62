"""Drawings of runs, reliability, intervals and optimism."""

import pytest
import torch

from dlbook.figures.palette import GREY
from dlbook.figures.practice import (
    plot_intervals,
    plot_optimism,
    plot_reliability,
    plot_runs,
)


def test_each_run_has_a_panel_with_its_loss_and_accuracies():
    history = {"loss": [9.0, 2.0, 1.0, 0.5], "train": [0.2, 0.6],
               "valid": [0.1, 0.5]}  # fmt: skip
    figure = plot_runs({"a": history, "b": history}, columns=3)
    named = [ax for ax in figure.axes if ax.get_title(loc="left")]
    assert [ax.get_title(loc="left") for ax in named] == ["a", "b"]
    loss = named[0].lines[0]
    assert loss.get_color() == GREY
    assert loss.get_xdata().tolist() == [0.5, 1, 1.5, 2]
    assert loss.get_ydata().tolist() == [4, 2, 1, 0.5]  # cut at the top
    right = next(ax for ax in figure.axes if len(ax.lines) == 2)
    train, valid = right.lines
    assert (train.get_linestyle(), valid.get_linestyle()) == ("--", "-")
    assert train.get_ydata().tolist() == [0.2, 0.6]
    assert valid.get_xdata().tolist() == [1, 2]


def test_reliability_draws_a_bar_and_a_gap_for_each_bin():
    bins = (torch.tensor([0.5, 0.9]), torch.tensor([0.4, 0.8]),
            torch.tensor([0.25, 0.75]))  # fmt: skip
    (ax,) = plot_reliability(bins).axes
    assert [bar.get_height() for bar in ax.patches] == pytest.approx(
        [0.4, 0.8]
    )
    gaps, dots = ax.collections
    ends = [segment[:, 1].tolist() for segment in gaps.get_segments()]
    assert ends[0] == pytest.approx([0.4, 0.5])
    assert ends[1] == pytest.approx([0.8, 0.9])
    small, large = dots.get_sizes()
    assert small == pytest.approx(54) and large == pytest.approx(154)


def test_intervals_stand_below_each_other():
    intervals = {"a": (0.8, 0.7, 0.9), "b": (0.5, 0.4, 0.6)}
    (ax,) = plot_intervals(intervals, xlabel="accuracy").axes
    lines = [line.get_xdata() for line in ax.lines[::2]]
    assert [list(ends) for ends in lines] == [[0.7, 0.9], [0.4, 0.6]]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["a", "b"]
    bottom, top = ax.get_ylim()
    assert bottom > top


def test_optimism_is_a_line_and_its_truth_dashed():
    (ax,) = plot_optimism(
        [1, 10], {"200": [0.7, 0.8], "5,000": [0.7, 0.76]},
        {"200": [0.7, 0.74], "5,000": [0.7, 0.75]},
    ).axes  # fmt: skip
    first, dashed, second, _ = ax.lines
    assert first.get_color() == dashed.get_color() != second.get_color()
    assert (first.get_linestyle(), dashed.get_linestyle()) == ("-", "--")
    assert list(dashed.get_ydata()) == [0.7, 0.74]
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["chosen on 200", "chosen on 5,000"]
