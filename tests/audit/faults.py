"""The planted faults of `faults.txt`, and a process to run tests in."""

import os
import sys
from pathlib import Path


def planted():
    """(name such as `training/fit`, there, instead) of every fault."""
    name = None
    for line in Path(__file__).with_suffix(".txt").read_text().splitlines():
        if " | " in line and not line.startswith("#"):
            yield (name, *line.split(" | "))
        elif line.startswith("["):
            name = line.strip("[]")


def run(book, names, log):
    """Run the tests of these modules in a copy of the book; for a process of
    its own."""
    import pytest

    with open(log, "w") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
        os.chdir(book)
        sys.path[:0] = [str(book), str(book / "tests")]
        files = [mirrored(name) for name in names]
        options = ["-q", "-x", "-p", "no:cacheprovider", "-m", "not slow"]
        os._exit(pytest.main([*options, *files]))


def mirrored(name):
    """The file that tests a module: `training/fit` has its own."""
    room, _, module = name.rpartition("/")
    return f"tests/{room}/test_{module}.py"
