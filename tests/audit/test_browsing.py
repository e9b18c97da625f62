"""The browser tests themselves: each notices a fault planted in a page."""

import browsing
import pytest
import site_books

from tools.serve import served


@pytest.fixture(scope="module")
def browser():
    with browsing.chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address():
    with served(site_books.trial_site()) as address:
        yield f"{address}/chapters/trial.html"


def test_a_dead_control_is_noticed(address, browser):
    with browsing.opened(browser, address) as page:
        figure = page.locator(".dl-interact").first
        figure.evaluate(
            "e => { const old = e.querySelector('input');"
            " old.replaceWith(old.cloneNode()); }"
        )
        faults = browsing.faults_by_keyboard(figure)
        assert "step size: picture" in faults
        assert "readout" in faults


def test_pale_text_and_a_wide_page_are_noticed(address, browser):
    with browsing.opened(browser, address, width=360) as page:
        page.add_style_tag(
            content="blockquote p { color: #999 !important }"
            ".bd-article { min-width: 400px }"
        )
        faults = browsing.contrast_faults(page)
        assert any("A step" in fault for fault in faults), faults
        assert page.evaluate("document.documentElement.scrollWidth") > 360


def test_a_button_without_a_name_is_noticed(address, browser):
    with browsing.opened(browser, address) as page:
        assert browsing.axe_faults(page, contrast=True) == []
        page.evaluate(
            "document.body.prepend(document.createElement('button'))"
        )
        assert browsing.axe_faults(page, contrast=True) == [
            ("button-name", "<button></button>")
        ]


@pytest.mark.parametrize("fault", [
    "console.error('planted')",
    "setTimeout(() => { throw new Error('planted') })",
    "fetch('https://example.org/').catch(() => {})",
    "document.body.insertAdjacentHTML('beforeend', '<img src=gone.png>')",
])  # fmt: skip
def test_an_error_or_a_request_is_noticed(address, browser, fault):
    with pytest.raises(AssertionError, match=r"planted|example|gone"):
        visit(browser, address, fault)


def visit(browser, address, script):
    with browsing.opened(browser, address) as page:
        page.evaluate(script)
        page.wait_for_timeout(300)
