"""One line of numbers: in a terminal, in a notebook, in a log file."""

import sys
from types import SimpleNamespace

import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from torch import nn
from toys import sgd, toy

from dlbook.training import progress
from dlbook.training.fit import fit
from dlbook.training.progress import ProgressLine


def train(epochs=2, **settings):
    _, _, loader = toy()
    torch.manual_seed(0)
    model = nn.Linear(2, 2)
    settings = {"optimizer": sgd(model), "device": "cpu"} | settings
    return fit(model, loader, loader, epochs=epochs, **settings)


@pytest.fixture
def ticking(monkeypatch):
    """A clock on which every look takes 0.3 s, so lines are often drawn."""
    clock = iter(range(10**6))
    stub = SimpleNamespace(perf_counter=lambda: 0.3 * next(clock))
    monkeypatch.setattr(progress, "time", stub)


def test_a_log_file_gets_one_line_an_epoch(capsys, ticking):
    train(epochs=3)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    for number, line in enumerate(lines, start=1):
        assert line.startswith(f"{number}/3 train loss 0.")
        assert ", valid loss 0." in line
        assert line.endswith(" s cpu")


def test_a_terminal_keeps_the_final_numbers_in_one_line(
    capsys, ticking, monkeypatch
):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    train()
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert out.endswith(" s cpu\n")
    drawn = out.rstrip("\n").split("\r")[1:]
    assert len(drawn) > 6
    assert drawn[0].startswith("0.1/2 ") or drawn[0].startswith("0.2/2 ")
    assert drawn[-1].startswith("2/2 train loss 0.")


class Shell:
    """What get_ipython() returns in a notebook."""


@pytest.fixture
def outputs(monkeypatch):
    """What a notebook displays: a list of outputs, each of its states."""
    displayed = []

    def display(line, display_id):
        states = [repr(line)]
        displayed.append(states)
        return SimpleNamespace(update=lambda line: states.append(repr(line)))

    monkeypatch.setattr(progress, "get_ipython", Shell)
    monkeypatch.setattr(progress, "display", display)
    return displayed


def test_a_notebook_updates_one_output(capsys, ticking, outputs):
    history = train()
    assert capsys.readouterr().out == ""
    assert len(outputs) == 1
    assert len(outputs[0]) > 6
    last = (
        f"2/2 train loss {history['train_loss'][-1]:.3f} "
        f"accuracy {history['train_accuracy'][-1]:.3f}, "
        f"valid loss {history['valid_loss'][-1]:.3f} "
        f"accuracy {history['valid_accuracy'][-1]:.3f}, "
    )
    assert outputs[0][-1].startswith(last)
    assert outputs[0][-1].endswith(" s cpu")


def test_ipython_in_a_terminal_is_no_notebook(monkeypatch):
    terminal = type("TerminalInteractiveShell", (InteractiveShell,), {})
    shells = iter([terminal(), Shell()])
    monkeypatch.setattr(progress, "get_ipython", lambda: next(shells))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert [progress.medium(), progress.medium()] == ["terminal", "notebook"]


def test_no_progress_is_no_output(capsys, ticking, outputs, monkeypatch):
    train(progress=False)
    monkeypatch.setattr(progress, "get_ipython", lambda: None)
    train(progress=False)
    assert (capsys.readouterr().out, outputs) == ("", [])


@pytest.mark.parametrize("show", [True, False])
def test_it_is_time_to_look_twice_a_second(monkeypatch, capsys, show):
    """Whether or not anything is shown."""
    clock = iter([0.0, 0.4, 0.6, 0.6, 1.0, 1.2, 1.2])
    stub = SimpleNamespace(perf_counter=lambda: next(clock))
    monkeypatch.setattr(progress, "time", stub)
    line = ProgressLine(1, 4, "cpu", show=show)
    line.begin(0)
    assert [line.advance() for _ in range(4)] == [False, True, False, True]
