"""Quick pages: one style sheet, used symbols only, formulas afterwards."""

import re

import pytest
import site_books
import site_checks
from fontTools.ttLib import TTFont

from tools.site import lighten

HEAD = """<link href="../_static/a.css?digest=1" rel="stylesheet" />
<link rel="stylesheet" type="text/css" href="../_static/b/b.css" />
<script src="../_static/doctools.js"></script>
<script src="../_static/vendor/fontawesome.js"></script>
<script defer="defer" src="../_static/mathjax/tex-chtml.js?v=1"></script>
<script>DOCUMENTATION_OPTIONS.pagename = 'x';</script>
<i class="fa-solid fa-list"></i>
<img src="../_images/x.png" alt="A curve">"""

STYLES = {"fa-solid", "fa-regular", "fa-brands", "fa-lg"}


@pytest.fixture
def site(tmp_path):
    (tmp_path / "_static/b").mkdir(parents=True)
    sheets = {
        "a.css": 'a{background:url(dot.png)}a{b:url("data:x,)")}',
        "b/b.css": '@charset "UTF-8";@import "../c.css";'
        'b{background:url("../dot.png")}.b:after{content:"\\f000"}',
        "c.css": 'c{d:url(#e)}.fa-list:before,.fa-row:before{content:"\\f03a"}'
        '.fa-car:before{content:"\\f1b9"}',
    }
    for name, css in sheets.items():
        (tmp_path / "_static" / name).write_text(css, encoding="utf-8")
    return tmp_path


def test_style_sheets_become_one_in_their_order(site):
    address = lighten.one_style_sheet(site, [HEAD, HEAD])
    name, digest = address.split("?v=")
    css = (site / name).read_text(encoding="utf-8")
    assert css == (
        'a{background:url(dot.png)}a{b:url("data:x,)")}\n'
        'c{d:url(#e)}.fa-list:before,.fa-row:before{content:"\\f03a"}'
        'b{background:url(dot.png)}.b:after{content:"\\f000"}'
    )
    (site / "_static/a.css").write_text("a{}", encoding="utf-8")
    again = lighten.one_style_sheet(site, [HEAD])
    assert again.split("?v=") != [name, digest]  # nothing old is kept


def test_a_page_that_is_light_stays_as_it_is(site):
    address = lighten.one_style_sheet(site, [HEAD])
    page = lighten.light(HEAD, address)
    assert lighten.one_style_sheet(site, [page]) == ""
    assert lighten.light(page, "") == page


def test_a_page_asks_for_scripts_after_its_text():
    page = lighten.light(HEAD, "_static/light.css?v=2")
    assert page.startswith(
        '<link rel="stylesheet" href="../_static/light.css?v=2" />'
    )
    assert page.count("stylesheet") == 1
    assert "fontawesome" not in page
    assert '<script defer="defer" src="../_static/doctools.js">' in page
    assert 'script.src = "../_static/mathjax/tex-chtml.js?v=1";' in page
    assert '<script type="module">DOCUMENTATION_OPTIONS.page' in page
    assert '"../_images/x.webp"' in page


def test_every_symbol_of_the_book_is_drawn():
    site = site_books.real_site()
    css = (site / "_static/light.css").read_text(encoding="utf-8")
    drawn = set()
    for path in site.glob("_static/fa-*.woff2"):
        assert f"url({path.name})" in css and path.stat().st_size < 10_000
        drawn |= set(TTFont(path).getBestCmap())
    pages = [path.read_text("utf-8") for path in site_checks.pages(site)]
    classes = " ".join(re.findall(r'class="([^"]*)"', "\n".join(pages)))
    shown = set(re.findall(r"\bfa-[\w-]+", classes)) - STYLES
    assert {"fa-list", "fa-moon", "fa-github"} <= shown
    for name in shown:
        rule = rf'\.{name}:{{1,2}}before[^}}]*content:"\\(\w+)"'
        assert int(re.search(rule, css)[1], 16) in drawn, name


def test_the_style_sheet_of_the_book_names_files_that_are_there():
    folder = site_books.real_site() / "_static"
    css = (folder / "light.css").read_text(encoding="utf-8")
    named = set(lighten.ADDRESS.findall(css))
    assert named and "@import" not in css
    assert [
        name for name in named if not (folder / name.split("?")[0]).exists()
    ] == []
