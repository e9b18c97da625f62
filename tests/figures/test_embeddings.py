"""Figures of word vectors: points, and names that can be read."""

from itertools import pairwise

import matplotlib.pyplot as plt
import pytest
import torch

from dlbook.figures.embeddings import plot_cloud, plot_neighbours, plot_words


def test_words_stand_at_their_points():
    positions = torch.tensor([[0.0, 1.0], [2.0, 3.0]])
    (ax,) = plot_words(positions, ["war", "peace"]).axes
    assert [t.get_text().strip() for t in ax.texts] == ["war", "peace"]
    assert ax.texts[1].get_position() == (2.0, 3.0)
    assert ax.lines[0].get_xydata().tolist() == positions.tolist()


def test_names_do_not_cover_each_other():
    crowd = torch.tensor([[0.0, 0.0], [0.1, 0.02], [0.2, 0.01], [9.0, 0.01]])
    ax = plt.subplots(figsize=(6, 4))[1]
    plot_words(torch.tensor([[-1.0, -5.0], [12.0, 5.0]]), ax=ax)
    plot_words(crowd, ["gold", "silver", "banks", "far"], ax=ax)
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])
    lowest, *_, far = ax.texts
    assert lowest.get_position()[1] == 0.0  # nothing is below it
    assert far.get_position()[1] == crowd[3, 1]  # nothing is near it


def test_the_chosen_word_and_its_neighbours_are_named():
    positions = torch.randn(9, 2)
    figure = plot_neighbours(positions, list("abcdefghi"), 4, [8, 0])
    (ax,) = figure.axes
    texts = {t.get_text().strip(): t for t in ax.texts}
    assert set(texts) == {"e", "i", "a"}
    for number, name in zip((4, 8, 0), "eia", strict=True):
        start = positions[number].tolist()  # a line leads to each name
        end = list(texts[name].get_position())
        points = [point for line in ax.lines for point in line.get_xydata()]
        ends = [point.tolist() for point in points]
        assert [start, end] in [list(pair) for pair in pairwise(ends)]
    colors = {name: text.get_color() for name, text in texts.items()}
    assert colors["e"] != colors["i"] == colors["a"]
    heights = sorted(text.get_position()[1] for text in texts.values())
    assert min(b - a for a, b in pairwise(heights)) > 0.05


def test_the_frame_of_the_map_depends_on_the_points_alone():
    positions = torch.randn(9, 2)
    names = ["a very long name indeed, " * i for i in range(9)]
    frames = set()
    with plt.style.context("dlbook.figures.book"):  # its layout makes room
        for chosen in range(9):
            figure = plot_neighbours(positions, names, chosen, [])
            figure.canvas.draw()
            (ax,) = figure.axes
            bounds = tuple(ax.get_position().bounds)
            frames.add((bounds, ax.get_xlim(), ax.get_ylim()))
    assert len(frames) == 1


def test_a_cloud_counts_its_points_beside_a_line_of_slope_one():
    x = torch.tensor([0.0, 0.0, 0.0, 4.0])
    (ax,) = plot_cloud(x, -x, line=-1.5).axes
    cells = ax.collections[0]
    assert sorted(cells.get_array().tolist()) == [1, 3]
    fullest = cells.get_offsets()[cells.get_array().argmax()]
    assert fullest.tolist() == pytest.approx([0, 0], abs=0.1)
    assert ax.lines[0].get_xy1() == (0, -1.5) and ax.lines[0].get_slope() == 1
