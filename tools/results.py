"""The results page: every guarded number of the book, from the outputs."""

import re
from pathlib import Path

import nbformat

from tools.normal import chapter_names, chapter_path, write_text
from tools.outputs import REPORT

HEAD = """\
# Results

Every number below was measured by its chapter when the notebook last ran.
A run fails when a number leaves the range from its floor to its ceiling.
This page is written by `tools/notebooks.py results` from those outputs.
"""
TABLE = """\
| result | value | floor | ceiling | version | seed | device | seconds |
|---|--:|--:|--:|---|--:|---|--:|
"""


def results_path(root) -> Path:
    return Path(root) / "appendix" / "results.md"


def write_results(root) -> bool:
    """Write the page; returns whether it changed."""
    return write_text(results_path(root), results_text(root))


def results_text(root) -> str:
    """The page that the committed outputs of all chapters make."""
    sections = [_section(name, root) for name in _in_order(root)]
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


def _section(name, root):
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
        "{date}: {machine}, Python {python}, torch {torch}, {seconds} s in all"
    )
    return (
        f"## [{title}](../chapters/{name}.ipynb)\n\n"
        + (ran.format(**record) + ".\n\n" if record else "")
        + TABLE
        + "".join(map(_row, reports))
    )


def _row(report):
    version = {True: "quick", False: "full"}.get(report["quick"], "")
    cells = [
        f"`{report['name']}`",
        *(_number(report[key]) for key in ("value", "floor", "ceiling")),
        version,
        _number(report["seed"]),
        report["device"],
        _number(report["seconds"]),
    ]
    return f"| {' | '.join(cells)} |\n"


def _number(value):
    return "" if value is None else f"{value:.4g}"
