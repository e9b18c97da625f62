"""tools/notebooks.py: run, results and address, on a small book."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from small_books import FIGURE, PROGRESS, URL, edit, files

from tools import notebooks
from tools.notebook import outputs
from tools.notebook.execute import execute


def test_a_second_run_changes_no_byte(ran):
    before = files(ran)
    assert notebooks.run(["trial"], root=ran) == 0
    assert files(ran) == before
    assert notebooks.check(root=ran) == []


def test_run_writes_the_normal_form(ran):
    notebook = nbformat.read(ran / "chapters/trial.ipynb", 4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == [*range(1, 11)]
    assert set(notebook.metadata) == {"kernelspec", "language_info", "dlbook"}
    record = notebook.metadata.dlbook
    assert record.machine.split(" ", 1)[1].startswith("CPU core")
    setup, progress, solution, claims = cells[0], cells[2], *cells[-2:]
    assert setup.metadata == {
        "tags": ["setup", "remove-cell"],
        "jupyter": {"source_hidden": True},
        "cellView": "form",
    }
    assert solution.metadata == {
        "tags": ["solution", "hide-cell"],
        "jupyter": {"source_hidden": True},
        "cellView": "form",
    }
    assert claims.metadata == setup.metadata | {
        "tags": ["claims", "remove-cell"]
    }
    last_state = [out.data["text/plain"] for out in progress.outputs]
    assert last_state == ["epoch 2  loss 0.133"]
    assert "transient" not in str(notebook)
    assert cells[-3].outputs[0].text == "a\nb 0.25\n"


def test_run_takes_what_is_new_and_keeps_the_rest(ran):
    path = ran / "chapters/trial.ipynb"

    def change(cells):
        cells[9].outputs[0].text = "a\nb 0.2501\n"  # the same
        cells[3].outputs[0].data["text/plain"] = "epoch 2  loss 0.140"
        cells[7].outputs[0].data["text/plain"] = "some time"
        cells[5].outputs[0].data["text/plain"] = "one more"

    edit(path, change)
    assert notebooks.run(root=ran) == 0
    cells = nbformat.read(path, 4).cells
    assert cells[9].outputs[0].text == "a\nb 0.2501\n"
    assert cells[3].outputs[0].data["text/plain"] == "epoch 2  loss 0.133"
    assert cells[7].outputs[0].data["text/plain"] == "some time"
    assert set(cells[5].outputs[0].data) == {outputs.REPORT}
    assert notebooks.run(root=ran, fresh=True) == 0
    cells = nbformat.read(path, 4).cells
    assert cells[9].outputs[0].text == "a\nb 0.25\n"
    assert cells[7].outputs[0].data["text/plain"] != "some time"


def test_run_replaces_a_picture_when_its_pixels_differ(ran):
    path = ran / "chapters/trial.ipynb"
    picture = nbformat.read(path, 4).cells[4].outputs[0].data["image/png"]
    edit(path, lambda c: c[4].update(source=FIGURE.replace("4", "3.9")))
    assert notebooks.run(root=ran) == 0
    new = nbformat.read(path, 4).cells[4].outputs[0].data["image/png"]
    assert new != picture


def test_an_edited_cell_does_not_keep_an_ignored_output(ran):
    path = ran / "chapters/trial.ipynb"
    edit(path, lambda cells: cells[7].update(source="'midnight'"))
    assert any("has changed" in p for p in notebooks.check(root=ran))
    assert notebooks.run(root=ran) == 0
    cell = nbformat.read(path, 4).cells[7]
    assert cell.outputs[0].data["text/plain"] == "'midnight'"


def test_a_new_comment_is_a_new_run_with_the_same_outputs(ran):
    path = ran / "chapters/trial.ipynb"
    before = nbformat.read(path, 4).cells
    edit(path, lambda cells: cells[3].update(source=f"# why\n{PROGRESS}"))
    assert notebooks.run(root=ran) == 0
    assert notebooks.check(root=ran) == []
    after = nbformat.read(path, 4).cells
    assert [c.get("outputs") for c in after] == [
        c.get("outputs") for c in before
    ]


def test_an_error_names_notebook_and_cell_and_loses_nothing(ran, capsys):
    edit(
        ran / "chapters/trial.ipynb",
        lambda cells: cells[9].update(source="print(undefined)"),
    )
    before = files(ran)
    assert notebooks.run(root=ran) == 1
    said = capsys.readouterr().out
    assert files(ran) == before
    assert "trial: cell 10" in said
    assert "name 'undefined' is not defined" in said


def test_an_edit_during_the_run_is_not_lost(ran, capsys):
    path = ran / "chapters/trial.ipynb"
    touch = f"open({str(path)!r}, 'a').write(' ')"
    edit(path, lambda cells: cells[9].update(source=touch))
    text = path.read_text()
    assert notebooks.run(root=ran) == 1
    assert path.read_text() == text + " "
    assert "changed while it ran" in capsys.readouterr().out


def test_an_unknown_chapter_is_named(ran):
    with pytest.raises(SystemExit, match=r"'cnn'; there are: trial"):
        notebooks.run(["cnn"], root=ran)


def test_address_is_set_everywhere_and_nowhere_else(ran):
    new = "https://example.org/books/dlbook"
    notebooks.text(["trial"], root=ran)
    before = files(ran)
    notebooks.move_to(new, root=ran)
    changed = {p for p, there in files(ran).items() if there != before[p]}
    assert changed == {ran / "_config.yml", ran / "chapters/trial.ipynb"}
    for path in changed:
        old_bytes = before[path].replace(URL.encode(), new.encode())
        assert path.read_bytes() == old_bytes
    assert notebooks.check(root=ran) == []
    text = ran / "chapters/trial.md"  # edits in it are still read
    text.write_text(text.read_text().replace("How much", "What"))
    assert notebooks.run(root=ran) == 0
    with pytest.raises(SystemExit, match="no address"):
        notebooks.move_to("dlbook", root=ran)


def test_the_seconds_of_a_run_are_those_of_its_processor(tmp_path):
    waiting = new_notebook(cells=[new_code_cell("import time; time.sleep(4)")])
    source = "import time\nwhile time.process_time() < 4:\n    pass"
    working = new_notebook(cells=[new_code_cell(source)])
    _, cost = execute(waiting, name="waiting", folder=tmp_path)
    assert 0 < cost.seconds < 4
    _, cost = execute(working, name="working", folder=tmp_path)
    assert 3.9 <= cost.seconds < 12 and cost.memory > 1e7
