import base64
import io
import random
import re

import matplotlib
import numpy as np
from PIL import Image

matplotlib.use("agg")

import matplotlib.pyplot as plt

from dlbook.interactive.svg import _shorten, changes, svg_lines


def drawn(draw):
    figure, axes = plt.subplots()
    draw(axes)
    text = "\n".join(svg_lines(figure))
    plt.close(figure)
    return text


def pictures(text):
    for png in re.findall('data:image/png;base64,([^"]*)', text):
        yield Image.open(io.BytesIO(base64.b64decode(png)))


def test_ink_follows_the_page_and_colours_stay():
    def draw(axes):
        axes.plot([0, 1], color="#E69F00")
        axes.text(0, 0, "on a dark cell", color="white")
        axes.axvspan(0, 1, color="white")
        axes.axhline(0, color="#5b6474")
        axes.axhline(1, color="#0072B2")

    text = drawn(draw)
    assert "currentColor" in text
    assert "#000000" not in text
    assert "#e69f00" in text
    assert "var(--dl-paper)" in text
    assert "var(--dl-grey)" in text
    assert not re.search("#(0072b2|5b6474)", text)
    assert re.search(r"<text[^>]*#ffffff[^>]*>on a dark cell", text)


def test_numbers_are_short_and_true_to_a_tenth_of_a_point():
    y = np.random.default_rng(0).random(50)
    text = drawn(lambda axes: axes.plot(y, color="#123456"))
    path = re.search(r'd="M([^"A-Z]*)" [^>]*#123456', text)[1]
    points = np.array(path.split(), float).reshape(-1, 2)
    assert len(points) == 50
    assert not re.search(r"\.\d\d", path)
    scale = np.polyfit(y, points[:, 1], 1)
    assert np.abs(np.polyval(scale, y) - points[:, 1]).max() <= 0.06


def test_a_command_is_written_once_and_after_another_again():
    long = "M 0 0 L 1.04 -0.01 L 3 4 C 1 1 2 2 3 3 C 1 1 2 2 3 3 L 5 6 z M 1 1"
    short = "M0 0 1 0 3 4C1 1 2 2 3 3 1 1 2 2 3 3L5 6zM1 1"
    assert _shorten(long) == short


def test_small_images_keep_their_pixels_in_few_colours():
    x, y = np.meshgrid(*[np.linspace(-2, 2, 40)] * 2)
    (image,) = pictures(drawn(lambda axes: axes.imshow(x * y)))
    assert image.size == (40, 40)
    assert len(image.convert("RGBA").getcolors()) <= 64


def test_the_pixels_of_an_image_have_their_colours():
    z = np.random.default_rng(1).integers(0, 2, (5, 7))
    (image,) = pictures(drawn(lambda axes: axes.imshow(z, cmap="gray")))
    pixels = np.asarray(image.convert("L")) > 128
    assert (pixels == z).all() or (pixels == z[::-1]).all()


def test_large_images_are_drawn_at_the_size_of_the_figure():
    z = np.random.default_rng(1).random((1000, 1000))
    (image,) = pictures(drawn(lambda axes: axes.imshow(z)))
    assert max(image.size) < 600


def test_no_address_no_font_and_no_style_for_the_rest_of_the_page():
    text = drawn(lambda axes: axes.set_title("A title"))
    assert "http" not in text
    assert "font-family" not in text
    assert "<style" not in text
    assert "<metadata" not in text


def test_changes_turn_one_list_into_the_other():
    choose = random.Random(0)
    for _ in range(50):
        old, new = (
            choose.choices("abcd", k=choose.randrange(9)) for _ in "ab"
        )
        lines, after = [], 0
        for start, stop, added in changes(old, new):
            lines += old[after:start] + added
            after = stop
        assert lines + old[after:] == new
