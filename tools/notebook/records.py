"""What a chapter measures: the records in its outputs, and of which code.

`report` leaves a record of every result. `expect` leaves one of every claim,
but only where the run is not judged: with another seed, or in full.
"""

import ast
import math
import statistics

from tools.notebook.normal import code_hash, digest, tags
from tools.notebook.outputs import REPORT

BOUNDS = ("floor", "ceiling", "low", "high")


def results(notebook) -> dict[str, dict]:
    """{name: record} of all results of a notebook that has been run."""
    return {r["name"]: r for r in _records(notebook) if "name" in r}


def claims(notebook) -> dict[str, dict]:
    """{claim: record} of a run that was not judged."""
    return {r["claim"]: r for r in _records(notebook) if "claim" in r}


def _records(notebook):
    return [
        output.data[REPORT]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if REPORT in output.get("data", {})
    ]


def is_current(notebook) -> bool:
    """Whether the outputs of a committed chapter are those of its code."""
    return notebook.metadata.get("dlbook", {}).get("code") == code_hash(
        notebook
    )


def experiment_hash(notebook) -> str:
    """Changes with the code that the numbers of a chapter come from.

    Prose, comments, docstrings, the set-up cell and the bounds of results
    and claims make no number: a new bound costs no new run.
    """
    code = [_numbers_code(tree) for tree in _trees(notebook)]
    return digest(repr(code))[:12]


def _trees(notebook):
    """The syntax trees of all code cells but the set-up cell."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and "setup" not in tags(cell):
            try:
                yield ast.parse(cell.source)
            except SyntaxError:  # a line such as %time
                yield ast.Constant(cell.source)


def _numbers_code(node):
    """A syntax tree as nested lists, without what makes no number.

    Not `ast.dump`, which writes the same code differently in each Python.
    """
    if isinstance(node, list):
        kept = [item for item in node if not _is_docstring(item)]
        return [_numbers_code(item) for item in kept]
    if not isinstance(node, ast.AST):
        return node
    fields = dict(ast.iter_fields(node))
    if _judges(node):
        fields["args"] = node.args[:2]
        fields["keywords"] = [k for k in node.keywords if k.arg not in BOUNDS]
    if isinstance(node, ast.JoinedStr):  # ends with "" in some Pythons
        fields["values"] = [v for v in node.values if v.value != ""]
    children = [
        (name, _numbers_code(child))
        for name, child in fields.items()
        if child not in (None, [])
    ]
    return [type(node).__name__, children]


def _is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _judges(node):
    """Whether this is `report(name, value, ...)` or `expect(...)`."""
    called = isinstance(node, ast.Call) and getattr(node.func, "id", None)
    return called in ("report", "expect") and len(node.args) >= 2


def bounds(notebook) -> dict[str, tuple[float, float]]:
    """{name: (low, high)} where the code spells all three out."""
    ranges = {}
    nodes = [node for tree in _trees(notebook) for node in ast.walk(tree)]
    for node in filter(_judges, nodes):
        named = {k.arg: k.value for k in node.keywords}
        ends = node.args[2:] + [named[k] for k in BOUNDS if k in named]
        name, *ends = map(_literal, [node.args[0], *ends])
        if name is not None and ends and None not in ends:
            ranges[name] = (ends[0], [*ends, math.inf][1])
    return ranges


def _literal(node):
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def mean_and_deviation(values) -> tuple[float, float]:
    """Mean and standard deviation (over n - 1) of two values or more."""
    values = [float(value) for value in values]
    if not all(map(math.isfinite, values)):
        return math.nan, math.nan
    return statistics.fmean(values), statistics.stdev(values)


def spread(page, ran) -> list[str]:
    """A line for each result and claim of the runs {seed: notebook}: how far
    it spreads, and whether it left the range that `page` gives it now."""
    ranges, by_name = bounds(page), {}
    for seed, notebook in ran.items():
        for name, record in (results(notebook) | claims(notebook)).items():
            by_name.setdefault(name, {})[seed] = record
    return [
        _line(name, records, ranges.get(name))
        for name, records in by_name.items()
    ]


def _line(name, records, ends):
    """One line about the records {seed: record} of a result or a claim."""
    values = {seed: float(records[seed]["value"]) for seed in records}
    if ends is None:  # the code does not spell them out
        record = next(iter(records.values()))
        ends = float(record["floor"]), float(record["ceiling"])
    low, high = ends
    n = len(values)
    line = ", ".join(f"{value:.4g}" for value in values.values())
    if n > 1:
        mean, deviation = mean_and_deviation(values.values())
        least, most = mean - 4 * deviation, mean + 4 * deviation
        line += f"; {mean:.4g} ± {deviation:.2g}, n = {n}"
        if not low <= least <= most <= high:
            line += f"; four deviations are {least:.4g} to {most:.4g}"
    line = f"{name}: {line}; range {low:g} to {high:g}"
    left = [str(s) for s in values if not low <= values[s] <= high]
    return f"{line}; OUTSIDE with seed {', '.join(left)}" if left else line
