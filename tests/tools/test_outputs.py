"""What counts as the same output, and what must never."""

import base64
import io
from unittest.mock import patch

import matplotlib.pyplot as plt
import numpy as np
import pytest
from nbformat.v4 import new_output
from PIL import Image

from dlbook.interactive.interact import interact
from tools.notebook.outputs import REPORT, same_outputs, same_text


def stream(text, name="stdout"):
    return new_output("stream", text=text, name=name)


def shown(data, kind="display_data"):
    return new_output(kind, data=data)


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels.astype("uint8")).save(file, "PNG")
    return shown({"image/png": base64.b64encode(file.getvalue()).decode()})


def report(**changed):
    record = {"name": "accuracy", "value": 0.84, "floor": 0.8, "seed": 0}
    record |= {"ceiling": 0.9, "quick": True, "device": "cpu", "seconds": 3.1}
    return shown({REPORT: record | changed})


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("loss 0.5012, accuracy 0.8421", "loss 0.4990, accuracy 0.8400"),
        ("loss  101.9", "loss  100.0"),
        ("1.2e-07", "3.1e-07"),
        ("-0.0000", "0.0000"),
        ("tensor([0.1000, -0.9990])", "tensor([0.1001, -1.0000])"),
        ("gain −0.501", "gain −0.500"),
        ("done in 12.3 s", "done in 4 ms"),
        ("3 min, 2 s per epoch", "1 min 12 s, 40 µs per epoch"),
        ("12.3 s on cpu", " 9.8 s on cpu".strip()),
        ("a    b  \nc", "a b\nc"),
        ("loss  9.99\nloss 10.01", "loss  9.98\nloss 10.00"),
    ],
)
def test_same_text(new, old):
    assert same_text(new, old)
    assert same_text(old, new)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("epoch 3", "epoch 4"),
        ("12 images", "12 pictures"),
        ("0.500", "-0.500"),
        ("gain 0.002", "gain −0.002"),
        ("0.515", "0.500"),
        ("103.0", "100.0"),
        ("0.0251 error", "0.0199 error"),
        ("[1, 2, 3]", "[1, 2, 4]"),
        ("nan", "0.5"),
        ("0.5 0.5", "0.5"),
        ("0.5, 0.7", "0.7, 0.5"),
        ("torch.Size([3, 4])", "torch.Size([4, 3])"),
        ("a\nb", "a b"),
        ("ab", "a b"),
        ("10000", "10001"),
        ("v1.2.3", "v1.2.4"),
        ("12 spoons", "13 spoons"),
        ("", "0.5"),
    ],
)
def test_different_text(new, old):
    assert not same_text(new, old)
    assert not same_text(old, new)


HTML = "<p aria-label='loss'>loss 0.50</p><svg><path d='M 1 2'/></svg>"


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ([], [stream("a")]),
        ([stream("a")], []),
        ([stream("a")], [stream("a", "stderr")]),
        ([stream("a")], [shown({"text/plain": "a"})]),
        (
            [shown({"text/plain": "a"}, "execute_result")],
            [shown({"text/plain": "a"})],
        ),
        ([png(np.zeros((2, 2)))], [shown({"text/plain": "<Figure>"})]),
        ([report()], [stream("accuracy")]),
        ([report(value=0.86)], [report()]),
        ([report(value=-0.84)], [report()]),
        ([report(floor=0.81)], [report()]),
        ([report(ceiling=0.901)], [report()]),
        ([report(quick=False)], [report()]),
        ([report(seed=1)], [report()]),
        ([report(name="loss")], [report()]),
        ([report(device="cuda")], [report()]),
        ([report(extra=1)], [report()]),
        (
            [shown({"text/html": HTML.replace("'loss'", "'gain'")})],
            [shown({"text/html": HTML})],
        ),
        (
            [shown({"text/html": HTML.replace("0.50", "0.53")})],
            [shown({"text/html": HTML})],
        ),
        (
            [shown({"text/html": HTML.partition("<svg>")[0]})],
            [shown({"text/html": HTML})],
        ),
        (
            [new_output("error", ename="ValueError", evalue="2 and 3")],
            [new_output("error", ename="ValueError", evalue="2 and 4")],
        ),
        (
            [new_output("error", ename="ValueError", evalue="2")],
            [new_output("error", ename="TypeError", evalue="2")],
        ),
    ],
)
def test_different_outputs(new, old):
    assert not same_outputs(new, old)
    assert same_outputs(new, new)
    assert same_outputs(old, old)


def test_a_report_may_differ_in_its_last_digits_and_its_time():
    assert same_outputs([report(value=0.8449, seconds=90.0)], [report()])
    assert same_outputs([report(seconds=None)], [report()])


def test_pictures_are_compared_only_when_asked():
    black = np.zeros((8, 8, 3))
    nearly, dotted = black.copy(), black.copy()
    nearly[2:5] = 3
    dotted[4, 4, 1] = 60
    assert same_outputs([png(dotted)], [png(black)])
    assert not same_outputs([png(dotted)], [png(black)], pictures=True)
    assert not same_outputs([png(black[1:])], [png(black)], pictures=True)
    assert same_outputs([png(nearly)], [png(black)], pictures=True)
    moved = [shown({"text/html": HTML.replace("M 1", "M 9")})]
    assert same_outputs(moved, [shown({"text/html": HTML})])
    assert not same_outputs(moved, [shown({"text/html": HTML})], pictures=True)


def interactive(*, value=0.5, noun="loss", width=1.0, alt="x at {x}"):
    """The output of an interactive figure with two frames."""

    def draw(x):
        figure, axes = plt.subplots()
        axes.set_xlim(0, width)
        print(f"{noun} {value + x:.2f}")
        return figure

    with patch("dlbook.interactive.interact.display") as display:
        interact(alt=alt, x=[0, 1])(draw)
    return [shown(display.call_args.args[0])]


def test_the_words_of_every_frame_are_compared():
    before = interactive()
    assert same_outputs(interactive(value=0.503), before)
    assert same_outputs(interactive(width=2.0), before)
    assert not same_outputs(interactive(width=2.0), before, pictures=True)
    assert not same_outputs(interactive(value=0.55), before)
    assert not same_outputs(interactive(noun="gain"), before)
    assert not same_outputs(interactive(alt="x is {x}"), before)
