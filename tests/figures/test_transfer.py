"""Photographs keep their brightness; boxes and curves are as many as asked."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgba

from dlbook.figures.palette import LIGHT_BLUE, LIGHT_GREY
from dlbook.figures.transfer import (
    plot_accuracy_by_size,
    plot_thaws,
    plot_thumbnails,
)


def test_thumbnails_keep_their_brightness():
    images = torch.randint(20, 90, (5, 3, 6, 4), dtype=torch.uint8)
    figure = plot_thumbnails(images, columns=3, titles=list("abcde"))
    shown = [ax for ax in figure.axes if ax.images]
    assert [ax.get_title() for ax in shown] == list("abcde")
    for ax, image in zip(shown, images, strict=True):
        drawn = np.asarray(ax.images[0].get_array())
        assert np.array_equal(drawn, image.permute(1, 2, 0))


def test_thumbnails_clip_what_a_transform_left_outside():
    images = torch.linspace(-1, 2, 2 * 3 * 4).reshape(1, 3, 2, 4)
    drawn = plot_thumbnails(images).axes[0].images[0].get_array()
    assert drawn.min() == 0 and drawn.max() == 1


def test_bad_thumbnails_are_refused():
    with pytest.raises(ValueError, match=r"shape \(2, 1, 4, 4\)"):
        plot_thumbnails(torch.zeros(2, 1, 4, 4))
    with pytest.raises(ValueError, match="1 titles for 2 images"):
        plot_thumbnails(torch.zeros(2, 3, 4, 4), titles=["a"])


def test_frozen_stages_are_grey_and_trained_ones_blue():
    figure = plot_thaws(["a", "b", "c"], {"head": 2, "all": 0})
    boxes = {}
    for text in figure.axes[0].texts:
        if text.get_bbox_patch() is not None:
            row = round(text.get_position()[1])
            color = text.get_bbox_patch().get_facecolor()
            boxes.setdefault(row, []).append(color)
    grey, blue = to_rgba(LIGHT_GREY), to_rgba(LIGHT_BLUE)
    assert boxes == {0: [grey, grey, blue], -1: [blue, blue, blue]}


def test_accuracy_by_size_shows_means_and_runs():
    runs = torch.tensor([[0.2, 0.4, 0.6], [0.4, 0.6, 0.8]])
    figure = plot_accuracy_by_size(
        [1, 3, "all"], {"a": runs, "b": runs + 0.1}, xlabel="photographs"
    )
    ax = figure.axes[0]
    means = [line.get_ydata() for line in ax.lines if line.get_label() in "ab"]
    assert np.allclose(means[0], [0.3, 0.5, 0.7])
    assert len(ax.lines) == 2 * (1 + 2)
    assert [t.get_text() for t in ax.get_xticklabels()] == ["1", "3", "all"]
    plt.close(figure)
