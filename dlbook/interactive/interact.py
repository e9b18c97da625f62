"""Interactive figures: one function, live with a kernel, alive without one.

Where a front end started the kernel, moving a control calls the function.
Everywhere else every position is drawn once and one HTML output keeps them
all: the figure of the first position as SVG, the others as changed lines.
"""

import contextlib
import io
import itertools
import os
from string import Formatter

import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.figure import Figure

from dlbook.interactive.frames import (
    figure_html,
    is_slider,
    readout_html,
    shown,
    view_html,
)
from dlbook.interactive.svg import svg_lines
from dlbook.runtime import has_reader

FRAMES = 120  # the most that one figure may hold


def interact(*, alt, start=None, **controls):
    """Show the figure that the decorated function returns, under controls.

    Each further keyword is a control and its list the positions: numbers
    make a slider, anything else a menu.  `alt` describes the picture and
    names every control, as in "Loss for learning rate {lr}".  `start` gives
    first positions; the others start in the middle.  What the function
    prints is shown below its figure.  The decorated function stays itself.

    Black and the book's ink take the colour of the page; a near-black such
    as "#111111" keeps its own.
    """
    if not controls:
        raise ValueError("no control: give one, such as lr=[0.01, 0.1, 1.0]")
    controls = {name: _positions(name, controls[name]) for name in controls}
    first = _first(controls, start or {})
    settings = [
        dict(zip(controls, values, strict=True))
        for values in itertools.product(*controls.values())
    ]
    if len(settings) > FRAMES:
        raise ValueError(
            f"{len(settings)} positions are more than {FRAMES}: give the "
            "controls shorter lists"
        )
    alts = _alt_texts(alt, settings)
    index = settings.index(first)

    def decorate(function):
        show = _live if _mode() == "live" else _static
        data = show(function, controls, settings, alts, index)
        data["text/plain"] = _sentence(alts[index])
        display(data, raw=True)
        return function

    return decorate


def _mode():
    mode = (
        os.environ.get("DLBOOK_INTERACT") or ("static", "live")[has_reader()]
    )
    if mode not in ("static", "live"):
        raise ValueError(f"DLBOOK_INTERACT is {mode!r}: use static or live")
    return mode


def _positions(name, values):
    """The values of a control as plain Python numbers or words."""
    values = [v.item() if hasattr(v, "item") else v for v in values]
    if len(values) < 2:
        raise ValueError(
            f"control {name!r} has {len(values)} positions: give it a list "
            "of two or more"
        )
    return values


def _first(controls, start):
    first = {k: values[len(values) // 2] for k, values in controls.items()}
    for name, value in start.items():
        if value not in controls.get(name, ()):
            raise ValueError(
                f"start says {name}={value!r}: choose from {controls}"
            )
        first[name] = value
    return first


class _Words(Formatter):
    """Fills a template as the labels of the controls read."""

    def format_field(self, value, format_spec):
        return format(value, format_spec) if format_spec else shown(value)


def _alt_texts(alt, settings):
    """The description of every frame; no two may read the same."""
    try:
        texts = [_Words().format(alt, **setting) for setting in settings]
    except (KeyError, IndexError) as error:
        raise ValueError(
            f"alt {alt!r} names {{{error.args[0]}}}: the controls are "
            f"{list(settings[0])}"
        ) from None
    if len(set(texts)) < len(texts):
        same = next(text for text in texts if texts.count(text) > 1)
        raise ValueError(
            f"two positions have the alt text {same!r}: name every control "
            f"of {list(settings[0])} in it, in braces, and repeat no position"
        )
    return texts


def _sentence(alt):
    return (
        f"Interactive figure: {alt.rstrip('.')}. Run this cell, or open the "
        "built book, to move its controls."
    )


def _draw(function, setting):
    """The view of one setting: lines of SVG, width, what was printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        figure = function(**setting)
    if not isinstance(figure, Figure):
        raise ValueError(
            f"{function.__name__} returned {type(figure).__name__} for "
            f"{setting}: end it with `return figure`"
        )
    width = round(figure.get_figwidth() * 96)
    lines = svg_lines(figure)
    plt.close(figure)
    return lines, width, printed.getvalue().strip()


def _static(function, controls, settings, alts, index):
    html = figure_html(
        [_draw(function, setting) for setting in settings],
        controls=controls,
        settings=settings,
        alts=alts,
        index=index,
        sentence=_sentence(alts[index]),
    )
    return {"text/html": html}


def _live(function, controls, settings, alts, index):
    """The same view and controls as ipywidgets; each frame drawn once."""
    import ipywidgets as widgets

    def widget(name, values):
        slider = is_slider(values)
        kind = widgets.SelectionSlider if slider else widgets.Dropdown
        return kind(
            options=[(shown(value), value) for value in values],
            value=settings[index][name],
            description=name.replace("_", " "),
            style={"description_width": "initial"},
            **({"continuous_update": False} if slider else {}),
        )

    picture, readout, drawn = widgets.HTML(), widgets.HTML(), {}
    moved = {name: widget(name, controls[name]) for name in controls}

    def show(_=None):
        frame = settings.index({k: each.value for k, each in moved.items()})
        if frame not in drawn:
            drawn[frame] = _draw(function, settings[frame])
        lines, width, printed = drawn[frame]
        picture.value = view_html(alts[frame], width, lines)
        readout.value = readout_html(printed)

    show()
    for each in moved.values():
        each.observe(show, "value")
    box = widgets.VBox([picture, readout, *moved.values()])
    return box._repr_mimebundle_()
