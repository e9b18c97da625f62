"""The glossary: every term once, in order, with the page that explains it."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

APPENDIX = Path(__file__).parents[2] / "appendix"
CHAPTERS = sorted(p.stem for p in APPENDIX.parent.glob("chapters/*.ipynb"))
ROW = re.compile(r"\| \*\*(.+?)\*\* \| .+ \| .+ \| \[.+?\]\((.+?)\) \|")


def rows():
    """(term, page) of every row; a row that lacks a part is an error."""
    for line in (APPENDIX / "glossary.md").read_text().splitlines():
        if line.startswith("| **"):
            row = ROW.fullmatch(line)
            assert row, f"wanted: term, 中文, meaning, page. Found: {line}"
            yield row[1].lower(), row[2]


def bold(page):
    """What stands in bold on a page, in lower case."""
    cells = json.loads((APPENDIX / page).read_text())["cells"]
    prose = "\n".join(
        "".join(cell["source"]) for cell in cells
        if cell["cell_type"] == "markdown"
    )  # fmt: skip
    found = re.findall(r"(?<![*\w])\*\*([^*\n]+)\*\*", prose)
    return {term.lower() for term in found}


def test_terms_are_in_order_and_none_is_there_twice():
    terms = [term for term, _ in rows()]
    assert terms == sorted(set(terms))


def test_what_is_bold_is_bold_once_and_has_a_row():
    everywhere = Counter(
        term for name in CHAPTERS for term in bold(f"../chapters/{name}.ipynb")
        if not re.fullmatch(r"mistake\.|\d\.", term)
    )  # fmt: skip
    assert set(everywhere) <= {term for term, _ in rows()}
    assert [term for term, n in everywhere.items() if n > 1] == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_each_term_is_bold_on_the_page_that_its_row_names(name):
    page = f"../chapters/{name}.ipynb"
    named = {term for term, where in rows() if where == page}
    assert named <= bold(page)
