"""An interactive figure is drawn for every position of its controls."""

import re

import matplotlib.pyplot as plt
import pytest
from sample_figures import RATES, curve, frame, stored, two_controls

from dlbook.interactive.interact import interact
from dlbook.interactive.svg import svg_lines


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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alt": "no control"}, "no control: give one"),
        ({"alt": "{lr}", "lr": []}, "'lr' has 0 positions"),
        ({"alt": "{lr}", "lr": [1.0]}, "'lr' has 1 positions"),
        ({"alt": "{lr}", "lr": range(121)}, "121 positions are more than 120"),
        ({"alt": "{rate}", "lr": RATES}, r"names \{rate\}.*\['lr'\]"),
        ({"alt": "{lr} {}", "lr": RATES}, "the controls are"),
        ({"alt": "same", "lr": RATES}, "'same': name every control"),
        ({"alt": "{lr}", "lr": RATES, "start": {"lr": 3}}, "lr=3: choose"),
        ({"alt": "{lr}", "lr": RATES, "start": {"a": 3}}, "a=3: choose"),
    ],
)
def test_wrong_controls_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        interact(**options)


def test_a_function_without_a_figure_is_named(shown):
    def forgetful(lr):
        plt.subplots()

    with pytest.raises(ValueError, match="forgetful returned NoneType"):
        interact(alt="{lr}", lr=RATES)(forgetful)
    plt.close("all")
