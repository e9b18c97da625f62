"""The figure of a replaced head: its words, its arrows, what is new."""

from matplotlib.colors import same_color
from matplotlib.patches import FancyArrowPatch

from dlbook.figures.detections import plot_replaced_head
from dlbook.figures.palette import AMBER


def test_the_last_layers_are_those_to_replace():
    figure = plot_replaced_head(7)
    (ax,) = figure.axes
    replaced = [
        text.get_text() for text in ax.texts
        if text.get_bbox_patch() is not None
        and same_color(text.get_bbox_patch().get_facecolor(), AMBER)
    ]  # fmt: skip
    assert replaced == ["7 classes and\nbackground", "4 offsets\nfor each"]


def test_every_arrow_is_there_and_all_is_within_the_figure():
    figure = plot_replaced_head(3)
    (ax,) = figure.axes
    arrows = [p for p in ax.patches if isinstance(p, FancyArrowPatch)]
    assert len(arrows) == 7
    figure.canvas.draw()
    frame = figure.bbox
    for text in ax.texts:
        if text.get_text().strip():
            extent = text.get_window_extent()
            assert frame.x0 <= extent.x0 and extent.x1 <= frame.x1
            assert frame.y0 <= extent.y0 and extent.y1 <= frame.y1
