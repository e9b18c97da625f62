"""The tests themselves: each notices faults planted in the package.

A test that no fault can fail proves nothing. `faults.txt` lists the faults.
"""

import multiprocessing
import shutil
from pathlib import Path

import faults
import pytest

ROOT = Path(__file__).parents[2]
COPIED = ("dlbook", "tests", "tools", "benchmarks", "pyproject.toml")
LOADED = [
    "torchvision",
    "matplotlib.pyplot",
    "nbval.plugin",
    "xdist",
    "pytest",
]
ALL = list(faults.planted())


@pytest.fixture(scope="module")
def processes():
    """New processes that have imported the libraries, not the book."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    return context


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A copy of the book in which faults can be planted."""
    book = tmp_path_factory.mktemp("book")
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, book / name)
    return book


def outcome(processes, book, tests):
    """(exit status of pytest, what it printed)"""
    log = book / "log.txt"
    process = processes.Process(target=faults.run, args=(book, tests, log))
    process.start()
    process.join()
    return process.exitcode, log.read_text()


def test_without_a_fault_the_tests_pass(processes, book):
    status, printed = outcome(
        processes, book, sorted({fault[0] for fault in ALL})
    )
    assert status == 0, printed[-3000:]


@pytest.mark.parametrize(
    ("name", "there", "instead"),
    ALL,
    ids=[f"{name}: {instead}" for name, _, instead in ALL],
)
def test_a_planted_fault_is_noticed(processes, book, name, there, instead):
    path = book / "dlbook" / f"{name}.py"
    text = path.read_text()
    assert there in text, f"{name}.py does not say {there!r}"
    path.write_text(text.replace(there, instead))
    try:
        status, printed = outcome(processes, book, [name])
    finally:
        path.write_text(text)
    assert status == 1, f"exit status {status}\n{printed[-2000:]}"
