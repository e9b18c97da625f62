"""The palette stands once: style, figures and the site agree with it."""

import itertools
import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_rgb

from dlbook.figures import palette
from dlbook.interactive import svg

FIGURES = Path(palette.__file__).parent
COLORS = {
    name: value for name, value in vars(palette).items() if name.isupper()
}


def test_curves_take_the_colours_of_the_cycle():
    with plt.style.context("dlbook.figures.book"):
        cycle = plt.rcParams["axes.prop_cycle"].by_key()["color"]
        ink = plt.rcParams["text.color"]
        grey = plt.rcParams["axes.edgecolor"]
    wanted = [to_rgb(color) for color in palette.CYCLE]
    assert [to_rgb(color) for color in cycle] == wanted
    assert to_rgb(ink) == to_rgb(palette.INK)
    assert to_rgb(grey) == to_rgb(palette.GREY)


def test_a_dark_page_knows_the_colours_that_it_lightens():
    assert svg.INK.endswith(palette.INK)
    shaded = {palette.GREY, palette.BLUE, palette.ORANGE}
    assert set(svg.SHADED) == {color.lower() for color in shaded}


def test_no_two_curves_look_alike():
    for one, two in itertools.combinations(palette.CYCLE, 2):
        pairs = zip(to_rgb(one), to_rgb(two), strict=True)
        assert sum(abs(a - b) for a, b in pairs) > 0.3, (one, two)


@pytest.mark.parametrize("path", FIGURES.glob("*.py"), ids=lambda p: p.stem)
def test_no_other_file_writes_a_colour_as_a_number(path):
    if path.stem != "palette":
        assert re.findall(r"#[0-9a-fA-F]{6}\b", path.read_text()) == []
