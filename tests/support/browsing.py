"""A headless Chromium that notes errors and requests to other places."""

import gzip
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools.serve import BROWSERS, find_browser

CONTRAST = Path(__file__).with_name("contrast.js")
ALONE = (  # no sandbox as root, and nothing sent on Chromium's own account
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip


@contextmanager
def chromium():
    """A browser, or a skipped test that says what is missing."""
    program = find_browser()
    if program is None:
        pytest.skip(f"no Chromium found: looked for {', '.join(BROWSERS)}")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=program, args=ALONE)
        yield browser
        browser.close()


@contextmanager
def opened(browser, address, *, scheme="light", width=1280, **options):
    """A page; when done, no script may have failed, no request gone out."""
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        reduced_motion="reduce",  # colours that are not on their way
        **options,
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    wrong = []
    home = ("http://127.0.0.1:", "file:", "data:", "blob:")
    page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    page.on("console", lambda line: line.type == "error"
            and wrong.append(f"console: {line.text}"))  # fmt: skip
    page.on("request", lambda request: request.url.startswith(home)
            or wrong.append(f"request: {request.url}"))  # fmt: skip
    page.on("response", lambda reply: reply.status >= 400
            and wrong.append(f"{reply.status}: {reply.url}"))  # fmt: skip
    try:
        page.goto(address, wait_until="load")
        page.evaluate(FORMULAS_SET)
        page.evaluate(
            "document.querySelectorAll('details').forEach(d => d.open = true)"
        )
        yield page
        assert not wrong, wrong
    finally:
        context.close()


def bytes_sent(browser, address):
    """What a server that compresses sends for a page, all told."""
    page, answers = browser.new_page(), []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address, wait_until="networkidle")
    bodies = [answer.body() for answer in answers if answer.ok]
    page.close()
    return sum(min(len(body), len(gzip.compress(body))) for body in bodies)


def state(figure):
    """What a reader sees and hears of a figure now."""
    view = figure.locator(".dl-view")
    readout = figure.locator(".dl-readout")
    return {
        "picture": view.inner_html(),
        "alt": view.get_attribute("aria-label"),
        "readout": readout.inner_text() if readout.count() else None,
    }


def positions(control):
    """Focus a control and go through it by keyboard, yielding at each stop."""
    slider = control.get_attribute("type") == "range"
    count = control.evaluate("e => e.options ? e.options.length : +e.max + 1")
    control.focus()
    control.press("Home")
    yield
    for _ in range(count - 1):
        control.press("ArrowRight" if slider else "ArrowDown")
        yield
    control.press("ArrowLeft" if slider else "ArrowUp")
    yield
    control.press("End")
    yield
    control.press("Home")
    yield


def faults_by_keyboard(figure):
    """What a figure's controls fail to move, one sentence each."""
    faults, readouts = [], set()
    for control in figure.locator("input, select").all():
        seen = [state(figure) for _ in positions(control)]
        label = control.evaluate("e => e.labels[0].innerText")
        *stops, back, end, home = seen
        if len({stop["alt"] for stop in stops}) < len(stops):
            faults.append(f"{label}: alt text")
        if len({stop["picture"] for stop in stops}) < 2:
            faults.append(f"{label}: picture")
        if (back, end, home) != (stops[-2], stops[-1], stops[0]):
            faults.append(f"{label}: ArrowLeft, End or Home")
        readouts |= {stop["readout"] for stop in stops}
    if len(readouts) == 1 and readouts != {None}:
        faults.append("readout")
    return faults


def axe_faults(page, *, contrast):
    """What axe-core, the accessibility rules, finds critical or serious.

    Its measure of contrast takes ten seconds a chapter, ours a moment.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.wait_for_timeout(700)  # the theme has measured what can be scrolled
    options = {
        "resultTypes": ["violations"],
        "preload": False,
        "rules": {"color-contrast": {"enabled": contrast}},
    }
    found = axe.run(page, options=options).response["violations"]
    return [
        (fault["id"], fault["nodes"][0]["html"])
        for fault in found
        if fault["impact"] in ("critical", "serious")
    ]


def contrast_faults(page):
    """Text of the page that stands out less than WCAG AA asks."""
    return page.evaluate(CONTRAST.read_text())


FORMULAS_SET = """() => document.querySelector(".math")
  && new Promise((done) => {
    const look = () => window.MathJax?.startup?.promise
      ? window.MathJax.startup.promise.then(() => done())
      : setTimeout(look, 20);
    look();
  })"""
