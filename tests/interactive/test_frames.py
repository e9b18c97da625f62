"""The HTML of an interactive figure: controls, names, words, weight."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from bs4 import BeautifulSoup
from sample_figures import RATES, curve, frame, stored, two_controls

from dlbook.interactive.interact import interact


def test_numbers_make_a_labelled_slider_and_words_a_menu(shown):
    two_controls(start={"surface": "bowl"})
    body = BeautifulSoup(stored(shown[-1])["body"], "html.parser")
    slider, menu = body.find("input"), body.find("select")
    assert (slider["type"], slider["max"], slider["value"]) == (
        "range",
        "2",
        "1",
    )
    assert menu.find(selected=True).text == "bowl"
    for control, words in ((slider, "lr"), (menu, "surface")):
        assert body.find("label", {"for": control["id"]}).text == words
    assert body.find(role="img")["aria-label"] == "Loss at 0.1 on a bowl"
    assert body.find(class_="dl-readout")["aria-live"] == "polite"


def test_underscores_read_as_spaces_and_arrays_make_sliders(shown):
    @interact(alt="{learning_rate}", learning_rate=np.linspace(0, 0.3, 4))
    def figure(learning_rate):
        return curve(learning_rate)

    data = stored(shown[-1])
    assert ">learning rate<" in data["body"]
    assert "range" in data["body"]
    assert data["labels"] == [["0", "0.1", "0.2", "0.3"]]


def test_a_second_run_gives_the_same_bytes(shown):
    two_controls()
    interact(alt="{lr}", lr=RATES)(curve)
    two_controls()
    assert shown[0] == shown[2] != shown[1]
    names = [re.search("dl-[0-9a-f]{8}", str(b))[0] for b in shown]
    assert names[0] == names[2] != names[1]


def test_ids_belong_to_the_figure_and_none_is_missing_or_spare(shown):
    two_controls()
    data, page = stored(shown[-1]), shown[-1]["text/html"]
    name = re.search('data-figure="([^"]*)', page)[1]
    for number in range(6):
        text = "\n".join(frame(data, number))
        ids = re.findall(r' id="([^"]*)', text)
        used = re.findall(r'(?:url\(#|href="#)([\w.-]+)', text)
        assert ids
        assert set(ids) == set(used)
        assert len(set(ids)) == len(ids)
        assert all(each.startswith(name) for each in ids)


def test_a_viewer_without_scripts_reads_one_sentence(shown):
    two_controls()
    page = BeautifulSoup(shown[-1]["text/html"], "html.parser")
    for script in page.find_all(["script", "style"]):
        script.decompose()
    assert page.text == shown[-1]["text/plain"]
    assert page.text.startswith("Interactive figure: Loss at 0.1 on a saddle.")
    assert "Run this cell" in page.text
    assert "built book" in page.text


def test_text_cannot_close_the_script(shown):
    @interact(alt='a "{word}" & <b>', word=["</script><!--", "--><script>"])
    def figure(word):
        return curve(1, surface=word)

    page = BeautifulSoup(shown[-1]["text/html"], "html.parser")
    assert len(page.find_all("script")) == 2
    assert stored(shown[-1])["printed"][0] == "lr 1 on </script><!--"
    assert "<!--" not in shown[-1]["text/html"]


def test_twenty_frames_weigh_little(shown):
    x = np.linspace(0, 9, 200)
    a, b = np.meshgrid(*[np.linspace(-2, 2, 40)] * 2)

    @interact(alt="Curve {lr}", lr=list(range(1, 22)))
    def curves(lr):
        figure, axes = plt.subplots()
        axes.plot(x, np.exp(-x / lr))
        return figure

    @interact(alt="Heat map {scale}", scale=list(range(1, 22)))
    def heat(scale):
        figure, axes = plt.subplots()
        axes.imshow(np.sin(scale * a) * b)
        return figure

    sizes = [len(bundle["text/html"]) for bundle in shown]
    assert sizes[0] < 75_000  # 71 kB with Matplotlib 3.8, else less
    assert sizes[1] < 80_000


def test_too_heavy_names_both_sizes(shown):
    def heavy(n):
        figure, axes = plt.subplots()
        axes.plot(np.random.default_rng(n).random(30_000))
        return figure

    with pytest.raises(
        ValueError, match=r"\d{3} kB, more than .* 200 kB.*fewer"
    ):
        interact(alt="Noise {n}", n=[1, 2])(heavy)

    with pytest.raises(ValueError, match=r"kB, more than the 200 kB.*fewer"):
        interact(alt="Noise {n}", n=[1, 2])(heavy)
