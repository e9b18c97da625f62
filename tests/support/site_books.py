"""Books to look at: the real one, and a small one with one of everything."""

import atexit
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import matplotlib
import nbformat
import numpy as np
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

matplotlib.use("agg")

import matplotlib.pyplot as plt

from dlbook.interactive import interact as module

ROOT = Path(__file__).parents[2]
BUILD = "from jupyter_book.cli.main import main; main()"
TOC = """format: jb-book
root: intro
parts:
  - caption: Foundations
    numbered: true
    chapters:
      - file: chapters/trial
"""
TEXT = r"""# Where does the loss go?

The step $\eta$ scales the gradient in $$L(w) = \tfrac12 w^2. \tag{1}$$

> **Mistake.** A step that is a hundred times too long.

> A quotation.

| optimiser | learning rate | accuracy | seconds | parameters | epochs |
|---|---:|---:|---:|---:|---:|
| a long name | 0.001 | 0.84 | 12.1 | 7,850 | 10 |
"""
RECORD = {
    "application/vnd.dlbook.report+json": {"name": "accuracy", "floor": 0.8}
}
SLIDER = """@interact(alt="Path for step {step_size}", step_size=STEPS)
def path(step_size):
    ..."""
MENU = """@interact(alt="Heat map of {surface}, scale {scale}", ...)
def heat(surface, scale):
    ..."""


def build(source, target):
    """Build a book strictly; the folder of its pages."""
    done = subprocess.run(
        [sys.executable, "-c", BUILD, "build", source, "--path-output",
         target, "-W", "--keep-going", "-n"],
        capture_output=True, text=True, cwd=source,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return Path(target) / "_build" / "html"


@cache
def temporary_folder():
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def real_site():
    return build(ROOT, temporary_folder() / "real")


@cache
def trial_site():
    book = temporary_folder() / "trial"
    (book / "chapters").mkdir(parents=True)
    shutil.copytree(ROOT / "assets", book / "assets")
    shutil.copy(ROOT / "_config.yml", book)
    shutil.copytree(ROOT / "tools", book / "tools")
    (book / "_toc.yml").write_text(TOC)
    (book / "intro.md").write_text(
        "# A book\n\nBegin with [the trial](chapters/trial.ipynb).\n"
    )
    nbformat.write(notebook(), book / "chapters" / "trial.ipynb")
    return build(book, book)


def displayed(decorate, function):
    """The output of a cell that decorates the function."""
    outputs = []
    display = module.display
    module.display = lambda data, raw: outputs.append(
        new_output("display_data", data=data)
    )
    try:
        decorate(function)
    finally:
        module.display = display
    return outputs


def path(step_size):
    w = np.linspace(-3, 3, 60)
    figure, axes = plt.subplots()
    axes.plot(w, w**2)
    axes.plot([2.5, 2.5 * (1 - step_size)], [6, 1], "o-", label="path")
    axes.set(xlabel="weight", ylabel="loss")
    axes.text(0, 8, "blue", color="#0072B2")
    axes.text(1, 8, "red", color="#D55E00")
    axes.legend()
    print(f"step {step_size:g}")
    return figure


def heat(surface, scale):
    x, y = np.meshgrid(*[np.linspace(-2, 2, 20)] * 2)
    figure, axes = plt.subplots()
    z = scale * x * y if surface == "saddle" else x**2 + scale * y
    axes.imshow(z, vmin=-4, vmax=4)
    return figure


def notebook():
    """One of everything that a chapter may hold, already executed."""
    slider = module.interact(
        alt="Path for step {step_size}", step_size=[0.1, 0.5, 0.9, 1.5, 2.0]
    )
    menu = module.interact(
        alt="Heat map of {surface}, scale {scale}",
        surface=["saddle", "bowl"],
        scale=[1, 2, 3],
    )
    line = new_output("stream", name="stdout", text="accuracy 0.84\n" * 2)
    record = new_output("display_data", data=RECORD)
    error = "ValueError: " + "shapes do not match, " * 8
    tags = {"tags": ["solution"]}
    cells = [
        new_markdown_cell(TEXT),
        new_code_cell(SLIDER, outputs=displayed(slider, path)),
        new_code_cell(MENU, outputs=displayed(menu, heat)),
        new_code_cell(SLIDER, outputs=displayed(slider, path)),
        new_code_cell("report(...)", outputs=[line, record]),
        new_code_cell("x = 1  #" + " long" * 14, outputs=[
            new_output("stream", name="stdout", text=error)]),
        new_markdown_cell("## Exercises"),
        new_code_cell("assert 1 + 1 == 2", metadata=tags),
    ]  # fmt: skip
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    language = {"name": "python"}
    metadata = {"language_info": language, "kernelspec": {
        "name": "python3", "display_name": "Python 3"}}  # fmt: skip
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)
