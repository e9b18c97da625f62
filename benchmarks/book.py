"""What the book costs: its import, its site, and every chapter's last run."""

import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat

from benchmarks.timing import Row, best_seconds

ROOT = Path(__file__).parents[1]
BUILD = "from jupyter_book.cli.main import main; main()"


def python(code, *arguments):
    """Run code in a Python of its own, as a reader's first cell does."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def rows():
    alone, both, more = best_seconds(
        lambda: python("import torch"),
        lambda: python("import torch, dlbook"),
        lambda: python(
            "import torch, dlbook.data.images, dlbook.training.fit"
        ),
    )
    yield Row("import torch and dlbook / torch", both / alone, at_most=1.10)
    yield Row(
        "the same, with dlbook.data.images and dlbook.training.fit",
        more / alone,
    )

    with tempfile.TemporaryDirectory() as folder:
        arguments = ("build", ROOT, "--path-output", folder, "--all")
        (seconds,) = best_seconds(
            lambda: python(BUILD, *arguments), rounds=1
        )  # fmt: skip
    yield Row("seconds to build the site", seconds, at_most=180)

    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        record = nbformat.read(path, as_version=4).metadata["dlbook"]
        what = f"{path.stem}: seconds of its last run"
        yield Row(what, record["seconds"], at_most=600)
        what = f"{path.stem}: gigabytes of its last run"
        yield Row(what, record["memory_gb"], at_most=4)
