import numpy as np
import pytest
import torch

from dlbook.figures.style import plot_recognised, show_grid


def test_show_grid_keeps_the_range_of_every_picture():
    dark, bright = torch.full((2, 3, 4, 5), 0.1), torch.rand(2, 3, 6, 6)
    rows = {"dark": dark, "bright": list(3 * bright)}
    figure = show_grid(rows, titles=["left", "right"])
    first, second, third, _ = figure.axes
    np.testing.assert_allclose(first.images[0].get_array(), 0.1)
    drawn = third.images[0].get_array()
    expected = (3 * bright[0]).clamp(0, 1).permute(1, 2, 0)
    np.testing.assert_allclose(drawn, expected)
    assert [ax.get_title() for ax in (first, second)] == ["left", "right"]
    assert third.get_ylabel() == "bright"


@pytest.mark.parametrize("titles", [None, ["one", "two"]])
def test_show_grid_refuses_rows_of_different_lengths(titles):
    pictures = torch.rand(3, 3, 4, 4)
    rows = {"a": pictures} if titles else {"a": pictures, "b": pictures[:2]}
    with pytest.raises(ValueError, match=r"lengths \[2, 3\]"):
        show_grid(rows, titles=titles)


def test_plot_recognised_draws_layers_and_points():
    curves = {
        "trained": {0: (0.5, 0.25), 2: (0.5, 0.5), 4: (0.75, 0.5)},
        "random": {0: (0.25, 1.0), 4: (0.125, 0.5)},
    }
    ax = plot_recognised(curves, points={"pixels": (0.25, 0.75)}).axes[0]
    trained, random, pixels = ax.lines
    assert trained.get_xydata().tolist() == [
        [0.25, 0.5],
        [0.5, 0.5],
        [0.5, 0.75],
    ]
    assert random.get_label() == "random"
    assert pixels.get_xydata().tolist() == [[0.75, 0.25]]
    words = [text.get_text() for text in ax.texts]
    assert words == ["0", "4", "0", "4", "pixels"]
    assert ax.texts[2].get_color() == random.get_color()
