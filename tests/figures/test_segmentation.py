"""Figures of segmentation: what is drawn where."""

import numpy as np
import pytest
import torch
from matplotlib.patches import Polygon

from dlbook.figures.segmentation import (
    CLASS_COLORS,
    picture,
    plot_class_iou,
    plot_stamps,
    plot_unet,
    show_columns,
    show_rows,
)
from dlbook.layers.transposed_convolution import conv_transpose2d

NAMES = ["background", *"abcdefghij"]


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_pictures_of_images_classes_masks_and_probabilities():
    image = torch.rand(3, 4, 5)
    assert torch.equal(torch.tensor(picture(image)), image.permute(1, 2, 0))
    classes = torch.tensor([[0, 3], [10, 1]])
    drawn = picture(classes)
    assert drawn.shape == (2, 2, 3)
    assert (drawn[1, 0] == CLASS_COLORS[10]).all()
    assert picture(classes > 1)[:, :, 0].tolist() == [[0, 1], [1, 0]]
    assert picture(torch.full((2, 2), 0.3))[0, 0] == pytest.approx([0.3] * 3)


def test_rows_have_their_titles_and_a_legend_of_what_occurs():
    masks = torch.tensor([[[0, 2], [2, 2]], [[0, 5], [0, 0]]])
    figure = show_rows(
        {"scene": torch.rand(2, 3, 2, 2), "mask": masks}, names=NAMES
    )
    assert [ax.get_ylabel() for ax in figure.axes] == ["scene", "", "mask", ""]
    shown = [text.get_text() for text in figure.legends[0].texts]
    assert shown == ["background", "b", "e"]
    assert not show_rows({"mask": masks}).legends


def test_columns_are_titled():
    figure = show_columns(
        {"scene": torch.rand(3, 4, 4), "mask": torch.rand(4, 4) > 0.5}
    )
    assert [ax.get_title() for ax in figure.axes] == ["scene", "mask"]


def test_stamps_are_framed_where_they_are():
    maps, kernel = torch.tensor([[1.0, 0], [2, 3]]), torch.ones(3, 3)
    single = torch.eye(4).view(4, 1, 2, 2) * maps
    stamps = conv_transpose2d(single, kernel[None, None], stride=2)[:, 0]
    figure = plot_stamps(maps, kernel, stamps, stamps.sum(dim=0))
    corners = [
        [patch.get_xy() for patch in ax.patches] for ax in figure.axes[2:]
    ]
    assert corners == [
        [(-0.5, -0.5)], [], [(-0.5, 1.5)], [(1.5, 1.5)], []
    ]  # fmt: skip
    assert words(figure.axes[-1])[12] == "6"  # four stamps 1 + 0 + 2 + 3
    assert [ax.get_title("left") for ax in figure.axes[:3]] == [
        "input", "kernel", "stamps",
    ]  # fmt: skip


def test_the_u_names_every_shape_and_joins_the_arms():
    figure = plot_unet((8, 16, 32), 64, 3, 11)
    (ax,) = figure.axes
    shapes = [text for text in words(ax) if "×" in text]
    assert sorted(shapes) == sorted([
        "3\n× 64²", "8\n× 64²", "16\n× 32²", "32\n× 16²",
        "16 + 16\n× 32²", "8 + 8\n× 64²", "11\n× 64²",
    ])  # fmt: skip
    volumes = [patch for patch in ax.patches if type(patch) is Polygon]
    assert len(volumes) == 7
    arrows = len(ax.patches) - len(volumes)
    assert arrows == 1 + 2 + 2 + 2 + 1  # in, down, across, up, out
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
    for i, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[:i])


def test_bars_are_sorted_and_numbered():
    iou = np.linspace(0.1, 0.9, 11)[::-1].tolist()
    (ax,) = plot_class_iou(iou, NAMES, mean=0.5).axes
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == sorted(iou)
    assert words(ax)[0] == "0.10"
    assert ax.lines[0].get_xdata()[0] == 0.5
