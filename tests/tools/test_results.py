"""The results page: values, their spread, those of others, full runs."""

import json
import shutil

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from small_books import PROGRESS, REPORT, edit

from tools import notebooks
from tools.notebook.files import read
from tools.notebook.records import experiment_hash


def cells(book):
    """{column: cell} of the one row of the page, written anew."""
    notebooks.refresh_results(book)
    text = (book / "appendix/results.md").read_text()
    head, _, row = [line for line in text.splitlines() if line[:1] == "|"]
    names, values = (
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in (head, row)
    )
    return dict(zip(names, values, strict=True))


def keep(book, kind, **records):
    """Store records of a run; `experiment` is that of the page if not said."""
    record = {"experiment": experiment_hash(read("trial", book))} | records
    if kind == "full":
        record = {"A GPU": record}
    path = book / f"appendix/{kind}.json"
    path.write_text(json.dumps({"trial": record}))


def seeds(*values):
    return {str(i): {"accuracy": x} for i, x in enumerate(values, start=1)}


def test_a_result_has_its_value_and_its_range(ran):
    text = (ran / "appendix/results.md").read_text()
    assert "## [A trial](../chapters/trial.ipynb)" in text
    assert cells(ran) == {
        "result": "`accuracy`",
        "value": "0.84",
        "mean ± standard deviation": "",
        "n": "",
        "elsewhere": "",
        "floor": "0.8",
        "ceiling": "0.9",
        "version": "quick, cpu",
        "seconds": "1.5",
    }


def test_the_results_stand_beside_those_of_others(ran):
    (ran / "appendix/peers.yml").write_text(
        'accuracy: {"0.7": "https://e.org/a", "0.6": "https://e.org/b"}'
    )
    shown = "[0.7](https://e.org/a), [0.6](https://e.org/b)"
    assert cells(ran)["elsewhere"] == shown


@pytest.mark.parametrize(
    ("values", "spread", "n"),
    [
        ([0.85, 0.86], "0.85 ± 0.01", "3"),
        ([0.84], "0.84 ± 0", "2"),
        ([0.85, "nan"], "nan ± nan", "3"),
        ([], "", ""),
    ],
)
def test_the_spread_is_that_of_the_page_and_its_seeds(ran, values, spread, n):
    keep(ran, "seeds", seeds=seeds(*values))
    row = cells(ran)
    assert (row["mean ± standard deviation"], row["n"]) == (spread, n)


def test_older_seeds_are_marked_and_without_the_page(ran):
    keep(ran, "seeds", seeds=seeds(0.85, 0.87), experiment="another")
    row = cells(ran)
    assert row["mean ± standard deviation"] == "0.86 ± 0.014 †"
    assert row["n"] == "2"


def test_a_full_run_has_a_column_with_its_machine(ran):
    record = {"accuracy": {"value": 0.951234, "seconds": 350.4}}
    keep(ran, "full", results=record)
    assert cells(ran)["full, A GPU"] == "0.9512 (350 s)"
    keep(ran, "full", results=record, experiment="another")
    assert cells(ran)["full, A GPU"] == "0.9512 (350 s) †"
    keep(ran, "full", results={"accuracy": {"value": 0.9, "seconds": None}})
    assert cells(ran)["full, A GPU"] == "0.9"
    keep(ran, "full", results={})
    assert cells(ran)["full, A GPU"] == ""


def test_the_results_follow_the_table_of_contents(ran):
    chapters = ran / "chapters"
    for name in ("alpha", "beta", "gamma"):
        shutil.copy(chapters / "trial.ipynb", chapters / f"{name}.ipynb")
    toc = "chapters:\n  - file: chapters/trial\n  - file: chapters/beta\n"
    (ran / "_toc.yml").write_text(toc)
    notebooks.refresh_results(ran)
    text = (ran / "appendix/results.md").read_text()
    order = ["trial", "beta", "alpha", "gamma"]
    places = [text.index(f"chapters/{name}.ipynb") for name in order]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("number", "source", "same"),
    [
        (3, f"# why\n{PROGRESS}", True),
        (3, f"'''Why.'''\n{PROGRESS}", True),
        (3, PROGRESS.replace("0.4", "0.5"), False),
        (5, REPORT.replace("floor=0.8, ceiling=0.9)", "floor=0.7)"), True),
        (5, REPORT.replace("0.84", "0.85"), False),
        (11, "gain = 0.5 + 0.1 * seed\nexpect('the gain', gain, 0, 1)", True),
        (11, "gain = 0.5 + 0.1 * seed\nexpect('the gain', -gain, 0)", False),
        (0, "# Another title", True),
    ],
)
def test_an_experiment_is_what_makes_the_numbers(ran, number, source, same):
    before = experiment_hash(read("trial", ran))
    edit(
        ran / "chapters/trial.ipynb",
        lambda cells: cells[number].update(source=source),
    )
    assert (experiment_hash(read("trial", ran)) == before) is same


def test_an_address_makes_no_number(ran):
    before = experiment_hash(read("trial", ran))
    notebooks.move_to("https://example.org/dlbook", root=ran)
    assert experiment_hash(read("trial", ran)) == before


def test_an_experiment_is_the_same_in_every_python():
    source = (
        "@interact(lr=[1e-3, True])\n"
        "def f(x: int, *, lr=0.1) -> str:\n"
        "    y = lambda z: -z if z else {**x}\n"
        "    return f'{x!r:>{lr}} \\N{BULLET} {{}}' 'b'[1:, ...]\n"
        "class A(B):\n"
        "    async def g(self): await (yield)\n"
        "with a as b, c: x[0]: int = 3\n"
        "%time f(1)"
    )
    first, magic = source.rsplit("\n", 1)
    notebook = new_notebook(cells=[new_code_cell(first), new_code_cell(magic)])
    assert experiment_hash(notebook) == "9e0624891237"
