"""The normal form of a committed notebook: its diffs show work, not noise."""

import hashlib
import json
import re
from pathlib import Path

import nbformat

from tools.notebook.outputs import tidy

SETUP_CELL = Path(__file__).with_name("setup_cell.py")
# What the site does with a cell that an author has tagged so.
HIDDEN = {"solution": "hide-cell", "claims": "remove-cell"}
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_ADDRESS = re.compile(r'(?<=^REPOSITORY = ")[^"]*', re.MULTILINE)


def tags(cell) -> list[str]:
    return cell.metadata.get("tags", [])


def setup_source(url) -> str:
    """The set-up cell of every chapter, with the repository's address."""
    return _ADDRESS.sub(lambda match: url, SETUP_CELL.read_text().rstrip())


def normalise(notebook, *, url):
    """A copy of `notebook` in normal form; applying it twice changes nothing.

    It sets stable ids, counts, meaningful metadata, folded solutions, tidy
    outputs and the set-up cell that installs from `url`.
    """
    notebook = nbformat.from_dict(notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    record = notebook.metadata.get("dlbook")
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}}
        | ({"dlbook": record} if record else {})
    )
    notebook.cells = [c for c in notebook.cells if c.source.strip()]
    for cell in notebook.cells:
        cell.source = cell.source.rstrip()
        if "setup" in tags(cell):
            cell.source = setup_source(url)
        cell.metadata = nbformat.from_dict(_meaningful(cell.metadata))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, start=1):
        _normalise_code(cell, count)
    _give_ids(notebook.cells)
    return notebook


def _meaningful(metadata):
    kept = {k: metadata[k] for k in ("tags", "mystnb") if metadata.get(k)}
    marks = kept.get("tags", [])
    for mark, hidden in HIDDEN.items():
        if mark in marks and hidden not in marks:
            kept["tags"] = marks = [*marks, hidden]
    folded = {"hide-cell", "remove-cell"} & set(marks)
    if folded or metadata.get("jupyter", {}).get("source_hidden"):
        kept["jupyter"] = {"source_hidden": True}
    if folded or metadata.get("cellView"):
        kept["cellView"] = "form" if folded else metadata["cellView"]
    return kept


def _normalise_code(cell, count):
    ran = cell.get("execution_count") is not None
    cell.execution_count = count if ran else None
    cell.outputs = tidy(cell.outputs)
    for output in cell.outputs:
        if output.output_type == "execute_result":
            output.execution_count = cell.execution_count


def _give_ids(cells):
    """Keep valid ids; a new cell's comes from the source it begins with."""
    taken = set()
    for cell in cells:
        cell_id = str(cell.get("id", ""))
        if not re.fullmatch(r"[\w-]{1,64}", cell_id, re.A) or cell_id in taken:
            cell_id = digest(cell.source)[:8]
        while cell_id in taken:
            cell_id = digest(cell_id)[:8]
        taken.add(cell_id)
        cell["id"] = cell_id


def code_hash(notebook) -> str:
    """Changes when the code changes, and then the outputs are old."""
    code = [
        cell.source.rstrip()
        for cell in notebook.cells
        if cell.cell_type == "code" and "setup" not in tags(cell)
    ]
    return digest(json.dumps([source for source in code if source]))[:12]


def outputs_hash(notebook) -> str:
    """Changes when an output changes: a number, a picture, one left out."""
    outputs = [c.outputs for c in notebook.cells if c.cell_type == "code"]
    return digest(json.dumps(outputs, sort_keys=True))[:12]


def content_hash(notebook) -> str:
    """Changes when anything that an author writes changes; `notebook` is in
    normal form. The set-up cell does not count: nobody writes it."""
    written = [
        ("" if "setup" in tags(c) else c.source, c.cell_type, c.metadata)
        for c in notebook.cells
    ]
    # A letter first: YAML reads 12 digits, or 12e34, as a number.
    return f"n{digest(json.dumps(written, sort_keys=True))[:12]}"


def digest(text) -> str:
    return hashlib.sha1(text.encode()).hexdigest()
