"""Diagrams of detectors: all words are there, arrows join what they should."""

from matplotlib.patches import FancyArrowPatch

from dlbook.figures.detectors import (
    plot_feature_pyramid,
    plot_rcnn_family,
    plot_single_shot,
)


def words(figure):
    return " ".join(
        text.get_text().replace("\n", " ") for text in figure.axes[0].texts
    )


def arrows(figure):
    patches = figure.axes[0].patches
    return sum(isinstance(patch, FancyArrowPatch) for patch in patches)


def test_a_single_shot_detector_shows_its_stages_and_heads():
    figure = plot_single_shot(
        [("scene", 3, 96), ("stem", 32, 24), ("stage", 64, 12)],
        ["one head"], "all anchors",
    )  # fmt: skip
    drawn = words(figure)
    assert "3 × 96 × 96" in drawn and "64 × 12 × 12" in drawn
    assert "one head" in drawn and "all anchors" in drawn
    assert arrows(figure) == 2 + 1 + 1


def test_the_family_has_three_members():
    figure = plot_rcnn_family()
    drawn = words(figure)
    for name in ("R-CNN", "Fast R-CNN", "Faster R-CNN", "SVMs"):
        assert name in drawn
    assert drawn.count("selective search") == 2
    assert drawn.count("region proposal network") == 1
    assert arrows(figure) == 3 * 4 + 2 + 2


def test_the_pyramid_has_a_row_for_each_stride():
    figure = plot_feature_pyramid((4, 8))
    assert "stride 4" in words(figure) and "stride 8" in words(figure)
    assert words(figure).count("upsampled") == 1
    assert arrows(figure) == 2 * 2 + 2
