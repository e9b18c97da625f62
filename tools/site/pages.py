"""The Sphinx extension of the book: what the site shows and what it loads."""

import importlib.util
import json
import shutil
from pathlib import Path

from docutils import nodes

from tools.notebook.outputs import REPORT

MATHJAX = ("tex-chtml.js", "output/chtml/fonts/woff-v2")
FOLDED = {"solution": "solution", "hide-input": "code"}


def tidy_notebook(app, docname, source):
    """Leave the report records out, and call what is folded by its name."""
    if Path(app.env.doc2path(docname)).suffix != ".ipynb":
        return
    notebook = json.loads(source[0])
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        cell["outputs"] = [
            output
            for output in cell["outputs"]
            if set(output.get("data", {})) != {REPORT}
        ]
        tags = cell["metadata"].get("tags", [])
        if "solution" in tags and "hide-cell" not in tags:
            cell["metadata"]["tags"] = [*tags, "hide-cell"]
        folded = next((tag for tag in FOLDED if tag in tags), None)
        if folded:
            cell["metadata"].setdefault("mystnb", {}).update(
                code_prompt_show=f"Show the {FOLDED[folded]}",
                code_prompt_hide=f"Hide the {FOLDED[folded]}",
            )
    source[0] = json.dumps(notebook)


def mark_mistakes(app, doctree):
    """Give a quotation that opens with **Mistake.** a class of its own."""
    for quote in doctree.findall(nodes.block_quote):
        first = quote.next_node(nodes.strong)
        if first is not None and first.astext().startswith("Mistake"):
            quote["classes"].append("mistake")


def keep_scripts_once(app, pagename, templatename, context, doctree):
    """Drop Thebe, which loads from elsewhere, and repeated scripts."""
    kept = {}
    for script in context.get("script_files", []):
        name = str(getattr(script, "filename", script))
        body = str(getattr(script, "attributes", {}).get("body"))
        if "thebe" not in (name + body).lower():
            kept.setdefault((name, body), script)
    context["script_files"] = list(kept.values())


def use_local_mathjax(app, config):
    config.mathjax_path = "mathjax/tex-chtml.js"


def copy_mathjax(app, error):
    """Put the needed part of MathJax beside the pages."""
    if error or app.builder.format != "html":
        return
    package = importlib.util.find_spec("sphinx-mathjax-offline")
    source = Path(package.origin).parent / "static" / "mathjax"
    target = Path(app.outdir) / "_static" / "mathjax"
    for name in MATHJAX:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (source / name).is_dir() else shutil.copy
        options = {"dirs_exist_ok": True} if copy is shutil.copytree else {}
        copy(source / name, target / name, **options)


def setup(app):
    app.connect("config-inited", use_local_mathjax)
    app.connect("source-read", tidy_notebook)
    app.connect("doctree-read", mark_mistakes)
    app.connect("html-page-context", keep_scripts_once, priority=900)
    app.connect("build-finished", copy_mathjax)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
