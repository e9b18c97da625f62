"""The results page: every guarded number of the book, from the outputs.

Beside the number of the page stand its spread over seeds, what other books
print, and what the full version measured on which machine.
"""

import re
from pathlib import Path

import yaml

from tools.notebook.files import chapter_names, read, read_json, write_text
from tools.notebook.records import (
    experiment_hash,
    is_current,
    mean_and_deviation,
    results,
)
from tools.notebook.runs import full_path, seeds_path

OLDER = " †"
HEAD = f"""\
# Results

Every number below was measured by its chapter when the notebook last ran.
A run fails when a number leaves the range from its floor to its ceiling.
This page is written by `tools/notebooks.py results` from those outputs.

The value is the one on the page, with seed 0. Its mean and standard deviation
are over n seeds, that one and those of `make seeds`. A column *full* holds
what `quick = False` measured on the machine that it names (`make full`).
What is marked{OLDER} was measured with an older version of the page.

The column *elsewhere* links what [*Dive into Deep Learning*](https://d2l.ai/)
prints or plots for the same task, after ten epochs on a GPU and at up to 224
pixels: the test accuracy in the Chinese edition 2.0.0, the last validation
accuracy in the English edition 1.0.3. Those are single runs without a seed,
and the validation images there are the test images.
"""
COLUMNS = {
    "result": "---",
    "value": "--:",
    "mean ± standard deviation": "--:",
    "n": "--:",
    "elsewhere": "---",
    "floor": "--:",
    "ceiling": "--:",
    "version": "---",
    "seconds": "--:",
}


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
    """The page that the committed outputs and records of all chapters make."""
    elsewhere = peers(root)
    seeds, full = read_json(seeds_path(root)), read_json(full_path(root))
    sections = [
        _section(
            name,
            read(name, root),
            elsewhere,
            seeds=seeds.get(name, {}),
            full=full.get(name, {}),
        )
        for name in _in_order(root)
    ]
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


def _section(name, notebook, elsewhere, *, seeds, full):
    """The heading and the table of a chapter that reports something."""
    records = results(notebook)
    if not records:
        return None
    title = notebook.cells[0].source.partition("\n")[0].lstrip("# ")
    record = notebook.metadata.get("dlbook", {})
    ran = (
        "{date}: {machine}, Python {python}, torch {torch}, {seconds} s and "
        "{memory_gb} GB in all"
    )
    heads = [f"full, {machine}" for machine in full]
    rules = [*COLUMNS.values(), *["--:"] * len(full)]
    rows = [
        _row(report, elsewhere, _spread(report, notebook, seeds))
        + [_in_full(report, notebook, run) for run in full.values()]
        for report in records.values()
    ]
    return (
        f"## [{title}](../chapters/{name}.ipynb)\n\n"
        + (ran.format(**record) + ".\n\n" if record else "")
        + _line([*COLUMNS, *heads])
        + f"|{'|'.join(rules)}|\n"
        + "".join(map(_line, rows))
    )


def _line(cells):
    return f"| {' | '.join(cells)} |\n"


def _row(report, elsewhere, spread):
    version = {True: "quick", False: "full"}.get(report["quick"], "")
    links = elsewhere.get(report["name"], {}).items()
    return [
        f"`{report['name']}`",
        _number(report["value"]),
        *spread,
        ", ".join(f"[{value}]({url})" for value, url in links),
        _number(report["floor"]),
        _number(report["ceiling"]),
        f"{version}, {report['device']}",
        _number(report["seconds"]),
    ]


def _spread(report, notebook, seeds):
    """(mean ± standard deviation, n) of a result, empty for lack of seeds.

    The value of the page counts only beside seeds of the same code.
    """
    measured = seeds.get("seeds", {}).values()
    values = [run[report["name"]] for run in measured if report["name"] in run]
    older = seeds.get("experiment") != experiment_hash(notebook)
    if not older and is_current(notebook):
        values.append(report["value"])
    if len(values) < 2:
        return "", ""
    mean, deviation = mean_and_deviation(values)
    return f"{mean:.4g} ± {deviation:.2g}{OLDER * older}", str(len(values))


def _in_full(report, notebook, run):
    """What a full run measured for a result, and its seconds of training."""
    record = run["results"].get(report["name"])
    if record is None:
        return ""
    text = _number(record["value"])
    if record["seconds"] is not None:
        text += f" ({record['seconds']:.0f} s)"
    return text + OLDER * (run["experiment"] != experiment_hash(notebook))


def _number(value):
    return "" if value is None else f"{float(value):.4g}"
