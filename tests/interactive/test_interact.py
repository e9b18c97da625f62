import json
import re

import matplotlib
import numpy as np
from bs4 import BeautifulSoup

matplotlib.use("agg")

import matplotlib.pyplot as plt

from dlbook.interactive.interact import interact
from dlbook.interactive.svg import svg_lines

RATES = [0.01, 0.1, 1.0]


def curve(lr, surface="bowl"):
    figure, axes = plt.subplots(figsize=(4, 3))
    axes.plot([0, lr, 2], [3, 1, 0], label=f"descent on a {surface}")
    axes.set_title(surface)
    axes.legend()
    print(f"lr {lr:g} on {surface}")
    return figure


def two_controls(**options):
    alt = "Loss at {lr} on a {surface}"
    return interact(alt=alt, lr=RATES, surface=["bowl", "saddle"], **options)(
        curve
    )


def stored(bundle):
    return json.loads(
        re.search(r'json">(.*?)</script>', bundle["text/html"], re.S)[1]
    )


def frame(data, number):
    """The lines of one frame, put together as the script does it."""
    lines, after = [], 0
    for start, stop, new in data["changes"][number]:
        lines += data["svg"][after:start] + new
        after = stop
    return lines + data["svg"][after:]


def without_names(lines):
    text = re.sub(r'( id="|url\(#|href="#)[\w.-]+', r"\1", "\n".join(lines))
    return text.splitlines()


def test_every_position_has_its_picture_alt_text_and_readout(shown):
    two_controls()
    data = stored(shown[-1])
    assert data["labels"] == [["0.01", "0.1", "1"], ["bowl", "saddle"]]
    number = 0
    for lr in RATES:
        for surface in ("bowl", "saddle"):
            alone = svg_lines(curve(lr, surface))
            assert without_names(frame(data, number)) == without_names(alone)
            assert data["alts"][number] == f"Loss at {lr:g} on a {surface}"
            assert data["printed"][number] == f"lr {lr:g} on {surface}"
            number += 1
    assert number == len(data["changes"])
    plt.close("all")


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


def test_start_is_the_middle_or_what_was_asked(shown):
    two_controls()
    two_controls(start={"lr": 0.01, "surface": "bowl"})
    assert "Loss at 0.1 on a saddle" in shown[0]["text/plain"]
    assert "Loss at 0.01 on a bowl" in shown[1]["text/plain"]


def test_each_frame_is_drawn_once_and_closed_and_the_name_stays(shown):
    calls = []

    def drawn(lr):
        calls.append(lr)
        return curve(lr)

    assert interact(alt="{lr}", lr=RATES)(drawn) is drawn
    assert calls == RATES
    assert plt.get_fignums() == []


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
