"""A chapter as one text file, for editors; see `tools/notebooks.py text`."""

from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path

import jupytext
import nbformat

from tools.notebook.files import (
    chapter_path,
    in_normal_form,
    read,
    write_text,
)
from tools.notebook.normal import content_hash

FORMAT = "md:myst"
SYNCED = "notebook"  # the notebook that the text was written from


def text_path(name, root) -> Path:
    """`chapters/<name>.md`, beside the notebook and not committed."""
    return chapter_path(name, root).with_suffix(".md")


def write_text_form(name, root) -> Path:
    """Write the notebook of a chapter as text, from which it can be read."""
    notebook = read(name, root)
    bare = nbformat.from_dict(notebook)
    bare.metadata = nbformat.from_dict(
        {"dlbook": {SYNCED: content_hash(notebook)}}
        | {"jupytext": {"notebook_metadata_filter": "dlbook"}}
    )
    text = jupytext.writes(bare, fmt=FORMAT)
    back, _ = _parse(text, root)
    for here, there in zip_longest(notebook.cells, back.cells):
        if _written(here) != _written(there):
            where = "the end" if here is None else repr(here.source[:60])
            raise SystemExit(
                f"{name}: the text form cannot hold the cell at {where}, "
                "for instance for a line `+++` or a pasted picture in it"
            )
    write_text(text_path(name, root), text)
    return text_path(name, root)


def mark_synced(name, root) -> None:
    """Note in the text form, if there is one, that the notebook has read it.

    Nothing else in the text changes, also when it is being edited.
    """
    path = text_path(name, root)
    if not path.exists():
        return
    text = path.read_text(encoding="utf-8")
    edited, synced = _parse(text, root)
    now = content_hash(read(name, root))
    if synced is not None:
        write_text(path, text.replace(synced, now, 1))
    elif content_hash(edited) == now:
        write_text_form(name, root)


def newest(name, root):
    """The chapter as last edited, in its notebook or in its text form.

    What is read from the text keeps the ids of its cells, and the outputs of
    those whose source is unchanged.

    Raises:
        SystemExit: both have been edited since one was made from the other.
    """
    text = text_path(name, root)
    notebook = chapter_path(name, root)
    if not text.exists():
        return read(name, root)
    edited, synced = _parse(text.read_text(encoding="utf-8"), root)
    if not notebook.exists():
        return edited
    stored = read(name, root)
    if content_hash(edited) in (content_hash(stored), synced):
        return stored
    if content_hash(stored) != synced:
        raise SystemExit(
            f"{name}: both {notebook} and {text} have changed since they were "
            "the same; merge one into the other by hand, then delete the text"
        )
    return in_normal_form(_with_outputs(edited, stored), root)


def _parse(text, root):
    notebook = jupytext.reads(text, fmt=FORMAT)
    synced = notebook.metadata.get("dlbook", {}).get(SYNCED)
    notebook.metadata.pop("dlbook", None)
    for cell in notebook.cells:
        cell.pop("id", None)
    return in_normal_form(notebook, root), synced


def _with_outputs(edited, stored):
    """`edited` with ids and outputs of the cells it shares with `stored`."""
    edited.metadata = stored.metadata
    for cell in edited.cells:
        del cell["id"]
    old, new = (
        [(cell.cell_type, cell.source) for cell in notebook.cells]
        for notebook in (stored, edited)
    )
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for same, i, i_end, j, j_end in matcher.get_opcodes():
        pairs = zip(stored.cells[i:i_end], edited.cells[j:j_end], strict=False)
        for before, after in pairs:
            if before.cell_type == after.cell_type:
                after["id"] = before.id
            if same == "equal" and before.cell_type == "code":
                after.outputs = before.outputs
                after.execution_count = before.execution_count
    return edited


def _written(cell):
    """What an author writes in a cell."""
    if cell is None:
        return None
    attached = cell.get("attachments")
    return cell.cell_type, cell.source, cell.metadata, attached
