"""tools/notebooks.py homework: chapters without their solutions."""

import nbformat
import pytest
from nbclient import NotebookClient

from tools import notebooks
from tools.notebook.files import chapter_names, read
from tools.notebook.homework import (
    ANSWER,
    solution_names_used_elsewhere,
    without_solutions,
)


def small(*cells):
    """A notebook of code cells; a cell is its source, or (source, tag)."""
    notebook = nbformat.v4.new_notebook()
    for cell in cells:
        source, *kept = (cell,) if isinstance(cell, str) else cell
        notebook.cells.append(nbformat.v4.new_code_cell(source))
        notebook.cells[-1].metadata["tags"] = kept
    return notebook


def test_solutions_are_emptied_and_unfolded():
    notebook = small("x = 1", ("y = x + 1", "solution", "hide-cell"))
    solution = notebook.cells[1]
    solution.metadata["jupyter"] = {"source_hidden": True}
    solution.metadata["cellView"] = "form"
    solution.outputs = [nbformat.v4.new_output("stream", text="2")]
    before = nbformat.writes(notebook)
    question, answer = without_solutions(notebook).cells
    assert question == notebook.cells[0]
    assert answer.source == ANSWER and answer.outputs == []
    assert answer.metadata == {"tags": ["solution"]}
    assert nbformat.writes(notebook) == before


@pytest.mark.parametrize(
    ("later", "used"),
    [
        ("print(y)", {"y"}),
        ("y = 2\nprint(y)", set()),
        (("print(y)", "solution"), set()),
        ("print(x)", set()),
    ],
)
def test_names_taken_from_a_solution_are_found(later, used):
    notebook = small("x = 1", ("y = x + 1", "solution"), later)
    assert solution_names_used_elsewhere(notebook) == used


def test_a_redefined_name_is_the_pages_own():
    notebook = small(("y = 1", "solution"), "y = 2", "print(y)")
    assert solution_names_used_elsewhere(notebook) == set()


@pytest.mark.parametrize("name", chapter_names())
def test_chapters_run_without_their_solutions(name):
    assert solution_names_used_elsewhere(read(name)) == set()


def test_the_command_writes_a_notebook_that_runs(ran, capsys):
    path = ran / "chapters/trial.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells[-1].metadata["tags"] = ["solution", "hide-cell"]
    nbformat.write(notebook, path)
    notebooks.homework(["trial"], root=ran)
    written = ran / "_build/homework/trial.ipynb"
    assert str(written) in capsys.readouterr().out
    handout = nbformat.read(written, 4)
    assert handout.cells[-1].source == ANSWER
    NotebookClient(handout, resources={"metadata": {"path": ran}}).execute()
