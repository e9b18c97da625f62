"""The built pages in a real browser: by keyboard, by mouse, on a phone."""

import re

import browsing
import pytest
import site_books
import site_checks

from tools.serve import served

SITES = {"trial": site_books.trial_site, "book": site_books.real_site}


@pytest.fixture(scope="module")
def browser():
    with browsing.chromium() as browser:
        yield browser


@pytest.fixture(scope="module", params=SITES)
def site(request, browser):
    """(folder, address) of a site."""
    folder = SITES[request.param]()
    with served(folder) as address:
        yield folder, address


@pytest.fixture(scope="module")
def trial(browser):
    folder = site_books.trial_site()
    with served(folder) as address:
        yield f"{address}/chapters/trial.html", folder


def names(folder):
    """Every page but the one that sends the reader on."""
    return [
        page.relative_to(folder).as_posix()
        for page in site_checks.pages(folder)
        if not site_checks.parsed(page).select('[http-equiv="Refresh" i]')
    ]


def figures(site, browser):
    """(page name, figure) of every interactive figure, on its open page."""
    folder, address = site
    for name in names(folder):
        if list(site_checks.figures(folder / name)):
            with browsing.opened(browser, f"{address}/{name}") as page:
                for figure in page.locator(".dl-interact").all():
                    yield name, figure


def test_every_control_moves_its_picture_by_keyboard(site, browser):
    for name, figure in figures(site, browser):
        assert browsing.faults_by_keyboard(figure) == [], name


def test_every_slider_moves_its_picture_by_mouse(site, browser):
    for name, figure in figures(site, browser):
        for slider in figure.locator("input").all():
            seen = []
            for part in (0.02, 0.98):
                box = slider.bounding_box()
                place = {"x": part * box["width"], "y": box["height"] / 2}
                slider.click(position=place)
                seen.append(browsing.state(figure))
            assert seen[0]["alt"] != seen[1]["alt"], name
            assert seen[0]["picture"] != seen[1]["picture"], name


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 360)])
def test_every_page_is_for_everybody_in(scheme, width, site, browser):
    """It has the reader's colours, fits the screen, is seen and heard."""
    folder, address = site
    view = {"scheme": scheme, "width": width}
    small = folder == site_books.trial_site()
    for name in names(folder):
        with browsing.opened(browser, f"{address}/{name}", **view) as page:
            theme = page.evaluate("document.documentElement.dataset.theme")
            assert theme == scheme, name
            bare = page.locator(".math:not(:has(mjx-container))")
            assert bare.count() == 0, name
            across = page.evaluate("document.documentElement.scrollWidth")
            assert across <= width, name
            assert browsing.contrast_faults(page) == [], name
            assert browsing.axe_faults(page, contrast=small) == [], name


def test_on_paper_every_figure_and_solution_is_there(site, browser):
    folder, address = site
    for name in names(folder):
        with browsing.opened(browser, f"{address}/{name}") as page:
            page.evaluate(
                "document.querySelectorAll('details').forEach("
                "d => d.open = false)"
            )
            printed = page.pdf()  # as a reader would, so `beforeprint` comes
            page.emulate_media(media="print")
            assert page.locator("article details:not([open])").count() == 0
            assert page.locator(".dl-control:visible").count() == 0
            assert page.locator(".bd-sidebar-primary:visible").count() == 0
            for figure in page.locator("article :is(img, .dl-view)").all():
                assert figure.is_visible(), name
            pictures = page.evaluate(
                "new Set([...document.querySelectorAll('article img')].map("
                "i => i.src).filter(s => s.endsWith('.webp'))).size"
            )
        assert len(re.findall(rb"/Subtype\s*/Image", printed)) >= pictures


def test_every_page_is_light_and_no_script_holds_it_up(site, browser):
    folder, address = site
    waiting = "head script[src]:not([defer], [async], [type=module])"
    for name in names(folder):
        assert site_checks.parsed(folder / name).select(waiting) == [], name
        sent = browsing.bytes_sent(browser, f"{address}/{name}")
        assert 100_000 < sent < 1_500_000, name


def test_search_finds_a_page(site, browser):
    _, address = site
    with browsing.opened(browser, f"{address}/search.html?q=loss") as page:
        page.wait_for_selector("#search-results li a")
        assert page.locator("#search-results li").count() >= 1


def test_controls_are_large_on_a_touch_screen(trial, browser):
    options = {"is_mobile": True, "has_touch": True, "width": 360}
    with browsing.opened(browser, trial[0], **options) as page:
        for control in page.locator(".dl-control :is(input, select)").all():
            assert control.bounding_box()["height"] >= 44


def test_focus_is_seen_and_the_value_is_told(trial, browser):
    with browsing.opened(browser, trial[0]) as page:
        slider = page.locator(".dl-interact input").first
        page.locator(".dl-interact").first.evaluate(
            "e => { e.tabIndex = -1; e.focus(); }"
        )
        page.keyboard.press("Tab")
        assert slider.evaluate("e => e === document.activeElement")
        assert slider.evaluate("e => getComputedStyle(e).outlineStyle") == (
            "solid"
        )
        page.keyboard.press("End")
        assert slider.get_attribute("aria-valuetext") == "2"
        assert page.locator(".dl-control span").first.inner_text() == "2"
        assert slider.evaluate("e => e.labels[0].innerText") == "step size"
        name = page.get_by_role("img", name="Path for step 2")
        assert name.first.is_visible()


def test_two_controls_choose_one_picture_together(trial, browser):
    with browsing.opened(browser, trial[0]) as page:
        figure = page.locator(".dl-interact").nth(1)
        seen = set()
        for surface in ("saddle", "bowl"):
            figure.get_by_role("combobox").select_option(surface)
            figure.get_by_role("slider").press("Home")
            for scale in (1, 2, 3):
                now = browsing.state(figure)
                assert now["alt"] == f"Heat map of {surface}, scale {scale}"
                seen.add(now["picture"])
                figure.get_by_role("slider").press("ArrowRight")
        assert len(seen) == 6


def test_the_same_figure_twice_is_two_figures(trial, browser):
    with browsing.opened(browser, trial[0]) as page:
        first, _, again = page.locator(".dl-interact").all()
        before = browsing.state(first)
        again.locator("input").press("End")
        assert browsing.state(first) == before != browsing.state(again)
        ids = page.evaluate(
            "[...document.querySelectorAll('.dl-interact [id]')]"
            ".map(e => e.id)"
        )
        assert len(ids) == len(set(ids)) > 6


def test_a_page_opened_as_a_file_is_complete(trial, browser):
    address = (trial[1] / "chapters/trial.html").as_uri()
    with browsing.opened(browser, address) as page:
        page.wait_for_selector("mjx-container mjx-mtable, mjx-container mjx-c")
        page.wait_for_function(
            "[...document.fonts].some(f => f.status === 'loaded'"
            " && f.family.startsWith('MJX'))"
        )
        assert (
            browsing.faults_by_keyboard(page.locator(".dl-interact").first)
            == []
        )


def test_without_scripts_a_sentence_stands_for_the_figure(trial, browser):
    with browsing.opened(browser, trial[0]) as page:
        assert page.get_by_text("Interactive figure: Path").count() == 0
    off = browser.new_context(java_script_enabled=False)
    page = off.new_page()
    page.goto(trial[0])
    sentence = page.get_by_text("Interactive figure: Path for step 0.9. Run")
    assert sentence.first.is_visible()
    off.close()
