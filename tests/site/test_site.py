"""The built site: nothing broken, nothing fetched, nothing without words."""

from pathlib import Path

import pytest
import site_books
import site_checks

ROOT = Path(__file__).parents[2]
CHECKS = (
    site_checks.broken_links,
    site_checks.remote_loads,
    site_checks.missing_alt_texts,
    site_checks.visible_reports,
)
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
DRAWN = [path for path in CHAPTERS if path.stem != "keras"]  # numbers only
FIGURE = (
    '<div class="dl-interact"><script type="application/json">'
    '{"alts": %s, "changes": [[], []]}</script></div>'
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_book(check):
    assert check(site_books.real_site()) == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_trial_book(check):
    assert check(site_books.trial_site()) == []


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: path.stem)
def test_every_chapter_has_its_interactive_figures(path):
    assert site_checks.missing_figures(site_books.real_site(), path) == []


def test_the_trial_page_shows_what_a_chapter_holds():
    site = site_books.trial_site()
    page = site_checks.parsed(site / "chapters/trial.html")
    (mistake,) = page.select("blockquote.mistake")
    assert mistake.text.strip().startswith("Mistake. A step")
    assert len(page.select("blockquote")) == 2
    (fold,) = page.select("details")
    assert "Show the solution" in fold.text
    assert "assert 1 + 1" in fold.text
    assert "accuracy 0.84" in page.text
    assert page.select_one('a[href*="colab.research.google.com"]')
    assert page.select_one("article h1").text.startswith("1. Where")


@pytest.mark.parametrize(
    ("check", "fault"),
    [
        ("broken_links", '<a href="nowhere.html">'),
        ("broken_links", '<a href="other.html#nowhere">'),
        ("broken_links", '<a href="#nowhere">'),
        ("broken_links", '<a href="other">'),
        ("broken_links", '<img src="_images/gone.png" alt="A curve">'),
        ("broken_links", '<script src="_static/gone.js"></script>'),
        ("broken_links", '<img srcset="gone.png 2x" alt="A curve">'),
        ("remote_loads", '<script src="https://cdn.example/x.js"></script>'),
        ("remote_loads", '<link rel="stylesheet" href="//cdn.example/x.css">'),
        ("remote_loads", '<img src="http://example.org/x.png" alt="A">'),
        ("remote_loads", "<style>a{background:url(https://e.org)}</style>"),
        ("remote_loads", "<style>@import 'https://e.org/x.css'</style>"),
        ("remote_loads", '<iframe src="https://example.org"></iframe>'),
        ("missing_alt_texts", '<img src="data:,">'),
        ("missing_alt_texts", '<img src="data:," alt=" ">'),
        ("missing_alt_texts", '<img src="data:," alt="../_images/a.png">'),
        ("missing_alt_texts", FIGURE % '["one"]'),
        ("missing_alt_texts", FIGURE % '["one", ""]'),
        ("missing_alt_texts", FIGURE % '["same", "same"]'),
        ("missing_alt_texts", '<div class="dl-interact"></div>'),
        (
            "visible_reports",
            '<div class="cell_output">vnd.dlbook.report</div>',
        ),
        ("visible_reports", "<div class=\"cell_output\">{'floor': 1}</div>"),
    ],
)
def test_a_planted_fault_is_found_by_its_check_alone(tmp_path, check, fault):
    (tmp_path / "other.html").write_text('<h1 id="there">Other</h1>')
    (tmp_path / "page.html").write_text(
        '<a href="other.html#there">fine</a> <a href="https://e.org">out</a>'
        '<p id="here"></p><a href="#here"></a><img src="data:," alt="A curve">'
        + FIGURE % '["one", "two"]'
        + fault
    )
    found = {each.__name__: each(tmp_path) for each in CHECKS}
    assert [name for name in found if found[name]] == [check], found
    assert len(found[check]) == 1


def test_a_remote_load_in_a_style_sheet_is_found(tmp_path):
    (tmp_path / "book.css").write_text("a{b:url('//fonts.example/a.woff2')}")
    assert site_checks.remote_loads(tmp_path) == [
        "book.css: //fonts.example/a.woff2"
    ]


def test_a_missing_interactive_figure_is_found(tmp_path):
    notebook = tmp_path / "page.ipynb"
    notebook.write_text(
        '{"cells": [{"cell_type": "code", "source": "@interact(alt=1)"}]}'
    )
    page = tmp_path / "page.html"
    page.write_text("<p>none</p>")
    assert "0 interactive figures where 1" in str(
        site_checks.missing_figures(tmp_path, notebook)
    )
    site_checks.parsed.cache_clear()
    page.write_text(FIGURE % '["one", "two"]')
    assert site_checks.missing_figures(tmp_path, notebook) == []
