import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from dlbook.figures.functions import (
    plot_boundary,
    plot_confusion,
    plot_descent,
    plot_gradients,
)
from dlbook.figures.palette import BLUE, ORANGE

X, Y = torch.meshgrid(
    torch.linspace(-2, 2, 9), torch.linspace(-1, 3, 9), indexing="ij"
)
BOWL = X**2 + Y**2
LEVELS = [0.5, 1, 2]


@pytest.fixture
def own_ax():
    """Axes that are not the current ones when a function is called."""
    _, (ax, _) = plt.subplots(1, 2)
    return ax


def test_gradients_are_arrows_at_their_points(own_ax):
    points = torch.tensor([[1.0, 0.5], [-1.0, 2.0], [0.5, -0.5]])
    figure = plot_gradients(
        X, Y, BOWL, points=points, gradients=3 * points, levels=LEVELS,
        ax=own_ax,
    )  # fmt: skip
    assert figure is own_ax.figure
    _, arrows = own_ax.collections
    np.testing.assert_allclose(arrows.get_offsets(), points)
    drawn = torch.tensor(np.stack([arrows.U, arrows.V], axis=1))
    longest = points.norm(dim=1).max()
    torch.testing.assert_close(drawn, points * 4 / 5 / longest)
    assert (arrows.angles, arrows.scale_units, arrows.scale) == ("xy", "xy", 1)
    assert own_ax.get_aspect() == 1  # or a right angle is none


def test_descent_is_a_line_from_its_start_and_a_star(own_ax):
    path = torch.tensor([[1.0, 2.0], [0.5, 1.0], [0.2, 0.1]])
    figure = plot_descent(
        X, Y, BOWL, path, minimum=(0, 0.3), levels=LEVELS, ax=own_ax
    )
    assert figure is own_ax.figure
    steps, start, star = own_ax.lines
    np.testing.assert_allclose(steps.get_xydata(), path)
    np.testing.assert_allclose(start.get_xydata(), path[:1])
    assert star.get_xydata().tolist() == [[0, 0.3]]
    assert (start.get_marker(), star.get_marker()) == ("o", "*")


@pytest.mark.parametrize("weights", [(2.0, -3.0), (0.0, 1.5), (-1.0, 0.0)])
def test_boundary_is_where_the_probability_is_one_half(own_ax, weights):
    weights = torch.tensor(weights)
    features = torch.cartesian_prod(torch.arange(-4, 5), torch.arange(-4, 5))
    figure = plot_boundary(
        features, torch.arange(81) % 2, weights, 0.4, names="ab", ax=own_ax
    )
    assert figure is own_ax.figure
    (lines,) = own_ax.collections
    for line, p in zip(lines.get_paths(), [0.1, 0.5, 0.9], strict=True):
        drawn = torch.from_numpy(line.vertices).float()
        assert len(drawn) >= 2
        assert torch.sigmoid(drawn @ weights + 0.4) == pytest.approx(p)
    dashes = [dash for _, dash in lines.get_linestyles()]
    assert dashes[1] is None and dashes[0] == dashes[2] is not None
    assert (own_ax.get_xlabel(), own_ax.get_ylabel()) == ("a", "b")


def test_boundary_gives_each_class_its_colour(own_ax):
    features = torch.tensor([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
    labels = torch.tensor([0, 1, 1])
    plot_boundary(features, labels, (1, 1), 0, names="ab", ax=own_ax)
    no, yes = own_ax.lines
    assert no.get_xydata().tolist() == [[0, 1]]
    assert yes.get_xydata().tolist() == [[2, 3], [4, 5]]
    assert (no.get_color(), yes.get_color()) == (BLUE, ORANGE)


def test_confusion_shows_percent_of_each_true_class(own_ax):
    confusion = torch.tensor([[8, 2, 0], [1, 199, 0], [0, 0, 4]])
    names = ["first", "second", "third"]
    figure = plot_confusion(confusion, names, ax=own_ax)
    assert figure is own_ax.figure
    expected = [[80, 20, 0], [0.5, 99.5, 0], [0, 0, 100]]
    np.testing.assert_allclose(own_ax.images[0].get_array(), expected)
    texts = {t.get_position(): t.get_text() for t in own_ax.texts}
    assert texts == {
        (0, 0): "80", (1, 0): "20", (1, 1): "100", (2, 2): "100",
    }  # fmt: skip
    assert [t.get_text() for t in own_ax.get_yticklabels()] == names
    assert own_ax.get_ylabel() == "true class"
