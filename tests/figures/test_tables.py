import matplotlib

matplotlib.use("Agg")
import torch

from dlbook.figures import tables
from dlbook.figures.palette import ORANGE


def test_missing_shares_are_in_per_cent_the_largest_on_top():
    shares = {"a": 0.2, "b": 0.9, "c": 0.5}
    figure = tables.plot_missing(shares, xlabel="missing")
    (ax,) = figure.axes
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["a", "c", "b"]  # from below
    assert [bar.get_width() for bar in ax.patches] == [20, 50, 90]


def test_each_fold_validates_another_part():
    (ax,) = tables.plot_folds(4).axes
    orange = [
        (round(bar.get_x()), round(bar.get_y() + bar.get_height() / 2))
        for bar in ax.patches
        if matplotlib.colors.same_color(bar.get_facecolor(), ORANGE)
    ]
    assert orange == [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert len(ax.patches) == 16 and ax.yaxis_inverted()


def test_predicted_stands_over_actual():
    actual, predicted = torch.tensor([1e5, 2e5]), torch.tensor([9e4, 3e5])
    figure = tables.plot_predicted(actual, predicted)
    (ax,) = figure.axes
    points = ax.lines[-1]
    assert points.get_xdata().tolist() == actual.tolist()
    assert points.get_ydata().tolist() == predicted.tolist()
    assert ax.get_xlim() == ax.get_ylim() == (1e4, 1e6)


def test_dollars_are_read_in_thousands():
    assert tables.in_thousands(13_000) == "$13k"
    assert tables.in_thousands(1e6) == "$1,000k"


def test_marked_errors_are_orange():
    predicted, errors = torch.tensor([1e5, 2e5, 3e5]), torch.arange(3.0)
    marked = torch.tensor([False, True, False])
    (ax,) = tables.plot_residuals(predicted, errors, marked=marked).axes
    plain, orange = ax.lines[:2]
    assert plain.get_ydata().tolist() == [0, 2]
    assert orange.get_ydata().tolist() == [1]
    assert orange.get_color() == ORANGE
    (ax,) = tables.plot_residuals(predicted, errors).axes
    assert len(ax.lines[0].get_ydata()) == 3


def test_scores_have_a_dot_for_each_shuffle_and_a_line_for_the_mean():
    (ax,) = tables.plot_scores({"a": [1, 3], "b": [2, 6]}, xlabel="s").axes
    dots, mean = ax.lines[:2]
    assert dots.get_xdata().tolist() == [1, 3]
    assert list(mean.get_xdata()) == [2, 2]
    assert list(ax.lines[3].get_xdata()) == [4, 4]
    low, high = sorted(ax.get_ylim())
    assert ax.yaxis_inverted() and low < 0 and high > 1
