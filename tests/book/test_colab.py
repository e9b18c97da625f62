"""One notebook alone, on a machine that looks like Colab's.

Its Python has torch, torchvision, matplotlib and ipywidgets but not dlbook,
the folder is empty, a front end listens, and only pip may use the network.
"""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import nbformat
import pytest

from tools.notebook.normal import setup_source

ROOT = Path(__file__).parents[2]
CHAPTER = "basics"
WIDGET = "application/vnd.jupyter.widget-view+json"
NO_NETWORK = """
import socket, sys

def refuse(*arguments, **options):
    raise OSError("this machine has no network")

if "pip" not in sys.orig_argv:
    connect = socket.socket.connect
    socket.getaddrinfo = refuse
    socket.socket.connect = lambda self, to: (
        connect(self, to) if self.family == socket.AF_UNIX
        or to[0] == "127.0.0.1" else refuse()
    )
"""
COLAB = {
    "COLAB_RELEASE_TAG": "release-colab_20261101-060000_RC00",
    "JPY_PARENT_PID": "7",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "OMP_NUM_THREADS": "1",
}


def python_of_colab(folder):
    """A Python that finds all that is installed here except dlbook."""
    venv.create(folder, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    shared = folder / "shared"  # apart, so that pip never writes through it
    shared.mkdir()
    installed = {Path(p) for p in sys.path if p.endswith("site-packages")}
    for entry in sorted(path for each in installed for path in each.iterdir()):
        if "dlbook" not in entry.name and not (shared / entry.name).exists():
            (shared / entry.name).symlink_to(entry)
    (site / "shared.pth").write_text(str(shared))
    (site / "google" / "colab").mkdir(parents=True)
    (site / "google" / "colab" / "__init__.py").touch()
    (site / "sitecustomize.py").write_text(NO_NETWORK)
    return folder / "bin" / "python"


def repository(folder):
    """What a push of the files as they are now would publish."""
    folder.mkdir()
    for name in ("pyproject.toml", "dlbook"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
        subprocess.run(["git", *who, *command], cwd=folder, check=True)
    return f"file://localhost{folder}"  # pip asks for a host


def versions(python):
    """Every package that this Python finds, with its version."""
    code = (
        "from importlib.metadata import distributions as all;"
        "import json;"
        "found = [(d.name, d.version) for d in all()];"
        "print(json.dumps(dict(reversed(found))))"  # the first one counts
    )
    done = subprocess.run(
        [python, "-c", code],
        cwd=python.parent,
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def colab(tmp_path_factory):
    """(the notebook after its run, versions before it, versions after it)"""
    folder = tmp_path_factory.mktemp("colab")
    python = python_of_colab(folder / "python")
    notebook = nbformat.read(ROOT / "chapters" / f"{CHAPTER}.ipynb", 4)
    notebook.cells[1].source = setup_source(repository(folder / "remote"))
    content = folder / "content"
    content.mkdir()
    nbformat.write(notebook, folder / "notebook.ipynb")
    kernel = folder / "share" / "kernels" / "colab"
    kernel.mkdir(parents=True)
    started = [str(python), "-m", "ipykernel_launcher"]
    spec = {"argv": [*started, "-f", "{connection_file}"],
            "display_name": "Colab", "language": "python"}  # fmt: skip
    (kernel / "kernel.json").write_text(json.dumps(spec))
    kept = {k: v for k, v in os.environ.items() if not k.startswith("DLBOOK")}
    before = versions(python)
    done = subprocess.run(
        [sys.executable, "-m", "papermill", folder / "notebook.ipynb",
         folder / "after.ipynb", "-k", "colab", "--cwd", content,
         "--no-progress-bar"],
        env=kept | COLAB | {"JUPYTER_PATH": str(folder / "share")},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return nbformat.read(folder / "after.ipynb", 4), before, versions(python)


def test_the_set_up_cell_installs_the_book_once(colab):
    notebook, before, after = colab
    assert "dlbook" not in before
    assert "dlbook" in after
    said = "".join(output.text for output in notebook.cells[1].outputs)
    assert said.startswith("Installing dlbook from file:")
    assert said.count("\n") == 1


def test_nothing_that_was_there_changed(colab):
    _, before, after = colab
    assert {name: after.get(name) for name in before} == before
    assert set(after) - set(before) == {"dlbook"}


def test_every_cell_ran_without_the_network(colab):
    cells = [cell for cell in colab[0].cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    kinds = {output.output_type for cell in cells for output in cell.outputs}
    assert "error" not in kinds


def test_sliders_are_live(colab):
    figures = [
        {kind for output in cell.outputs for kind in output.get("data", {})}
        for cell in colab[0].cells
        if "\n@interact(" in f"\n{cell.source}"
    ]
    assert len(figures) >= 3
    assert all(WIDGET in kinds for kinds in figures)


def test_the_rehearsal_has_no_network(tmp_path):
    python = python_of_colab(tmp_path)
    code = "import urllib.request as r; r.urlopen('http://example.org')"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True)
    assert "this machine has no network" in done.stderr
