"""A matplotlib figure as a few lines of SVG that follow the page's colours.

The same figure gives the same lines, whatever was drawn before it.
"""

import base64
import difflib
import io
import re

import matplotlib as mpl
from matplotlib.image import AxesImage
from PIL import Image

DROPPED = (
    r"(?s)<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->|"
    r' transform="rotate\(-?0 [^"]*"'
)
FIRST_TAG = r'<svg [^>]*(viewBox="[^"]*")[^>]*>'
ID = r' id="([^"]*)"'
NAME = r'( id="|url\(#|href="#)([\w.-]+)'
REFERENCE = r'(?:url\(#|href="#)([\w.-]+)'
LENGTHS = r'(?<= d=")[^"]*|(?<= [xy]=")[^"]*|(?<=translate\()[^)]*'
PNG = r"(data:image/png;base64,)([A-Za-z0-9+/=\s]*)"
INK = "#000000|#1f2430"
SHADED = {"#5b6474": "grey", "#0072b2": "blue", "#d55e00": "red"}
PIXELS = ("auto", "antialiased", "nearest")
PAPER = r"(?m)^(?!\s*<text)(.*)#ffffff"
FONT = r"font-family: [^;\"]*(; )?|; font-family: [^;\"]*"
GROUP = r"(?s)<g>((?:(?!<g[ >]).)*?)</g>"


def svg_lines(figure):
    """Lines of markup: short numbers, small pictures, no unused names.

    Black and the book's ink become `currentColor`; its grey, blue and red
    become `var(--dl-...)`, lighter on a dark page, and so do white surfaces,
    which turn dark.  All else stays.
    """
    if figure.get_layout_engine() is None:
        figure.set_layout_engine("constrained")
    for image in figure.findobj(AxesImage):
        small = max(image.get_array().shape[:2]) <= 128
        if small and image.get_interpolation() in PIXELS:
            image.set_interpolation("none")  # its pixels, not redrawn ones
    buffer = io.StringIO()
    settings = {"svg.fonttype": "none", "svg.hashsalt": "dlbook"}
    with mpl.rc_context({**settings, "savefig.bbox": "standard"}):
        figure.savefig(buffer, format="svg", transparent=True, dpi=96)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :].replace("xlink:href", "href")
    used = set(re.findall(REFERENCE, svg))
    svg = re.sub(DROPPED, "", svg)
    svg = re.sub(FIRST_TAG, r"<svg \1>", svg)
    svg = re.sub(ID, lambda tag: tag[0] if tag[1] in used else "", svg)
    svg = re.sub(LENGTHS, lambda lengths: _shorten(lengths[0]), svg)
    svg = re.sub(PNG, lambda png: png[1] + _quantise(png[2]), svg)
    svg = re.sub(INK, "currentColor", svg)
    for color, name in SHADED.items():
        svg = svg.replace(color, f"var(--dl-{name})")
    svg = re.sub(PAPER, r"\1var(--dl-paper)", svg)
    svg = re.sub(FONT, "", svg)
    count = 1
    while count:
        svg, count = re.subn(GROUP, r"\1", svg)
    return [line.strip() for line in svg.splitlines() if line.strip()]


def _shorten(lengths):
    """A path in tenths of a point, no command letter written twice."""
    words, command = [], None
    for word in lengths.replace(",", " ").split():
        if not word.isalpha():
            words.append(f"{round(float(word), 1) + 0:g}")
        elif word != command:
            words.append(word)
            command = "L" if word == "M" else word  # what SVG repeats
    return re.sub(r" ?([A-Za-z]) ?", r"\1", " ".join(words))


def _quantise(png):
    """A base64 picture again, in at most 64 colours."""
    picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA")
    if picture.getextrema()[3] == (255, 255):
        picture = picture.convert("RGB")
    buffer = io.BytesIO()
    picture.quantize(64).save(buffer, "png", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


def rename(lines, prefix, names):
    """The lines with their ids as prefix-0, prefix-1, …, kept in `names`."""

    def short(match):
        number = names.setdefault(match[2], len(names))
        return f"{match[1]}{prefix}-{number}"

    return [re.sub(NAME, short, line) for line in lines]


def changes(old, new):
    """What turns the old lines into the new: [start, stop, lines] each."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [
        [start, stop, new[i:j]]
        for tag, start, stop, i, j in matcher.get_opcodes()
        if tag != "equal"
    ]
