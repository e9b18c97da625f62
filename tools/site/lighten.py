"""The Sphinx extension that makes the pages quick to open.

One style sheet in place of a dozen, of the symbols only those in use, no
script before the first picture, the figures in a third of their bytes.
"""

import hashlib
import io
import logging
import os
import re
from pathlib import Path

from fontTools import subset
from PIL import Image

SHEET = re.compile(
    r'<link (?=[^>]*rel="stylesheet")[^>]*'
    r'href="([./]*)(_static/(?!light\.css)[^"?]*)[^>]*>'
)
NEVER_USED = "sphinx-thebe.css"  # Thebe itself is dropped
ADDRESS = re.compile(r"""url\(["']?(?!data:|\#)([^"')]+)["']?\)""")
IMPORT = re.compile(r"@import url\(([^)]+)\);")
QUOTED_IMPORT = re.compile(r"""@import ["']([^"']+)["']""")
SYMBOL = re.compile(r'(?:\.fa-[\w-]+:{1,2}before,?)+\{content:"[^"]*"\}')
CODE = re.compile(r'"\\([ef]\w{3})"')
# A script in the head that waits for nothing; what follows may need it.
BLOCKING = re.compile(
    r"<script (?![^>]*(?:defer|async|type=))((?:[^>]* )?src=)"
)
PAGE_NAME = "<script>DOCUMENTATION_OPTIONS.pagename"  # modules wait, too
SYMBOLS_AS_SCRIPT = re.compile(r'<script src="[^"]*fontawesome\.js.*?/script>')
FORMULAS = re.compile(r'<script [^>]*src="([^"]*tex-chtml[^"]*)"></script>')
LATER = """<script>addEventListener("load", () => setTimeout(() => {{
  window.MathJax.startup = {{pageReady: async () => {{
    for (const part of document.querySelectorAll(".math")) {{
      await window.MathJax.typesetPromise([part]);
      await new Promise((go) => setTimeout(go));  // the reader comes first
    }}
  }}}};
  const script = document.createElement("script");
  script.src = "{}";
  document.head.append(script);
}}));</script>"""
PICTURE = re.compile(r'(="[./]*_images/[^".]*)\.png"')


def lighten(app, error):
    """Rewrite the pages that were built; what is light already stays."""
    if error or app.builder.format != "html":
        return
    site = Path(app.outdir)
    pages = {path: path.read_text("utf-8") for path in site.rglob("*.html")}
    sheet = one_style_sheet(site, pages.values())
    for path in site.glob("_images/*.png"):
        path.with_suffix(".webp").write_bytes(webp(path))
    for path, page in pages.items():
        path.write_text(light(page, sheet), encoding="utf-8")


def light(page, sheet) -> str:
    """A page that shows its text before it asks for any script."""
    found = SHEET.search(page)
    if found:
        link = f'<link rel="stylesheet" href="{found[1]}{sheet}" />'
        page = SHEET.sub("", page)
        page = page[: found.start()] + link + page[found.start() :]
    page = SYMBOLS_AS_SCRIPT.sub("", page)
    page = FORMULAS.sub(lambda script: LATER.format(script[1]), page)
    page = BLOCKING.sub(r'<script defer="defer" \1', page)
    page = page.replace(PAGE_NAME, f'<script type="module"{PAGE_NAME[7:]}')
    return PICTURE.sub(r'\1.webp"', page)


def one_style_sheet(site, pages) -> str:
    """Join the sheets that the pages name; its address inside the site."""
    names = [name for page in pages for _, name in SHEET.findall(page)]
    names = [name for name in dict.fromkeys(names) if NEVER_USED not in name]
    if not names:
        return ""
    css = "\n".join(flat(site / name, site / "_static") for name in names)
    css = keep_symbols(css, used_symbols(site, pages))
    for path in site.glob("_static/vendor/fontawesome/**/webfonts/*.woff2"):
        address = path.relative_to(site / "_static").as_posix()
        (site / "_static" / path.name).write_bytes(cut(path, css))
        css = css.replace(address, path.name)
    target = site / "_static" / "light.css"
    target.write_text(css, encoding="utf-8")
    digest = hashlib.sha256(css.encode()).hexdigest()[:8]
    return f"_static/{target.name}?v={digest}"


def flat(path, home) -> str:
    """A style sheet with its imports in it, its addresses seen from home."""

    def seen_from_home(address):
        return f"url({os.path.relpath(path.parent / address[1], home)})"

    css = QUOTED_IMPORT.sub(r"@import url(\1)", path.read_text("utf-8"))
    css = ADDRESS.sub(seen_from_home, css.replace('@charset "UTF-8";', ""))
    return IMPORT.sub(lambda found: flat(home / found[1], home), css)


def used_symbols(site, pages) -> set:
    """The names of all symbols in pages and scripts, such as fa-list."""
    scripts = [path.read_text("utf-8") for path in site.glob("_static/**/*.js")
               if "fontawesome" not in path.parts]  # fmt: skip
    return set(re.findall(r"\bfa-[\w-]+", "\n".join([*pages, *scripts])))


def keep_symbols(css, used) -> str:
    """A style sheet without the rules of symbols that no page shows."""

    def kept(rule):
        shown = used & set(re.findall(r"fa-[\w-]+", rule[0]))
        return rule[0] if shown else ""

    return SYMBOL.sub(kept, css)


def cut(path, css) -> bytes:
    """A font with the symbols alone that a style sheet names."""
    options = subset.Options(flavor="woff2")
    font = subset.load_font(path, options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[int(code, 16) for code in CODE.findall(css)])
    cutter.subset(font)
    buffer = io.BytesIO()
    subset.save_font(font, buffer, options)
    return buffer.getvalue()


def webp(path) -> bytes:
    """A picture without loss or nearly so, whichever is smaller."""
    files = []
    for options in {"lossless": True}, {"quality": 90}:
        buffer = io.BytesIO()
        Image.open(path).save(buffer, "webp", method=6, **options)
        files.append(buffer.getvalue())
    return min(files, key=len)


def setup(app):
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    app.connect("build-finished", lighten, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
