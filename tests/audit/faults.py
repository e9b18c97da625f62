"""The planted faults of `faults.txt`, and a process to run tests in."""

import os
import sys
from pathlib import Path


def planted():
    """(test, file, there, instead) of every fault."""
    test = None
    for line in Path(__file__).with_suffix(".txt").read_text().splitlines():
        if line.startswith("["):
            test = line.strip("[]")
        elif line and not line.startswith("#"):
            yield (test, *line.split(" | "))


def run(book, tests, log):
    """Run files of tests in a copy of the book; for a process of its own."""
    import pytest

    with open(log, "w") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
        os.chdir(book)
        sys.path[:0] = [str(book), str(book / "tests")]
        files = [f"tests/test_{name}.py" for name in tests]
        options = ["-q", "-x", "-p", "no:cacheprovider", "-m", "not slow"]
        os._exit(pytest.main([*options, *files]))
