"""The normal form of a committed notebook: its diffs show work, not noise."""

import hashlib
import json
import os
import re
from pathlib import Path

import nbformat
import yaml

from tools.outputs import tidy

ROOT = Path(__file__).resolve().parents[1]
SETUP_CELL = Path(__file__).with_name("setup_cell.py")
# What the site does with a cell that an author has tagged so.
HIDDEN = {"solution": "hide-cell", "claims": "remove-cell"}
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_ADDRESS = re.compile(r'(?<=^REPOSITORY = ")[^"]*', re.MULTILINE)
_CONFIG_URL = re.compile(r"(^repository:.*\n(?:[ #].*\n)*?  url: *)\S+", re.M)


def chapter_path(name, root=ROOT) -> Path:
    """The notebook of a chapter given as `cnn` or `chapters/cnn.ipynb`."""
    return Path(root) / "chapters" / f"{Path(name).stem}.ipynb"


def chapter_names(names=(), root=ROOT) -> list[str]:
    """The chapters asked for, or all of them; one that is not there is an
    error."""
    folder = Path(root) / "chapters"
    known = {p.stem for p in folder.glob("*.ipynb")}
    texts = {p.stem for p in folder.glob("*.md")}
    wanted = [Path(name).stem for name in names] or sorted(known)
    for name in wanted:
        if name not in known | texts:
            raise SystemExit(
                f"there is no chapter {name!r}; there are: "
                + ", ".join(sorted(known | texts))
            )
    return wanted


def tags(cell) -> list[str]:
    return cell.metadata.get("tags", [])


def address(root=ROOT) -> str:
    """The repository's address, which stands once, in `_config.yml`."""
    config = yaml.safe_load((Path(root) / "_config.yml").read_text())
    return config["repository"]["url"]


def set_address(url, root=ROOT) -> None:
    """Write the repository's address into `_config.yml`."""
    if not re.fullmatch(r"https?://[^\s\"']+[^\s\"'/]", url):
        raise SystemExit(
            f"{url!r} is no address such as https://github.com/you/dlbook"
        )
    config = Path(root) / "_config.yml"
    text, found = _CONFIG_URL.subn(
        lambda match: match[1] + url, config.read_text()
    )
    if not found:
        raise SystemExit(f"{config} has no line `  url: ...` in `repository:`")
    write_text(config, text)


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
            cell_id = _digest(cell.source)[:8]
        while cell_id in taken:
            cell_id = _digest(cell_id)[:8]
        taken.add(cell_id)
        cell["id"] = cell_id


def code_hash(notebook) -> str:
    """Changes when the code changes, and then the outputs are old."""
    code = [
        cell.source.rstrip()
        for cell in notebook.cells
        if cell.cell_type == "code" and "setup" not in tags(cell)
    ]
    return _digest(json.dumps([source for source in code if source]))[:12]


def outputs_hash(notebook) -> str:
    """Changes when an output changes: a number, a picture, one left out."""
    outputs = [c.outputs for c in notebook.cells if c.cell_type == "code"]
    return _digest(json.dumps(outputs, sort_keys=True))[:12]


def content_hash(notebook) -> str:
    """Changes when anything that an author writes changes; `notebook` is in
    normal form. The set-up cell does not count: nobody writes it."""
    written = [
        ("" if "setup" in tags(c) else c.source, c.cell_type, c.metadata)
        for c in notebook.cells
    ]
    # A letter first: YAML reads 12 digits, or 12e34, as a number.
    return f"n{_digest(json.dumps(written, sort_keys=True))[:12]}"


def _digest(text):
    return hashlib.sha1(text.encode()).hexdigest()


def notebook_text(notebook) -> str:
    return nbformat.writes(notebook) + "\n"


def write_text(path, text) -> bool:
    """Write the file unless it says so already; never half of it."""
    path = Path(path)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
    return True
