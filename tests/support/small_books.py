"""Small books for the tests of the tools, with all that a chapter may show."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from tools import notebooks
from tools.notebook.normal import setup_source

URL = "https://github.com/OWNER/dlbook"
CONFIG = f"title: Trial\nrepository: # where\n  url: {URL}\n  branch: main\n"
COST = "*Runs in about 4 s on one CPU core, in 0.2 GB of memory.*"
FIGURE = """\
import matplotlib.pyplot as plt
plt.plot([1, 4, 2]);"""
PROGRESS = """\
from IPython.display import display
class Line:
    def __repr__(self):
        return self.text
line = Line()
line.text = "starting"
handle = display(line, display_id=True)
for epoch in range(3):
    line.text = f"epoch {epoch}  loss {0.4 / (epoch + 1):.3f}"
    handle.update(line)"""
MISTAKE = """\
try:
    1 / 0
except ZeroDivisionError as error:
    print(error)"""
# As in dlbook.report, which takes seconds to import.
REPORT = """\
def keep(**record):
    display({"application/vnd.dlbook.report+json": record}, raw=True)
def report(name, value, *, floor, ceiling):
    keep(name=name, value=value, floor=floor, ceiling=ceiling, quick=quick,
         seed=seed, device="cpu", seconds=1.5)
def expect(name, value, low, high):
    if seed or not quick:
        keep(claim=name, value=value, floor=low, ceiling=high)
report("accuracy", 0.84 + 0.01 * seed if quick else 0.95,
       floor=0.8, ceiling=0.9)"""
CLAIMS = """gain = 0.5 + 0.1 * seed
expect("the gain", gain, 0.4, 0.75)"""


def code(source, *marks, **metadata):
    return new_code_cell(source, metadata={"tags": [*marks]} | metadata)


def chapter():
    """Cells that show what a chapter may show."""
    return [
        new_markdown_cell("# A trial\n\nHow much is $a_1$?\n\n" + COST),
        code("", "setup", "remove-cell", kept="not this"),
        code("quick = True\nseed = 0", "parameters"),
        code(PROGRESS),
        code(FIGURE, mystnb={"image": {"alt": "a line: up, “down”"}}),
        code(REPORT),
        new_markdown_cell("Two\n\n```python\na = '{eq}`'\n```"),
        code("import time\ntime.time()", "nbval-ignore-output"),
        code(MISTAKE),
        code("print('a')\nprint('b 0.25')"),
        code("'''\n```\n'''\nround(2 / 3, 3)", "solution"),
        code(CLAIMS, "claims"),
    ]


def save(path, cells, **metadata):
    for cell in cells:
        if "setup" in cell.metadata.get("tags", []):
            cell.source = setup_source(URL)
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.write(notebook, path)


def edit(path, change):
    """Let `change` edit the cells of a notebook file."""
    notebook = nbformat.read(path, 4)
    change(notebook.cells)
    nbformat.write(notebook, path)


def make_book(folder):
    """A book with one chapter, which has been run."""
    for name in ("chapters", "appendix"):
        (folder / name).mkdir()
    (folder / "_config.yml").write_text(CONFIG)
    save(folder / "chapters/trial.ipynb", chapter(), vscode={"old": 1})
    assert notebooks.run(root=folder) == 0
    return folder


def files(book):
    return {p: p.read_bytes() for p in book.rglob("*") if p.is_file()}
