"""Rehearsals, seeds and full runs of a small book."""

import json

import nbformat
import pytest
from small_books import CLAIMS, REPORT, edit, files

from tools import notebooks
from tools.notebook import runs
from tools.notebook.records import results


def recorded(book, kind):
    return json.loads((book / f"appendix/{kind}.json").read_text())["trial"]


def kept(book):
    """What is committed of a book."""
    built = book / "_build"
    return {p: b for p, b in files(book).items() if built not in p.parents}


def test_a_rehearsal_runs_the_full_version_in_miniature(ran, capsys):
    path = ran / "chapters/trial.ipynb"
    look = "import os\nos.environ['DLBOOK_REHEARSE'], quick, seed"
    edit(path, lambda cells: cells[7].update(source=look))
    before = kept(ran)
    assert notebooks.rehearse(root=ran) == 0
    assert kept(ran) == before
    assert capsys.readouterr().out.startswith("trial: rehearsed in ")
    built = ran / "_build/rehearsal/trial.ipynb"
    (cell,) = (c for c in nbformat.read(built, 4).cells if c.source == look)
    assert cell.outputs[0].data["text/plain"] == "('1', False, 11)"


def test_a_rehearsal_that_fails_says_where(ran, capsys):
    path = ran / "chapters/trial.ipynb"
    edit(path, lambda cells: cells[7].update(source="# so\nquick or 1 / 0"))
    assert notebooks.rehearse(root=ran) == 1
    said = capsys.readouterr().out
    built = ran / "_build/rehearsal/trial.running.ipynb"
    assert said == (
        "trial, quick = False, seed = 11: ZeroDivisionError: division by "
        f"zero (the cell begins '# so'); see {built}\n"
    )
    assert "ZeroDivisionError" in built.read_text()
    with pytest.raises(runs.RunFailedError, match="division by zero"):
        runs.rehearse("trial", ran)


def test_seeds_are_kept_told_and_not_repeated(ran, capsys):
    assert notebooks.seeds(["trial"], seeds=[1, 3], root=ran) == 0
    record = recorded(ran, "seeds")
    assert record["seeds"] == {
        "1": {"accuracy": 0.85},
        "3": {"accuracy": 0.87},
    }
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("trial with seed 1: ")
    assert told[2:4] == [
        "accuracy: 0.84, 0.85, 0.87; 0.8533 ± 0.015, n = 3; four deviations "
        "are 0.7922 to 0.9144; range 0.8 to 0.9",
        "the gain: 0.6, 0.8; 0.7 ± 0.14, n = 2; four deviations are 0.1343 "
        "to 1.266; range 0.4 to 0.75; OUTSIDE with seed 3",
    ]
    before = files(ran)
    assert notebooks.seeds(["trial"], seeds=[1, 3], root=ran) == 0
    assert files(ran) == before
    again = capsys.readouterr().out.splitlines()
    assert again[0] == "trial with seed 1: is there already"
    assert again[2:] == told[2:4]


def test_a_new_bound_needs_no_new_seeds_and_new_code_does(ran, capsys):
    path = ran / "chapters/trial.ipynb"
    assert notebooks.seeds(["trial"], seeds=[1, 2], root=ran) == 0
    capsys.readouterr()
    wider = CLAIMS.replace("0.75", "0.55")
    edit(path, lambda cells: cells[11].update(source=wider))
    assert notebooks.seeds(["trial"], seeds=[1], root=ran) == 0
    told = capsys.readouterr().out
    assert "seed 1: is there already" in told
    assert "the gain: 0.6; range 0.4 to 0.55; OUTSIDE with seed 1" in told
    other = REPORT.replace("0.84", "0.83")
    edit(path, lambda cells: cells[5].update(source=other))
    assert notebooks.seeds(["trial"], seeds=[1], root=ran) == 0
    assert recorded(ran, "seeds")["seeds"] == {"1": {"accuracy": 0.84}}


def test_a_seed_that_fails_is_told_and_the_others_go_on(ran, capsys):
    path = ran / "chapters/trial.ipynb"
    edit(path, lambda cells: cells[7].update(source="1 / (seed - 1)"))
    assert notebooks.seeds(["trial"], seeds=[1, 2], jobs=2, root=ran) == 1
    assert list(recorded(ran, "seeds")["seeds"]) == ["2"]
    assert "accuracy: 0.86; range" in capsys.readouterr().out
    edit(path, lambda cells: cells[7].update(source="1 / seed"))
    assert notebooks.seeds(["trial"], seeds=[1], root=ran) == 0
    assert list(recorded(ran, "seeds")["seeds"]) == ["1"]


def test_what_was_interrupted_is_run_again(ran):
    folder = ran / "_build/seeds"
    folder.mkdir(parents=True)
    (folder / "trial-1.running.ipynb").write_text("{ half of it")
    assert notebooks.seeds(["trial"], seeds=[1], root=ran) == 0
    (built,) = folder.iterdir()
    assert results(nbformat.read(built, 4))["accuracy"]["seed"] == 1


def test_a_full_run_is_kept_with_the_name_of_its_machine(ran, monkeypatch):
    machine = {"cpu": "A Processor", "cuda": "A GPU"}
    monkeypatch.setattr(runs, "machine", machine.get)
    path = ran / "chapters/trial.ipynb"
    assert notebooks.full(["trial"], root=ran) == 0
    changed = REPORT.replace('"cpu"', '"cuda"').replace("1.5", "None")
    edit(path, lambda cells: cells[5].update(source=changed))
    assert notebooks.full(["trial"], root=ran) == 0
    record = recorded(ran, "full")
    assert set(record) == {"A Processor", "A GPU"}
    assert record["A Processor"]["results"] == {
        "accuracy": {"value": 0.95, "seconds": 1.5}
    }
    assert record["A GPU"]["results"]["accuracy"]["seconds"] is None
    assert record["A GPU"]["device"] == "cuda"


def test_an_interrupted_full_run_finds_its_checkpoint_again(ran, capsys):
    path = ran / "chapters/trial.ipynb"
    stops = (
        "from pathlib import Path\n"
        "checkpoint = Path('model.pt')\n"
        "there = checkpoint.exists()\n"
        "checkpoint.touch()\n"
        "assert quick or there, 'the session died'"
    )
    edit(path, lambda cells: cells[7].update(source=stops))
    assert notebooks.full(["trial"], root=ran) == 1
    assert "AssertionError: the session died" in capsys.readouterr().out
    assert notebooks.full(["trial"], root=ran) == 0
    changed = REPORT.replace("0.84", "0.83")
    edit(path, lambda cells: cells[5].update(source=changed))
    assert notebooks.full(["trial"], root=ran) == 1  # of another experiment


def test_the_machine_is_known_by_name():
    assert len(runs.machine("cpu")) > 3
