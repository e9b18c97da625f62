"""Every make target, interrupted at a bad moment and typed again, recovers."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_books import edit, files

ROOT = Path(__file__).parents[2]
# A Python whose slow parts only wait: `-m venv` makes programs that note that
# they were called, and pip installs nothing.
PYTHON = """\
#!{python}
import os, pathlib, shutil, sys, time
log = open("calls.txt", "a")
print(pathlib.Path(sys.argv[0]).name, *sys.argv[1:3], file=log, flush=True)
if sys.argv[1:3] == ["-m", "venv"]:
    folder = pathlib.Path(sys.argv[3], "bin")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("python", "jupyter-book", "jupyter", "ruff"):
        shutil.copy(sys.argv[0], folder / name)
time.sleep(float(os.environ["SECONDS"]))
print("done", file=log, flush=True)
"""
TARGETS = [
    "book", "test", "audit", "lab", "run", "rehearse", "seeds", "full",
    "bench", "oldest", "address", "clean",
]  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    python = tmp_path / "slow-python"
    python.write_text(PYTHON.format(python=sys.executable))
    python.chmod(0o755)
    return tmp_path


def make(folder, target, *, interrupt_after=None):
    """The status of `make target`; interrupted as by Ctrl-C if asked."""
    process = subprocess.Popen(
        ["make", target, "PYTHON=./slow-python"],
        cwd=folder, start_new_session=True,
        env=os.environ | {"SECONDS": "5" if interrupt_after else "0"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    if interrupt_after:
        log, lines = folder / "calls.txt", 0
        while process.poll() is None and lines < interrupt_after:
            time.sleep(0.02)
            lines = log.read_text().count("\n") if log.exists() else 0
        os.killpg(process.pid, signal.SIGINT)
    return process.wait(timeout=30)


@pytest.mark.parametrize("target", TARGETS)
def test_an_interrupted_target_begins_again(folder, target):
    if target != "clean":
        assert make(folder, target, interrupt_after=1) != 0
        assert not (folder / ".venv" / "ready").exists()
    (folder / "calls.txt").write_text("")
    assert make(folder, target) == 0
    said = (folder / "calls.txt").read_text().split("\n")
    installs = sum(line.startswith("python -m pip") for line in said)
    assert installs == (target != "clean")
    assert (folder / ".venv" / "ready").exists() == (
        target not in ("clean", "oldest")
    )


def test_what_is_installed_is_not_installed_again(folder):
    assert make(folder, "book") == 0
    (folder / "calls.txt").write_text("")
    assert make(folder, "book", interrupt_after=1) != 0
    assert make(folder, "book") == 0
    assert "pip" not in (folder / "calls.txt").read_text()


def test_an_interrupted_run_of_a_chapter_leaves_it_as_it_was(ran):
    def wait(cells):
        cells[9].source = "import time\ntime.sleep(9)\n" + cells[9].source

    edit(ran / "chapters/trial.ipynb", wait)
    before = files(ran)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from tools import notebooks\n"
        "notebooks.run(['trial'], root=sys.argv[2], fresh=True)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, ROOT, ran],
        start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(4)  # the kernel is starting, or waits
    os.killpg(process.pid, signal.SIGINT)
    process.wait(timeout=30)
    assert files(ran) == before
    done = subprocess.run([sys.executable, "-c", code, ROOT, ran])
    assert done.returncode == 0
    assert files(ran).keys() == before.keys()
