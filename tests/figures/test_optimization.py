"""Drawings of paths over a loss surface and of tables."""

import matplotlib.pyplot as plt
import pytest
import torch

from dlbook.figures.optimization import plot_paths, plot_table


def test_a_path_ends_in_a_dot_with_its_name():
    paths = {"a": torch.tensor([[0.0, 1.0], [2.0, 3.0]]),
             "b": torch.tensor([[1.0, 1.0], [0.0, 0.0]])}  # fmt: skip
    figure, ax = plt.subplots()
    drawn = plot_paths(
        lambda point: point.square().sum(0), paths,
        x=(-1, 4), y=(-2, 5), levels=[1, 4], ax=ax,
    )  # fmt: skip
    assert drawn is figure
    first, end, *_ = ax.lines
    assert first.get_xdata().tolist() == [0, 2]
    assert first.get_ydata().tolist() == [1, 3]
    assert (end.get_xdata(), end.get_ydata()) == (2, 3)
    assert end.get_color() == first.get_color() != ax.lines[2].get_color()
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["a", "b"]
    assert ax.get_xlim() == (-1, 4) and ax.get_ylim() == (-2, 5)


def test_contours_pass_where_the_loss_has_their_value():
    ax = plt.subplots()[1]
    plot_paths(
        lambda point: point[0] + 0 * point[1], {},
        x=(0, 2), y=(0, 1), levels=[1.5], ax=ax,
    )  # fmt: skip
    (contour,) = ax.collections
    (path,) = contour.get_paths()
    assert path.vertices[:, 0] == pytest.approx(1.5)
    assert ax.get_legend() is None


def test_a_table_shows_its_numbers_and_leaves_nan_empty():
    values = torch.tensor([[1.0, 90.26], [float("nan"), 3.0]])
    (ax,) = plot_table(
        values, ["r", "s"], ["c", "d"], xlabel="x", limits=(0, 100)
    ).axes
    texts = {text.get_position(): text for text in ax.texts}
    assert {k: t.get_text() for k, t in texts.items()} == {
        (0, 0): "1.0", (1, 0): "90.3", (1, 1): "3.0",
    }  # fmt: skip
    assert texts[1, 0].get_color() == "white" != texts[0, 0].get_color()
    assert [t.get_text() for t in ax.get_yticklabels()] == ["r", "s"]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["c", "d"]
