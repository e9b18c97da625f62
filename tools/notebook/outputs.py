"""When two outputs of a cell count as the same.

Machines differ in the last digits and in speed, pages must not: words and
integers are compared exactly, decimals within 2 % or 0.005 (and of the same
sign, unless both are below 0.001), and timings not at all. The tests and
`tools/notebooks.py run` share this one judgement.
"""

import base64
import io
import json
import math
import re

import numpy as np
from nbformat import from_dict
from PIL import Image

REPORT = "application/vnd.dlbook.report+json"  # dlbook.report.MIME
WIDGET = "application/vnd.jupyter.widget-view+json"
RELATIVE, ABSOLUTE, SIGNLESS = 0.02, 0.005, 0.001
PIXEL_LEVELS = 8  # of 255: what another font renderer may change

_DECIMAL = re.compile(r"(?<![\w.])[-+−]?\d+\.\d+(?:e[-+]?\d+)?(?!\w|\.\d)")
_TIMING = re.compile(
    r"(?<![\w.])(?:\d+(?:\.\d+)?(?:e[-+]?\d+)? ?(?:min|ms|[µμun]s|s)\b ?)+"
)
_PICTURE = re.compile(
    r"<svg\b.*?</svg>|data:image/[\w+]+;base64,[\w+/=]+", re.DOTALL
)
_FRAMES = re.compile(
    r'<script type="application/json">(.*?)</script>', re.DOTALL
)
_FRAMES_ID = re.compile(r"\bdl-[0-9a-f]{8}\b")  # made from the pictures
_CELL_FILE = re.compile(r"[^\s\x1b]*/ipykernel_\d+/\d+\.py")
_FOLDERS = re.compile(  # /home/me/.venv/lib/python3.12/site-packages/
    r"(?:(?<=\dm)|(?<![^\s\"'(]))[~/][^\s:\"'\x1b]*"
    r"(?:site-packages/|lib/python3\.\d+/|(?=dlbook/))"
)


def tidy(outputs):
    """A copy of `outputs` with only what a page should keep of them.

    Consecutive streams are joined, lines that rewrote themselves keep their
    last state, live widgets go, and paths lose the folders of this machine.
    """
    kept = []
    for output in from_dict(outputs):
        output.pop("transient", None)
        data = output.get("data", {})
        if data.pop(WIDGET, None) and set(data) <= {"text/plain"}:
            continue
        last = kept[-1] if kept else {}
        if "text" in output and last.get("name") == output.name:
            last.text += output.text
        else:
            kept.append(output)
    for output in kept:
        if output.output_type == "stream":
            output.text = _last_state(output.text)
            if output.name == "stderr":
                output.text = _without_folders(output.text)
        if output.output_type == "error":
            output.traceback = list(map(_without_folders, output.traceback))
    return kept


def _last_state(text):
    text = text.replace("\r\n", "\n")
    return re.sub(r"^.*\r(?=[^\n])", "", text, flags=re.M).replace("\r", "")


def _without_folders(text):
    return _FOLDERS.sub("", _CELL_FILE.sub("cell", text))


def same_outputs(new, old, *, pictures=False) -> bool:
    """Whether the outputs of a cell, a list, say the same as those before."""
    new, old = tidy(new), tidy(old)
    return len(new) == len(old) and all(
        same_output(one, other, pictures=pictures)
        for one, other in zip(new, old, strict=True)
    )


def same_output(new, old, *, pictures=False) -> bool:
    """Whether one output says the same as the one before.

    With `pictures`, their pixels are compared too; without, a picture is the
    same as any other, but never the same as no picture.
    """
    if new["output_type"] != old["output_type"]:
        return False
    if new["output_type"] == "stream":
        named = new["name"] == old["name"]
        return named and same_text(new["text"], old["text"])
    if new["output_type"] == "error":
        named = new["ename"] == old["ename"]
        return named and same_text(new["evalue"], old["evalue"])
    return new["data"].keys() == old["data"].keys() and all(
        _same_data(mime, value, old["data"][mime], pictures=pictures)
        for mime, value in new["data"].items()
    )


def same_text(new, old) -> bool:
    """Equal words and integers; decimals within the tolerance."""
    new, old = _without_timings(new), _without_timings(old)
    return _DECIMAL.sub("#", new) == _DECIMAL.sub("#", old) and all(
        _close(one, other)
        for one, other in zip(
            _DECIMAL.findall(new), _DECIMAL.findall(old), strict=True
        )
    )


def _without_timings(text):
    text = re.sub(r"[ \t]+", " ", text)
    return re.sub(r" $", "", _TIMING.sub("<time> ", text), flags=re.M)


def _close(new, old):
    new, old = (
        float(x.replace("−", "-") if isinstance(x, str) else x)
        for x in (new, old)
    )
    flipped = new * old < 0 and max(abs(new), abs(old)) > SIGNLESS
    return not flipped and math.isclose(
        new, old, rel_tol=RELATIVE, abs_tol=ABSOLUTE
    )


def _same_data(mime, new, old, *, pictures):
    if mime == REPORT:
        return _same_report(new, old)
    if mime.startswith("image/"):
        return not pictures or new == old or _same_pixels(mime, new, old)
    if isinstance(new, str) and isinstance(old, str):
        if pictures and (_PICTURE.search(new) or _FRAMES.search(new)):
            return new == old
        return same_text(words(new), words(old))
    return new == old


def words(html):
    """HTML without its pictures and without those of its frames."""

    def words_of_frames(match):
        frames = json.loads(match[1])
        for key in {"svg", "changes"} & frames.keys():
            frames[key] = "<picture>"
        return json.dumps(frames)

    html = _FRAMES.sub(words_of_frames, _FRAMES_ID.sub("dl-", html))
    return _PICTURE.sub("<picture>", html)


def _same_report(new, old):
    measured = {"value": 0, "seconds": 0}
    exact = new.keys() == old.keys() and new | measured == old | measured
    return exact and _close(new["value"], old["value"])


def _same_pixels(mime, new, old):
    if mime == "image/svg+xml":
        return False
    new, old = (
        np.asarray(Image.open(io.BytesIO(base64.b64decode(x))).convert("RGBA"))
        for x in (new, old)
    )
    if new.shape != old.shape:
        return False
    return bool(np.max(np.abs(new.astype(int) - old)) <= PIXEL_LEVELS)
