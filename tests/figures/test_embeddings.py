"""Figures of word vectors: points, and names that can be read."""

from itertools import pairwise

import matplotlib.pyplot as plt
import pytest
import torch

from dlbook.figures.embeddings import (
    plot_cloud,
    plot_map,
    plot_neighbours,
    plot_predictions,
    plot_words,
)


def overlapping(texts):
    boxes = [text.get_window_extent() for text in texts]
    return any(
        box.overlaps(other)
        for i, box in enumerate(boxes)
        for other in boxes[:i]
    )


def test_words_stand_at_their_points():
    positions = torch.tensor([[0.0, 1.0], [2.0, 3.0]])
    (ax,) = plot_words(positions).axes
    assert ax.lines[0].get_xydata().tolist() == positions.tolist()


def test_names_on_a_map_do_not_cover_each_other():
    positions = 0.1 * torch.randn(30, 2)
    names = [f"word{i}" for i in range(20)]
    groups = {"C0": {name: i for i, name in enumerate(names[:12])}}
    groups["C1"] = {name: 12 + i for i, name in enumerate(names[12:])}
    ax = plt.subplots(figsize=(3.7, 4))[1]
    plot_map(positions, groups, ax=ax)
    ax.figure.canvas.draw()
    assert sorted(t.get_text() for t in ax.texts) == sorted(names)
    assert not overlapping(ax.texts)
    frame = ax.get_window_extent()
    for text in ax.texts:  # beside the points, and a line leads to its own
        box = text.get_window_extent()
        assert frame.x0 <= box.x0 and box.x1 <= frame.x1
        x, y = text.get_position()
        assert not positions[:, 0].min() <= x <= positions[:, 0].max()
        point = positions[int(text.get_text()[4:])]
        lines = [line.get_xydata() for line in ax.lines]
        starts = [line[0] for line in lines if abs(line[-1][1] - y) < 1e-6]
        assert any((start == point.numpy()).all() for start in starts)


def test_skip_gram_predicts_what_cbow_is_given():
    words = ["new", "gold", "coins"]
    figure = plot_predictions(words, 1)
    figure.canvas.draw()
    for ax, below in zip(
        figure.axes, (["gold"], ["new", "coins"]), strict=True
    ):
        texts = {t.get_text(): t for t in ax.texts if t.get_text()}
        arrows = [t for t in ax.texts if not t.get_text()]
        assert len(arrows) == 3
        for word in words:
            height = texts[word].get_position()[1]
            assert height == (0 if word in below else 2)
        assert not overlapping(texts.values())


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
