import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from dlbook.figures.common import (
    plot_contours,
    plot_graph,
    plot_history,
    show_images,
)
from dlbook.figures.palette import BLUE, ORANGE

HISTORY = {
    "train_loss": [3.0, 2.0, 1.0], "valid_loss": [3.5, 2.5, 2.0],
    "valid_accuracy": [0.1, 0.2, 0.3], "seconds": [1.0, 2.0, 3.0],
}  # fmt: skip


def test_plot_history_draws_the_values_dashed_and_solid():
    (ax,) = plot_history(HISTORY, label="MLP").axes
    train, valid = ax.lines
    assert train.get_ydata().tolist() == HISTORY["train_loss"]
    assert valid.get_ydata().tolist() == HISTORY["valid_loss"]
    assert train.get_xdata().tolist() == [1, 2, 3]
    assert (train.get_linestyle(), valid.get_linestyle()) == ("--", "-")
    assert train.get_color() == valid.get_color()
    assert [text.get_text() for text in ax.get_legend().texts] == [
        "MLP train", "MLP valid",
    ]  # fmt: skip
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss")


def test_each_run_has_its_own_colour():
    figure = plot_history(HISTORY, label="a")
    (ax,) = figure.axes
    assert plot_history(HISTORY, "accuracy", label="b", ax=ax) is figure
    assert len({line.get_color() for line in ax.lines}) == 2


def test_an_unknown_metric_is_named_beside_the_known_ones():
    with pytest.raises(ValueError, match="'bleu'.*accuracy.*loss"):
        plot_history(HISTORY, "bleu")


def test_show_images_draws_each_in_its_place():
    images = torch.arange(5 * 12).reshape(5, 1, 4, 3)
    figure = show_images(images, titles=list("abcde"), columns=3)
    assert len(figure.axes) == 6
    for image, ax, title in zip(images, figure.axes, "abcde", strict=False):
        drawn = ax.images[0].get_array()
        expected = (image[0] - image.min()) / 11
        np.testing.assert_allclose(drawn, expected, rtol=1e-6)
        assert ax.get_title() == title
    assert not figure.axes[5].images


def test_show_images_in_colour_and_constant():
    figure = show_images(torch.rand(2, 3, 5, 4))
    assert figure.axes[0].images[0].get_array().shape == (5, 4, 3)
    figure = show_images(torch.ones(1, 4, 4))
    assert np.isfinite(figure.axes[0].images[0].get_array()).all()


def test_show_images_names_what_is_wrong():
    with pytest.raises(ValueError, match="3 titles for 2 images"):
        show_images(torch.ones(2, 4, 4), titles=list("abc"))
    with pytest.raises(ValueError, match=r"\(4, 4\)"):
        show_images(torch.ones(4, 4))


def test_the_book_style_is_used_by_name_and_only_then():
    before = dict(matplotlib.rcParams)
    with plt.style.context("dlbook.figures.book"):
        assert matplotlib.rcParams["axes.spines.top"] is False
        plt.figure()
    assert dict(matplotlib.rcParams) == before


def test_contours_have_their_height_and_fill_the_frame():
    x, y = torch.meshgrid(
        torch.linspace(0, 2, 5), torch.linspace(-1, 3, 9), indexing="ij"
    )
    (ax,) = plot_contours(x, y, x + 0 * y, levels=[0.5, 1.5]).axes
    (curves,) = ax.collections
    for path, height in zip(curves.get_paths(), [0.5, 1.5], strict=True):
        assert path.vertices[:, 0] == pytest.approx(height)
    assert (*ax.get_xlim(), *ax.get_ylim()) == (0, 2, -1, 3)


def test_plot_graph_shows_what_is_known_so_far():
    figure = plot_graph(
        ["x", "y = 2x", "L = y²"],
        [(0, 0), (1, 0), (2, 0)],
        [(0, 1), (1, 2)],
        values=[3, 6],
        gradients={2: 1},
    )
    texts = {
        (text.get_text(), text.get_color(), round(text.get_position()[0]))
        for text in figure.axes[0].texts
        if text.get_text()
    }
    assert {("3", BLUE, 0), ("6", BLUE, 1), ("1", ORANGE, 2)} <= texts
    assert len(texts) == 6
    assert len(figure.axes[0].texts) == 6 + 2  # an arrow is an annotation


def test_the_arrows_of_plot_graph_begin_and_end_at_the_boxes():
    figure = plot_graph(
        ["a long name", "b"], [(0, 0), (1, 0.5)], [(0, 1)], values=[]
    )
    figure.canvas.draw()
    first, second, arrow = figure.axes[0].texts
    path = arrow.arrow_patch.get_path()
    path = path.vertices[path.codes != path.CLOSEPOLY]
    path = arrow.arrow_patch.get_transform().transform(path)
    for text in (first, second):
        frame = text.get_bbox_patch().get_window_extent()
        low, high = frame.get_points()
        outside = np.abs(path - path.clip(low, high)).max(axis=1)
        assert outside.min() < 5  # pixels: the arrow comes near the box
        inside = (path > low + 5) & (path < high - 5)
        assert not inside.all(axis=1).any()
