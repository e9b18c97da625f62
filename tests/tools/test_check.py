"""tools/notebooks.py check and nbval find each fault of a chapter."""

import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_output
from small_books import CLAIMS, edit

from tools import notebooks
from tools.notebook import outputs

ROOT = Path(__file__).parents[2]


def without_alt(cells):
    del cells[4].metadata["mystnb"]


def with_error(cells):
    error = new_output("error", ename="E", evalue="e", traceback=[])
    cells[9].outputs = [error]
    cells[9].metadata.tags = ["raises-exception"]


def other_figure(cells):
    data = cells[4].outputs[0].data
    data["image/png"] = data["image/png"][::-1]


def said(cells, old, new):
    assert old in cells[0].source
    cells[0].source = cells[0].source.replace(old, new)


def asserted(cells, source):
    cells[10].source = source


def claimed(cells, source):
    cells[11].source = source


def many_claims(cells):
    metadata = {"tags": ["claims"]}
    cells += [new_code_cell(CLAIMS, metadata=metadata) for _ in range(14)]


FAULTS = {
    "not in normal form": lambda c: c[2].metadata.update(collapsed=True),
    "is not in normal form": lambda c: c[3].update(execution_count=9),
    "has not been run": lambda c: c[3].update(execution_count=None),
    "ended with an error": with_error,
    "does not begin with a title": lambda c: c.pop(0),
    "does not say `Runs in": lambda c: c[0].update(source="# A trial"),
    "takes 60 s, but took": lambda c: said(c, "about 4 s", "about 1 minute"),
    "takes 9 GB, but took": lambda c: said(c, "0.2 GB", "9 GB"),
    "second cell is not tagged": lambda c: c.pop(1),
    "third cell is not tagged": lambda c: c[2].metadata.tags.clear(),
    "set-up cell differs": lambda c: c[1].update(source="import dlbook"),
    "its code has changed": lambda c: c[9].update(source="print('a')"),
    "outputs have changed": lambda c: c[9].outputs[0].update(text="b 0.26"),
    "its outputs have changed": lambda c: c[10].outputs.clear(),
    ": its outputs have changed": other_figure,
    "picture without alt text (mystnb": without_alt,
    "'![](' is a picture": lambda c: c[6].update(source="![](a.png)"),
    "'<img src=\"a\">' is": lambda c: c[6].update(source='<img src="a">'),
    "'{eq}`' is MyST": lambda c: c[6].update(source="see {eq}`loss`"),
    "':::' is MyST": lambda c: c[6].update(source=":::{note}\nx\n:::"),
    "'```{' is MyST": lambda c: c[6].update(source="```{note}\nx\n```"),
    "asserts `loss < 0.4`": lambda c: asserted(c, "assert loss < 0.4"),
    "asserts `all((x > 1 f": lambda c: asserted(
        c, "assert all(x > 1 for x in [2])"
    ),
    "`print(1)` is no assignment": lambda c: claimed(c, "a = 1\nprint(1)"),
    "`import os` is no assignment": lambda c: claimed(c, "import os"),
    "has 15 cells of claims": many_claims,
    "'(loss)=' is MyST": lambda c: c[6].update(source="(loss)=\n## Loss"),
}


@pytest.mark.parametrize("message", FAULTS)
def test_check_names_each_fault(ran, message, capsys):
    edit(ran / "chapters/trial.ipynb", FAULTS[message])
    found = notebooks.check(["trial"], root=ran)
    assert any(message in problem for problem in found), found
    assert message in capsys.readouterr().out


@pytest.mark.parametrize(
    "source",
    [
        "assert answer == 3",
        "assert torch.equal(mask, expected)",
        "assert [x for x in values] == [1, 2]",
    ],
)
def test_an_identity_may_be_asserted(ran, source):
    edit(ran / "chapters/trial.ipynb", lambda cells: asserted(cells, source))
    problems = notebooks.check(["trial"], root=ran)
    assert [p for p in problems if "asserts" in p] == []


def test_claims_may_be_looped_over(ran):
    source = "for low in [1, 2]:\n    x = low\n    expect('x', x, low)"
    edit(ran / "chapters/trial.ipynb", lambda cells: claimed(cells, source))
    problems = notebooks.check(["trial"], root=ran)
    assert [p for p in problems if "no assignment" in p] == []


def test_check_finds_an_old_results_page(ran):
    page = ran / "appendix/results.md"
    page.write_text(page.read_text().replace("0.84", "0.85"))
    assert notebooks.check(root=ran) == [
        "results.md: is old; tools/notebooks.py results"
    ]


def nbval(path):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    options = ["--nbval", "--nbval-current-env", "-c", "pyproject.toml"]
    return subprocess.run(
        [*command, *options, "tests/conftest.py", path],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )


def test_nbval_passes_an_honest_notebook(ran):
    def change(cells):
        cells[9].outputs[0].text = "a\nb 0.2501\n"

    edit(ran / "chapters/trial.ipynb", change)
    done = nbval(ran / "chapters/trial.ipynb")
    assert done.returncode == 0, done.stdout
    assert "10 passed" in done.stdout


def changed_outputs(cells):
    cells[9].outputs[0].text = "a\nb 0.35\n"
    cells[3].outputs[0].data["text/plain"] = "epoch 2  gain 0.133"
    cells[5].outputs[0].data[outputs.REPORT]["floor"] = 0.7
    cells[4].outputs.append(new_output("stream", text="more\n"))
    cells[10].outputs = []
    cells[8].outputs[0].text = "division by nothing"


def test_nbval_fails_for_each_change_of_an_output(ran):
    edit(ran / "chapters/trial.ipynb", changed_outputs)
    done = nbval(ran / "chapters/trial.ipynb")
    assert "6 failed, 4 passed" in done.stdout, done.stdout
    assert "-b 0.35\n+b 0.25" in done.stdout
    assert "-epoch 2  gain 0.133\n+epoch 2  loss 0.133" in done.stdout
