"""Every frame of an interactive figure in one piece of HTML.

The page keeps the lines of one frame and what differs in each other one; its
script draws them.  A viewer that strips scripts shows one sentence instead.
"""

import hashlib
import json
from html import escape
from pathlib import Path

from dlbook.interactive.svg import changes, rename

BYTES = 200_000  # the most that one figure may weigh
HERE = Path(__file__).parent
STYLE = " ".join((HERE / "interact.css").read_text().split())
SCRIPT = " ".join((HERE / "interact.js").read_text().split())


def shown(value):
    """A position as the reader sees it."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def is_slider(values):
    return all(type(value) in (int, float) for value in values)


def view_html(alt, width, lines):
    """The picture with its style, for a page without the script."""
    view = _view(alt, width, "\n".join(lines))
    return f'<style>{STYLE}</style><div class="dl-interact">{view}</div>'


def readout_html(printed):
    return (
        '<div class="dl-interact"><div class="dl-readout" '
        f'aria-live="polite">{escape(printed)}</div></div>'
    )


def _view(alt, width, svg=""):
    return (
        f'<div class="dl-view" role="img" aria-label="{escape(alt)}" '
        f'style="max-width:{width}px">{svg}</div>'
    )


def _control(name, values, start, number):
    """One row: the label, the slider or menu, the value of a slider."""
    row = f'<div class="dl-control"><label for="{number}">'
    row += f"{escape(name.replace('_', ' '))}</label>"
    if is_slider(values):
        row += (
            f'<input id="{number}" type="range" min="0" step="1" '
            f'max="{len(values) - 1}" value="{values.index(start)}" '
            'autocomplete="off"><span aria-hidden="true"></span>'
        )
    else:
        options = "".join(
            f"<option{' selected' * (value == start)}>"
            f"{escape(shown(value))}</option>"
            for value in values
        )
        row += f'<select id="{number}" autocomplete="off">{options}</select>'
    return row + "</div>"


def figure_html(views, *, controls, settings, alts, index, sentence):
    """HTML that holds every frame and needs nothing else.

    `views` are (lines of SVG, width, printed text), one for each of the
    `settings` and `alts`; `index` is the first to be shown.
    """
    text = repr((views, alts, controls)).encode()
    name = f"dl-{hashlib.sha256(text).hexdigest()[:8]}"
    lines, widths, printed = zip(*views, strict=True)
    ids = {}
    frames = [rename(frame, name, ids) for frame in lines]
    body = f"<style>{STYLE}</style>{_view(alts[index], max(widths))}"
    if any(printed):
        body += '<div class="dl-readout" aria-live="polite"></div>'
    for number, (control, values) in enumerate(controls.items()):
        start = settings[index][control]
        body += _control(control, values, start, f"{name}-control-{number}")
    data = {
        "body": body,
        "labels": [[shown(v) for v in vs] for vs in controls.values()],
        "alts": alts,
        "printed": printed,
        "svg": frames[index],
        "changes": [changes(frames[index], frame) for frame in frames],
    }
    data = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    data = data.replace("</", "<\\/").replace("<!--", "<\\u0021--")
    page = (
        f'<div class="dl-interact" data-figure="{name}" role="group" '
        'aria-label="Interactive figure" data-lm-suppress-shortcuts="true">'
        f'<div class="dl-body"><p>{escape(sentence)}</p></div>'
        f'<script type="application/json">{data}</script>'
        f"<script>{SCRIPT}</script></div>"
    )
    if (size := len(page.encode())) > BYTES:
        raise ValueError(
            f"{len(frames)} frames make {size / 1000:.0f} kB, more than the "
            f"{BYTES / 1000:.0f} kB of one figure: use fewer positions, fewer "
            "points in a line, or smaller pictures"
        )
    return page
