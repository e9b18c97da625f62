"""The Sphinx extension of the book: what the site shows and what it loads."""

import importlib.util
import io
import json
import re
import shutil
from pathlib import Path

from docutils import nodes
from PIL import Image

MATHJAX = ("tex-chtml.js", "output/chtml/fonts/woff-v2")
FOLDED = {"solution": "solution", "hide-input": "code"}
# A script in the head that waits for nothing; what follows may need it.
BLOCKING = r"<script (?![^>]*(?:defer|async|type=))((?:[^>]* )?src=)"
PAGE_NAME = "<script>DOCUMENTATION_OPTIONS.pagename"  # modules wait, too
REPORT = "application/vnd.dlbook.report+json"


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


def lighten(app, error):
    """Make the pages quick to open: no script holds up the first picture,
    the symbols come once, and figures take a third of the bytes."""
    if error or app.builder.format != "html":
        return
    site = Path(app.outdir)
    for path in site.glob("_images/*.png"):
        path.with_suffix(".webp").write_bytes(webp(path))
    for path in site.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        page = re.sub(
            r'<script src="[^"]*fontawesome\.js.*?</script>', "", page
        )
        page = re.sub(BLOCKING, r'<script defer="defer" \1', page)
        page = page.replace(PAGE_NAME, f'<script type="module"{PAGE_NAME[7:]}')
        page = re.sub(r'(="[./]*_images/[^".]*)\.png"', r'\1.webp"', page)
        path.write_text(page, encoding="utf-8")


def webp(path) -> bytes:
    """A picture without loss or nearly so, whichever is smaller."""
    files = []
    for options in {"lossless": True}, {"quality": 90}:
        buffer = io.BytesIO()
        Image.open(path).save(buffer, "webp", method=6, **options)
        files.append(buffer.getvalue())
    return min(files, key=len)


def setup(app):
    app.connect("config-inited", use_local_mathjax)
    app.connect("source-read", tidy_notebook)
    app.connect("doctree-read", mark_mistakes)
    app.connect("html-page-context", keep_scripts_once, priority=900)
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", lighten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
