"""The figures of translation draw what they are given."""

from matplotlib.colors import to_hex

from dlbook.figures.palette import BLUE, ORANGE
from dlbook.figures.translation import (
    plot_forcing,
    plot_search_tree,
    tree_layout,
)


def words(ax):
    return [(text.get_text(), text.get_color()) for text in ax.texts]


def test_forcing_reads_the_truth_and_free_running_what_was_written():
    reference = ["a", "b", "<eos>"]
    figure = plot_forcing(["a", "x", "<eos>"], ["y", "b"], reference)
    above, below = (words(ax) for ax in figure.axes)
    names = [[name for name, _ in texts if name] for texts in (above, below)]
    assert names[0] == ["reads", "writes", "<bos>", *"aaxb", "<eos>"]
    assert names[1] == ["reads", "writes", "<bos>", *"yyb"]
    wrong = [[n for n, c in texts if c == ORANGE] for texts in (above, below)]
    assert wrong == [["x"], ["y"]]


def test_a_node_stands_between_its_children():
    depth, heights = tree_layout([None, 0, 0, 1, 1])
    assert depth == [0, 1, 1, 2, 2]
    assert heights == [1.25, 0.5, 2.0, 0.0, 1.0]


def test_what_a_beam_keeps_is_blue():
    nodes = [(None, "<bos>", "", True), (0, "a", "0.6", True)]
    nodes += [(0, "b", "0.4", False)]
    (ax,) = plot_search_tree(nodes).axes
    frames = [to_hex(p.get_edgecolor()).upper() for p in ax.patches]
    assert [frame == BLUE for frame in frames] == [True, True, False]
    names = [name for name, _ in words(ax)]
    assert names == ["<bos>", "", "a", "0.6", "b", "0.4"]
    assert len(ax.lines) == 2
