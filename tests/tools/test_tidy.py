"""What a page keeps of an output."""

import pytest
from nbformat.v4 import new_output

from tools.notebook.outputs import WIDGET, tidy


def stream(text, name="stdout"):
    return new_output("stream", text=text, name=name)


def test_tidy_keeps_the_last_state_and_drops_live_widgets():
    outputs = [
        stream("10 %\r20 %"),
        stream("\r100 %\nloss 0.5\r\n"),
        new_output(
            "display_data",
            data={WIDGET: {"model_id": "1"}, "text/plain": "Slider()"},
        ),
        stream("end\n"),
        stream("/tmp/ipykernel_12/345.py:3: UserWarning\n", "stderr"),
    ]
    before = str(outputs)
    kept = tidy(outputs)
    assert [output.text for output in kept] == [
        "100 %\nloss 0.5\nend\n",
        "cell:3: UserWarning\n",
    ]
    assert tidy(kept) == kept
    assert str(outputs) == before


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        (
            "/home/me/dlbook/dlbook/training/fit.py:3",
            "dlbook/training/fit.py:3",
        ),
        (
            "~/.venv/lib/python3.12/site-packages/torch/nn.py",
            "torch/nn.py",
        ),
        ("/usr/lib/python3.12/json/decoder.py", "json/decoder.py"),
        (
            "\x1b[32m~/books/dlbook/data/images.py\x1b[39m",
            "\x1b[32mdlbook/data/images.py\x1b[39m",
        ),
        (
            "https://github.com/OWNER/dlbook/issues",
            "https://github.com/OWNER/dlbook/issues",
        ),
    ],
)
def test_errors_lose_the_folders_of_this_machine(path, kept):
    error = new_output("error", ename="E", evalue="", traceback=[f"in {path}"])
    assert tidy([error])[0].traceback == [f"in {kept}"]
    assert tidy([stream(f"in {path}", "stderr")])[0].text == f"in {kept}"
