"""tools/notebooks.py text: a chapter as text, and back without a loss."""

import nbformat
import pytest
import yaml
from small_books import edit, files

from tools import notebooks
from tools.notebook.normal import content_hash


def test_the_text_form_comes_back_whole(ran):
    before = files(ran)
    notebooks.text(["trial"], root=ran)
    notebooks.text(["trial"], root=ran)
    text = (ran / "chapters/trial.md").read_text()
    assert "a line: up, “down”" in text
    # As if the notebook had been newer: read everything back from the text.
    (ran / "chapters/trial.md").write_text(text.replace("How much", "What"))
    notebooks.text(["trial"], root=ran)
    text = (ran / "chapters/trial.md").read_text()
    (ran / "chapters/trial.md").write_text(text.replace("What", "How much"))
    notebooks.text(["trial"], root=ran)
    (ran / "chapters/trial.md").unlink()
    assert files(ran) == before


@pytest.mark.parametrize("digest", ["0" * 40, "12e4" * 10])
def test_a_hash_is_a_word_for_yaml(ran, monkeypatch, digest):
    notebook = nbformat.read(ran / "chapters/trial.ipynb", 4)
    monkeypatch.setattr("tools.notebook.normal.digest", lambda text: digest)
    assert isinstance(yaml.safe_load(content_hash(notebook)), str)


def test_an_edited_text_keeps_the_outputs_of_other_cells(ran):
    path, text = ran / "chapters/trial.ipynb", ran / "chapters/trial.md"
    notebooks.text(["trial"], root=ran)
    before = nbformat.read(path, 4).cells
    edited = text.read_text().replace("b 0.25", "b 0.75")
    text.write_text(edited.replace("Two\n", "Three\n\n+++\n\nmore\n"))
    notebooks.text(["trial"], root=ran)
    after = nbformat.read(path, 4).cells
    assert [cell.id for cell in after[:7]] == [c.id for c in before[:7]]
    assert [cell.id for cell in after[8:]] == [c.id for c in before[7:]]
    assert after[8].outputs == before[7].outputs
    assert after[10].source == "print('a')\nprint('b 0.75')"
    assert after[10].execution_count is None
    assert after[10].outputs == []
    assert notebooks.run(root=ran) == 0
    assert nbformat.read(path, 4).cells[10].outputs[0].text == "a\nb 0.75\n"
    assert notebooks.check(root=ran) == []
    before = files(ran)
    notebooks.text(["trial"], root=ran)
    assert files(ran) == before


def test_run_reads_the_newer_text_and_a_newer_notebook_wins(ran):
    path, text = ran / "chapters/trial.ipynb", ran / "chapters/trial.md"
    notebooks.text(["trial"], root=ran)
    text.write_text(text.read_text().replace("b 0.25", "b 0.75"))
    assert notebooks.run(root=ran) == 0
    assert nbformat.read(path, 4).cells[9].outputs[0].text == "a\nb 0.75\n"
    edit(path, lambda cells: cells[0].update(source="# Another title"))
    notebooks.text(["trial"], root=ran)
    assert "# Another title" in text.read_text()
    assert "b 0.75" in text.read_text()


@pytest.mark.parametrize("command", [notebooks.run, notebooks.text])
def test_two_edits_are_refused_and_both_kept(ran, command):
    path, text = ran / "chapters/trial.ipynb", ran / "chapters/trial.md"
    notebooks.text(["trial"], root=ran)
    text.write_text(text.read_text().replace("b 0.25", "b 0.75"))
    edit(path, lambda cells: cells[0].update(source="# Another title"))
    before = files(ran)
    with pytest.raises(SystemExit, match=r"both .*trial.ipynb and .*trial.md"):
        command(["trial"], root=ran)
    assert files(ran) == before


def test_a_cell_that_text_cannot_hold_is_refused(ran):
    path = ran / "chapters/trial.ipynb"
    edit(path, lambda cells: cells[0].update(source="# A\n+++\nb"))
    with pytest.raises(SystemExit, match="text form cannot hold"):
        notebooks.text(["trial"], root=ran)
    assert not (ran / "chapters/trial.md").exists()


def test_a_chapter_may_begin_as_text(ran):
    notebooks.text(["trial"], root=ran)
    text = (ran / "chapters/trial.md").read_text()
    (ran / "chapters/new.md").write_text(text.partition("---\n\n")[2])
    assert notebooks.run(["new"], root=ran) == 0
    assert notebooks.check(root=ran) == []
    ids = [
        cell.id for cell in nbformat.read(ran / "chapters/new.ipynb", 4).cells
    ]
    (ran / "chapters/new.ipynb").unlink()
    assert notebooks.run(["new"], root=ran) == 0
    again = nbformat.read(ran / "chapters/new.ipynb", 4).cells
    assert [cell.id for cell in again] == ids
