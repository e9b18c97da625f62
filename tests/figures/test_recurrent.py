"""Drawings of recurrent networks: arrows start and end at boxes."""

import pytest

from dlbook.figures.recurrent import (
    DRAWINGS,
    plot_against_counts,
    plot_drawings,
)

every_drawing = pytest.mark.parametrize("name", DRAWINGS)


@every_drawing
def test_routes_join_boxes_and_weights_belong_to_boxes(name):
    nodes, routes, learned = DRAWINGS[name]
    assert learned <= nodes.keys()
    for start, *corners, end in routes:
        assert {start, end} <= nodes.keys()
        assert all(len(corner) == 2 for corner in corners)
    ends = {route[0] for route in routes} | {route[-1] for route in routes}
    assert ends == nodes.keys()


@every_drawing
def test_boxes_do_not_cover_each_other(name):
    (ax,) = plot_drawings(name).axes
    ax.figure.canvas.draw()
    boxes = [
        text.get_bbox_patch().get_window_extent()
        for text in ax.texts
        if text.get_text()
    ]
    assert len(boxes) == len(DRAWINGS[name][0])
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(later) for later in boxes[i + 1 :])


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        ("GRU", {"r": {"in"}, "z": {"in"}, "n": {"x", "old"}}),
        ("LSTM", {gate: {"in"} for gate in "figo"}),
    ],
)
def test_gates_read_input_and_state(name, reads):
    _, routes, learned = DRAWINGS[name]
    assert learned == reads.keys()
    for gate, sources in reads.items():
        assert {r[0] for r in routes if r[-1] == gate} == sources


def test_drawings_stand_side_by_side_with_their_names():
    figure = plot_drawings("RNN", "unrolled")
    assert [ax.get_title() for ax in figure.axes] == ["RNN", "unrolled"]


def test_networks_are_levels_beside_the_counts():
    figure = plot_against_counts([9.0, 5.0, 4.0], {"RNN": 4.5, "GRU": 4.1})
    (ax,) = figure.axes
    assert ax.get_yscale() == "log"
    counted, rnn, gru = (line.get_ydata() for line in ax.lines)
    assert list(counted) == [9, 5, 4]
    assert (set(rnn), set(gru)) == ({4.5}, {4.1})
    assert [line.get_label() for line in ax.lines] == [
        "n-gram",
        "RNN 4.50",
        "GRU 4.10",
    ]
