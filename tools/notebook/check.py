"""What is wrong with a committed notebook, one line for each thing."""

import ast
import re

import nbformat

from tools.notebook.files import (
    address,
    chapter_path,
    in_normal_form,
    notebook_text,
)
from tools.notebook.normal import (
    code_hash,
    outputs_hash,
    setup_source,
    tags,
)

_MYST = re.compile(
    r"\{[a-z][\w:+-]*\}`"  # {eq}`name`
    r"|^ {0,3}:::"  # ::: note
    r"|^ {0,3}(?:`{3,}|~{3,})\{"  # ```{note}
    r"|^\([\w-]+\)=$",  # (name)=
    re.MULTILINE,
)
_FENCED = re.compile(r"^(`{3,}|~{3,})(?!\{)[^\n]*\n.*?^\1", re.M | re.DOTALL)
MOST_CLAIMS = 14  # cells that Colab and JupyterLab can fold, not remove
_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_COST = re.compile(r"Runs in about ([\d.]+) (s|min)\w*[^.]*? ([\d.]+) GB")
_NO_ALT = re.compile(r"!\[\s*\]\(|<img(?![^>]*\balt=\"[^\"]+\")[^>]*>")


def problems(name, root) -> list[str]:
    """The problems of the chapter `name`; none is an empty list."""
    path = chapter_path(name, root)
    again = f"tools/notebooks.py run {name}"
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:
        return [f"{path.name}: is not a notebook ({error})"]
    record = notebook.metadata.get("dlbook", {})
    found = [*_opening(notebook.cells, setup_source(address(root)))]
    found += _cost(notebook.cells, record)
    claims = sum("claims" in tags(cell) for cell in notebook.cells)
    if claims > MOST_CLAIMS:
        found.append(f"has {claims} cells of claims, more than {MOST_CLAIMS}")
    for count, cell in enumerate(notebook.cells, start=1):
        look = _code if cell.cell_type == "code" else _prose
        begin = cell.source.strip().partition("\n")[0][:40]
        found += [f"cell {count} ({begin!r}): {what}" for what in look(cell)]
    if record.get("code") != code_hash(notebook):
        found.append(f"its code has changed since it ran; {again}")
    elif record.get("outputs") != outputs_hash(notebook):
        found.append(f"its outputs have changed since it ran; {again}")
    text = notebook_text(in_normal_form(notebook, root))
    if not found and text != path.read_text(encoding="utf-8"):
        found.append(f"is not in normal form; {again}")
    return [f"{path.name}: {what}" for what in found]


def _opening(cells, canonical):
    """The order of the first cells: title, set-up, parameters."""
    title, setup, parameters = (*cells, None, None, None)[:3]
    titled = title and title.cell_type == "markdown"
    if not (titled and title.source.startswith("# ")):
        yield "does not begin with a title `# ...`"
    if not (setup and {"setup", "remove-cell"} <= {*tags(setup)}):
        yield "its second cell is not tagged `setup` and `remove-cell`"
    elif setup.source != canonical:
        yield "its set-up cell differs from tools/setup_cell.py"
    if not (parameters and "parameters" in tags(parameters)):
        yield "its third cell is not tagged `parameters`"


def _cost(cells, record):
    """Time and memory on the first lines, within twice what was measured."""
    said = _COST.search(cells[0].source) if cells else None
    if said is None:
        yield "does not say `Runs in about ... s ..., ... GB` at its beginning"
        return
    seconds = float(said[1]) * (60 if said[2] == "min" else 1)
    for name, told, unit, slack in [
        ("seconds", seconds, "s", 10),
        ("memory_gb", float(said[3]), "GB", 0.2),
    ]:
        took = record.get(name, 0)
        if not took / 2 - slack <= told <= 2 * took + slack:
            yield f"says that it takes {told:g} {unit}, but took {took} {unit}"


def _code(cell):
    if cell.get("execution_count") is None:
        yield "has not been run"
    kinds = {output.output_type for output in cell.outputs}
    if "error" in kinds:  # tagged `raises-exception` or not
        yield "ended with an error: catch it and print it, papermill fails"
    mimes = {
        mime for output in cell.outputs for mime in output.get("data", ())
    }
    alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt")
    if any(mime.startswith("image/") for mime in mimes) and not alt:
        yield "shows a picture without alt text (mystnb: image: alt)"

    yield from _assertions(cell)


def _assertions(cell):
    """What a cell asserts that another seed may not keep."""
    try:
        tree = ast.parse(cell.source)
    except SyntaxError:  # a line such as %time
        return
    if "claims" in tags(cell):
        for node in tree.body:
            if not _states_a_claim(node):
                line = ast.unparse(node).partition("\n")[0]
                yield f"`{line}` is no assignment and no call of `expect`"
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            inner = ast.walk(node.test)
            if any(isinstance(part, _ORDER) for part in inner):
                line = ast.unparse(node.test)
                yield f"asserts `{line}`: say it with `expect`, in a range"


def _states_a_claim(node):
    """Whether a statement is `name = ...` or `expect(...)`, or a loop over
    such statements."""
    if isinstance(node, ast.For):
        return all(map(_states_a_claim, node.body))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return getattr(node.value.func, "id", None) == "expect"
    return isinstance(node, ast.Assign)


def _prose(cell):
    shown = _FENCED.sub("", cell.source)
    for match in _MYST.finditer(shown):
        yield f"{match[0]!r} is MyST, which Colab and GitHub show raw"
    for match in _NO_ALT.finditer(shown):
        yield f"{match[0]!r} is a picture without alt text"
