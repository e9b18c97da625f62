"""The results page: every guarded number of the book, from the outputs."""

import re
from pathlib import Path

import nbformat
import yaml

from tools.normal import chapter_names, chapter_path, write_text
from tools.outputs import REPORT

HEAD = """\
# Results

Every number below was measured by its chapter when the notebook last ran.
A run fails when a number leaves the range from its floor to its ceiling.
This page is written by `tools/notebooks.py results` from those outputs.

The column *elsewhere* links what [*Dive into Deep Learning*](https://d2l.ai/)
prints or plots for the same task, after ten epochs on a GPU and at up to 224
pixels: the test accuracy in the Chinese edition 2.0.0, the last validation
accuracy in the English edition 1.0.3. Those are single runs without a seed,
and the validation images there are the test images.
"""
TABLE = """\
| result | value | elsewhere | floor | ceiling | version | seed | seconds |
|---|--:|---|--:|--:|---|--:|--:|
"""


def results_path(root) -> Path:
    return Path(root) / "appendix" / "results.md"


def peers(root) -> dict:
    """{report: {value: address}} of what other books print for the task."""
    path = Path(root) / "appendix" / "peers.yml"
    return yaml.safe_load(path.read_text()) if path.exists() else {}


def write_results(root) -> bool:
    """Write the page; returns whether it changed."""
    return write_text(results_path(root), results_text(root))


def results_text(root) -> str:
    """The page that the committed outputs of all chapters make."""
    elsewhere = peers(root)
    sections = [_section(name, root, elsewhere) for name in _in_order(root)]
    return "\n".join([HEAD, *filter(None, sections)])


def _in_order(root):
    """All chapters, those in the table of contents first and in its order."""
    contents = Path(root) / "_toc.yml"
    text = contents.read_text() if contents.exists() else ""
    listed = re.findall(r"^[ -]*file: chapters/([\w-]+)", text, re.MULTILINE)
    return sorted(
        chapter_names(root=root),
        key=lambda n: listed.index(n) if n in listed else len(listed),
    )


def _section(name, root, elsewhere):
    notebook = nbformat.read(chapter_path(name, root), as_version=4)
    reports = [
        output.data[REPORT]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if REPORT in output.get("data", {})
    ]
    if not reports:
        return None
    title = notebook.cells[0].source.partition("\n")[0].lstrip("# ")
    record = notebook.metadata.get("dlbook", {})
    ran = (
        "{date}: {machine}, Python {python}, torch {torch}, {seconds} s and "
        "{memory_gb} GB in all"
    )
    return (
        f"## [{title}](../chapters/{name}.ipynb)\n\n"
        + (ran.format(**record) + ".\n\n" if record else "")
        + TABLE
        + "".join(_row(r, elsewhere.get(r["name"], {})) for r in reports)
    )


def _row(report, elsewhere):
    version = {True: "quick", False: "full"}.get(report["quick"], "")
    cells = [
        f"`{report['name']}`",
        _number(report["value"]),
        ", ".join(f"[{value}]({url})" for value, url in elsewhere.items()),
        _number(report["floor"]),
        _number(report["ceiling"]),
        f"{version}, {report['device']}",
        _number(report["seed"]),
        _number(report["seconds"]),
    ]
    return f"| {' | '.join(cells)} |\n"


def _number(value):
    return "" if value is None else f"{value:.4g}"
