"""A chapter as homework: without solutions, ready to hand out.

No cell outside the solutions needs a name that a solution defines, so the
notebook runs from first to last cell as it is; a test holds chapters to it.
"""

import ast
import copy
from pathlib import Path

import nbformat

from tools.notebook.files import ROOT, notebook_text, read
from tools.notebook.normal import tags

ANSWER = "# Your answer"
FOLDED = ("cellView", "jupyter")


def without_solutions(notebook):
    """A copy whose solutions are empty, open cells for an answer."""
    handout = copy.deepcopy(notebook)
    for cell in handout.cells:
        if "solution" in tags(cell):
            kept = [tag for tag in tags(cell) if tag != "hide-cell"]
            for name in FOLDED:
                cell.metadata.pop(name, None)
            cell.metadata["tags"] = kept
            cell.update(source=ANSWER, outputs=[], execution_count=None)
    return handout


def write_homework(name, root=ROOT) -> Path:
    """Write _build/homework/<name>.ipynb."""
    path = Path(root) / "_build" / "homework" / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    handout = without_solutions(read(name, root))
    nbformat.validate(handout)
    path.write_text(notebook_text(handout), encoding="utf-8")
    return path


def solution_names_used_elsewhere(notebook) -> set[str]:
    """Names that a later cell takes from a solution; there should be none."""
    defined, used = set(), set()
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        stored, loaded = _names(ast.parse(cell.source))
        if "solution" in tags(cell):
            defined |= stored
        else:
            used |= (loaded & defined) - stored
            defined -= stored
    return used


def _names(tree) -> tuple[set[str], set[str]]:
    """Names that code defines, and names that it reads."""
    stored, loaded = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            reads = isinstance(node.ctx, ast.Load)
            (loaded if reads else stored).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            stored.add(node.name)
        elif isinstance(node, ast.alias):
            stored.add((node.asname or node.name).partition(".")[0])
    return stored, loaded
