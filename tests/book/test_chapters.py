"""Every chapter: its form, its set-up cell, its parameters.

What the chapters print is compared by nbval, see conftest.py. That wrong
parameters are named is tested with `check_parameters`.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.notebook.check import problems
from tools.notebook.files import read
from tools.notebook.normal import setup_source
from tools.notebook.records import results
from tools.notebook.runs import rehearse
from tools.site.results import peers, results_path, results_text

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted(path.stem for path in (ROOT / "chapters").glob("*.ipynb"))
every_chapter = pytest.mark.parametrize("name", CHAPTERS)


def test_there_are_chapters():
    assert CHAPTERS


@every_chapter
def test_nothing_is_wrong_with_the_notebook(name):
    assert problems(name, ROOT) == []


def test_the_results_page_shows_the_outputs():
    assert results_path(ROOT).read_text() == results_text(ROOT)


def test_each_number_of_others_stands_beside_one_of_ours():
    page = results_text(ROOT)
    for name, values in peers(ROOT).items():
        assert f"| `{name}` |" in page
        for value, url in values.items():
            assert 0 < float(value) < 1
            assert f"[{value}]({url})" in page


@pytest.mark.slow
@every_chapter
def test_the_rehearsal_of(name):
    notebook = rehearse(name, ROOT)
    used = {(r["quick"], r["seed"]) for r in results(notebook).values()}
    assert used == {(False, 11)}
    assert results(notebook).keys() == results(read(name, ROOT)).keys()


PARAMETERS = """\
import torch

quick = not torch.cuda.is_available()
seed = 0"""


@every_chapter
def test_parameters_are_checked_before_anything_is_done(name):
    _, _, parameters, imports, *_ = read(name, ROOT).cells
    assert parameters.source == PARAMETERS
    first, *rest = [
        ast.unparse(node)
        for node in ast.parse(imports.source).body
        if not isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert first == "check_parameters(quick=quick, seed=seed)"
    calls = {
        ast.unparse(node.func)
        for node in ast.walk(ast.parse("\n".join(rest)))
        if isinstance(node, ast.Call)
    }
    assert calls <= {"plt.style.use", "default_device", "range", "limited"}


def set_up(folder, *, url="https://github.com/OWNER/dlbook", path=""):
    """Run the set-up cell without site-packages, then import dlbook."""
    source = setup_source(url) + "\nimport dlbook\nprint(dlbook.__file__)"
    return subprocess.run(
        [sys.executable, "-S", "-c", source],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(path)},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def clone(tmp_path):
    """A clone of the book in a folder that is itself called dlbook."""
    for folder in ("dlbook/dlbook", "dlbook/chapters"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("__init__.py", "runtime.py"):
        (tmp_path / "dlbook/dlbook" / name).touch()
    return tmp_path / "dlbook"


@pytest.mark.parametrize("where", [".", "chapters", "chapters/deep/er"])
def test_set_up_finds_the_package_beside_the_notebook(clone, where):
    folder = clone / where
    folder.mkdir(parents=True, exist_ok=True)
    done = set_up(folder)
    assert done.stdout == f"{clone / 'dlbook' / '__init__.py'}\n"
    assert done.stderr == ""


def test_set_up_is_not_misled_by_a_folder_of_that_name(clone):
    (clone / "chapters/dlbook").mkdir()
    done = set_up(clone / "chapters")
    assert done.stdout == f"{clone / 'dlbook' / '__init__.py'}\n"


def test_set_up_prefers_what_is_installed(clone, tmp_path):
    installed = tmp_path / "site" / "dlbook" / "__init__.py"
    installed.parent.mkdir(parents=True)
    installed.touch()
    done = set_up(clone / "chapters", path=tmp_path / "site")
    assert (done.stdout, done.stderr) == (f"{installed}\n", "")


def test_set_up_refuses_an_address_without_an_owner(clone):
    done = set_up(clone.parent)  # the clone is here, but not a package
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "RuntimeError: dlbook is neither installed nor beside this notebook, "
        "and the book has no address yet: open the notebook in the book's "
        "folder"
    )


PIP = """\
import pathlib, sys
package = pathlib.Path(sys.path[1]) / "dlbook"
package.mkdir()
(package / "__init__.py").write_text(f"__file__ = {sys.argv[1:]}")
"""


def fake_pip(folder, source):
    package = folder / "site" / "pip"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(source)


def test_set_up_installs_from_the_repository(tmp_path):
    fake_pip(tmp_path, PIP)
    url = "https://example.org/dlbook"
    done = set_up(tmp_path, url=url, path=tmp_path / "site")
    assert done.stderr == ""
    notice, arguments = done.stdout.splitlines()
    assert notice == f"Installing dlbook from {url} ..."
    wanted = f"dlbook[chapters] @ git+{url}"
    assert arguments == str(["install", "-q", wanted])


def test_set_up_says_what_pip_said(tmp_path):
    fake_pip(tmp_path, "exit('no network')")
    url = "https://example.org/dlbook"
    done = set_up(tmp_path, url=url, path=tmp_path / "site")
    assert "RuntimeError: pip could not install" in done.stderr
    assert done.stderr.endswith("it:\nno network\n\n")
