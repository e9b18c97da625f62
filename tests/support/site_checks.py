"""What may be wrong with a built site: each check lists its findings."""

import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

REPORT = "vnd.dlbook.report"
LOADS = {  # what a browser fetches on its own
    "script": "src", "img": "src", "iframe": "src", "source": "src",
    "video": "src", "audio": "src", "embed": "src", "object": "data",
    "link": "href", "image": "href", "use": "href", "input": "src",
}  # fmt: skip
QUIET_LINKS = {"canonical", "license", "author", "next", "prev", "index",
               "search", "help"}  # fmt: skip


@cache
def parsed(page):
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def pages(site):
    return sorted(
        path for path in Path(site).rglob("*.html")
        if "_static" not in path.relative_to(site).parts
    )  # fmt: skip


@cache
def names(page):
    """Every place in a page that a link may point to."""
    soup = parsed(page)
    return {tag.get("id") or tag.get("name") for tag in soup.find_all(True)}


def addresses(page):
    """(tag, address, loaded without a click) of everything a page names."""
    for tag in parsed(page).find_all(True):
        if tag.name == "a" and tag.get("href"):
            yield tag, tag["href"], False
        attribute = LOADS.get(tag.name)
        if attribute and tag.get(attribute):
            quiet = QUIET_LINKS & set(tag.get("rel", []))
            yield tag, tag[attribute], not quiet
        for part in (tag.get("srcset") or "").split(","):
            if part.strip():
                yield tag, part.split()[0], True


def is_remote(address):
    return address.startswith("//") or urlsplit(address).scheme in (
        "http", "https", "ws", "wss", "ftp",
    )  # fmt: skip


def broken_links(site):
    """Links, images, scripts and anchors that lead nowhere."""
    found = []
    for page in pages(site):
        for tag, address, _ in addresses(page):
            split = urlsplit(address)
            if split.scheme or address.startswith("//"):
                continue
            target = page
            if split.path:
                target = (page.parent / unquote(split.path)).resolve()
            if not target.is_file():
                found.append(f"{page.name}: {tag.name} {address} is no file")
                continue
            place = unquote(split.fragment)
            known = names(target) if target.suffix == ".html" else {place}
            if place and place not in known:
                found.append(f"{page.name}: {address} has no such place")
    return found


def remote_loads(site):
    """What pages and style sheets fetch from another place."""
    found = [
        f"{page.name}: {tag.name} {address}"
        for page in pages(site)
        for tag, address, loaded in addresses(page)
        if loaded and is_remote(address)
    ]
    for sheet in sorted(Path(site).rglob("*.css")):
        found += remote_in_css(sheet.name, sheet.read_text(encoding="utf-8"))
    for page in pages(site):
        for tag in parsed(page).find_all("style"):
            found += remote_in_css(page.name, tag.text)
    return found


def remote_in_css(name, text):
    pattern = r"(?:url\(\s*|@import\s+)[\"']?((?:https?:)?//[^\"')\s]*)"
    return [f"{name}: {address}" for address in re.findall(pattern, text)]


def figures(page):
    """The stored data of every interactive figure of a page."""
    for figure in parsed(page).select(".dl-interact"):
        stored = figure.find("script", type="application/json")
        yield json.loads(stored.text) if stored else {}


def missing_alt_texts(site):
    """Pictures that a reader who does not see them knows nothing about."""
    found = []
    for page in pages(site):
        for image in parsed(page).find_all("img"):
            alt = image.get("alt", "").strip()
            if not alt or re.search(r"\.(png|svg|jpe?g|gif|webp)$", alt):
                found.append(f"{page.name}: image {image.get('src')}")
        for number, data in enumerate(figures(page)):
            alts = data.get("alts", [""])
            frames = len(data.get("changes", [""]))
            if len(alts) != frames or len({*alts, ""}) != frames + 1:
                found.append(f"{page.name}: interactive figure {number}")
    return found


def missing_figures(site, notebook):
    """Whether a page has as many figures as its notebook decorates."""
    cells = json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    wanted = sum(len(re.findall(r"(?m)^@interact\(", text)) for text in code)
    name = f"{Path(notebook).stem}.html"
    (page,) = (page for page in pages(site) if page.name == name)
    there = len(list(figures(page)))
    if there == wanted > 0:
        return []
    return [f"{name}: {there} interactive figures where {wanted} are drawn"]


def visible_reports(site):
    """Outputs that show the record of a result instead of its line."""
    return [
        f"{page.name}: {output.text.strip()[:60]}"
        for page in pages(site)
        for output in parsed(page).select(".cell_output")
        if REPORT in output.text or re.search(r"['\"]floor['\"]:", output.text)
    ]
