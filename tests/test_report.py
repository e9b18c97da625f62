"""Numbers and claims: what is printed, what is kept, what fails a run."""

import math
import sys

import numpy as np
import pytest
import torch

from dlbook import report as module
from dlbook.report import MIME, expect, report
from dlbook.runtime import FRONT_ENDS
from tools.notebook import outputs, records


@pytest.fixture
def page(monkeypatch):
    """A function that sets `quick` and `seed` of the page that runs."""
    for name in (*FRONT_ENDS, "DLBOOK_STRICT", "DLBOOK_REHEARSE"):
        monkeypatch.delenv(name, raising=False)

    def set_parameters(*, quick, seed):
        main = sys.modules["__main__"]
        monkeypatch.setattr(main, "quick", quick, raising=False)
        monkeypatch.setattr(main, "seed", seed, raising=False)

    set_parameters(quick=True, seed=0)
    return set_parameters


@pytest.fixture
def shown(monkeypatch):
    """What was displayed."""
    displayed = []
    monkeypatch.setattr(
        module, "display", lambda data, raw: displayed.append(data)
    )
    return displayed


def test_report_prints_one_line_and_keeps_a_record(page, shown, capsys):
    page(quick=False, seed=7)
    report("accuracy", 0.84567, floor=0.84, ceiling=0.88, seconds=12.345)
    out = capsys.readouterr().out
    assert out == "accuracy = 0.8457   (accepted: 0.84 to 0.88)\n"
    record = shown[0][MIME]
    assert list(shown[0]) == [MIME]
    assert record.pop("device") in ("cpu", "cuda", "mps", "cuda:0")
    assert record == {
        "name": "accuracy",
        "value": 0.84567,
        "floor": 0.84,
        "ceiling": 0.88,
        "quick": False,
        "seed": 7,
        "seconds": 12.3,
    }


@pytest.mark.parametrize("value", [0.84, 0.88])
def test_the_bounds_themselves_are_accepted(page, shown, value):
    report("x", value, floor=0.84, ceiling=0.88)
    expect("x", value, 0.84, 0.88)
    assert len(shown) == 1
    assert shown[0][MIME]["seconds"] is None


OUTSIDE = pytest.mark.parametrize(
    "value, words",
    [
        (0.8399, "below its range"),
        (0.8801, "above its range"),
        (math.nan, "x = nan is no number of its range"),
    ],
)


@OUTSIDE
def test_the_committed_run_fails_after_printing(
    page, shown, capsys, value, words
):
    with pytest.raises(ValueError, match=words):
        report("x", value, floor=0.84, ceiling=0.88)
    assert capsys.readouterr().out.startswith("x = ")
    assert len(shown) == 1
    with pytest.raises(ValueError, match=words):
        expect("x", value, 0.84, 0.88)


@OUTSIDE
@pytest.mark.parametrize(
    "parameters", [{"quick": True, "seed": 1}, {"quick": False, "seed": 0}]
)
def test_other_parameters_get_one_line_more(
    page, shown, capsys, value, words, parameters
):
    page(**parameters)
    told = f"x: here {value:.4g}, on the page between 0.84 and 0.88\n"
    report("x", value, floor=0.84, ceiling=0.88)
    assert capsys.readouterr().out.endswith(f"to 0.88)\n{told}")
    expect("x", value, 0.84, 0.88)
    assert capsys.readouterr().out == told


@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_a_reader_is_not_judged_and_a_strict_run_is(
    page, shown, capsys, monkeypatch, front_end
):
    """Even with the parameters of the page: the machine is another."""
    monkeypatch.setenv(front_end, "here")
    told = "x: here 2, on the page between 0 and 1\n"
    expect("x", 2, 0, 1)
    assert capsys.readouterr().out == told
    report("x", 2, floor=0, ceiling=1)
    assert capsys.readouterr().out.endswith(told)
    page(quick=True, seed=5)
    monkeypatch.setenv("DLBOOK_STRICT", "1")
    with pytest.raises(ValueError, match="above"):
        expect("x", 2, 0, 1)
    with pytest.raises(ValueError, match="above"):
        report("x", 2, floor=0, ceiling=1)


@pytest.mark.parametrize("value", ["", "0"])
def test_a_switch_that_is_empty_or_zero_is_off(
    page, shown, monkeypatch, value
):
    for name in ("DLBOOK_STRICT", "DLBOOK_REHEARSE"):
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match="above"):
        expect("x", 2, 0, 1)
    page(quick=True, seed=5)
    expect("x", 2, 0, 1)


def test_a_program_without_parameters_is_not_judged(page, shown, capsys):
    page(quick=None, seed=None)
    expect("x", 2, 0, 1)
    assert capsys.readouterr().out.startswith("x: here 2, on the page")


def test_a_rehearsal_judges_nothing(page, shown, monkeypatch, capsys):
    monkeypatch.setenv("DLBOOK_STRICT", "1")
    monkeypatch.setenv("DLBOOK_REHEARSE", "1")
    expect("x", 2, 0, 1)
    assert (capsys.readouterr().out, shown) == ("", [])
    report("x", 2, floor=0, ceiling=1)
    assert capsys.readouterr().out == "x = 2   (accepted: 0 to 1)\n"


def test_a_claim_leaves_a_record_only_where_it_is_not_judged(page, shown):
    expect("x", 0.5, 0.1)
    assert shown == []
    page(quick=True, seed=3)
    expect("x", 0.5, 0.1)
    assert [data[MIME] for data in shown] == [
        {"claim": "x", "value": 0.5, "floor": 0.1, "ceiling": "inf"}
    ]


@pytest.mark.parametrize("rehearse", ["0", "1"])
def test_bounds_in_the_wrong_order_are_named(
    page, shown, monkeypatch, rehearse
):
    """In a rehearsal too: there they would be found first."""
    monkeypatch.setenv("DLBOOK_REHEARSE", rehearse)
    for floor, ceiling in [(0.9, 0.8), (0.8, 0.8), (math.nan, 1)]:
        with pytest.raises(ValueError, match=f"floor {floor} of x"):
            report("x", 0.85, floor=floor, ceiling=ceiling)
    with pytest.raises(ValueError, match="the bounds of x"):
        expect("x", 0.85, 0.9, 0.8)
    with pytest.raises(ValueError, match="the bounds of x"):
        expect("x", 0.85, 0.9, math.nan)
    assert shown == []


def test_a_claim_may_be_exact_and_any_number_of_torch_or_numpy(page, shown):
    expect("no difference", torch.zeros(()), 0, 0)
    expect("half", np.float32(0.5), 0.5, 0.5)
    expect("it holds", True, 1)
    with pytest.raises(ValueError, match="it holds = 0 is below"):
        expect("it holds", torch.tensor(3) < 2, 1)


def test_the_tools_look_for_the_records_that_are_displayed(page, shown):
    assert outputs.REPORT == MIME
    page(quick=True, seed=3)
    report("accuracy", 0.5, floor=0.1, ceiling=0.9)
    expect("x", math.inf, 0.1)
    cell = {"outputs": [{"data": data} for data in shown]}
    notebook = outputs.from_dict({"cells": [cell]})
    assert records.results(notebook)["accuracy"]["value"] == 0.5
    assert records.claims(notebook)["x"]["value"] == "inf"
