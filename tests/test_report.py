import sys

import pytest

from dlbook import report as module
from dlbook.report import MIME, report
from tools import outputs, site


@pytest.fixture
def shown(monkeypatch):
    outputs = []
    monkeypatch.setattr(
        module, "display", lambda data, raw: outputs.append(data)
    )
    main = sys.modules["__main__"]
    monkeypatch.setattr(main, "quick", True, raising=False)
    monkeypatch.setattr(main, "seed", 7, raising=False)
    return outputs


def test_report_prints_one_line_and_keeps_a_record(shown, capsys):
    report("test_accuracy", 0.84567, 0.84, 0.88, seconds=12.345)
    out = capsys.readouterr().out
    assert out == "test_accuracy = 0.8457   (accepted: 0.84 to 0.88)\n"
    record = shown[0][MIME]
    assert list(shown[0]) == [MIME]
    assert record.pop("device") in ("cpu", "cuda", "mps", "cuda:0")
    assert record == {
        "name": "test_accuracy",
        "value": 0.84567,
        "floor": 0.84,
        "ceiling": 0.88,
        "quick": True,
        "seed": 7,
        "seconds": 12.3,
    }


@pytest.mark.parametrize("value", [0.84, 0.88])
def test_the_bounds_themselves_are_accepted(shown, value):
    report("x", value, 0.84, 0.88)
    assert shown[0][MIME]["seconds"] is None


@pytest.mark.parametrize(
    "value, words",
    [
        (0.8399, "below the floor"),
        (0.8801, "above the ceiling"),
        (float("nan"), "nan"),
    ],
)
def test_outside_the_range_it_fails_after_printing(
    shown, capsys, value, words
):
    with pytest.raises(ValueError, match=words):
        report("x", value, 0.84, 0.88)
    assert capsys.readouterr().out.startswith("x = ")
    assert len(shown) == 1


def test_bounds_in_the_wrong_order_are_named(shown):
    with pytest.raises(ValueError, match="floor 0.9 .* 0.8"):
        report("x", 0.85, 0.9, 0.8)


def test_the_tools_look_for_the_record_that_is_displayed():
    assert outputs.REPORT == site.REPORT == MIME
