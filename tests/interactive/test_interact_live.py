import matplotlib
import pytest

matplotlib.use("agg")

import matplotlib.pyplot as plt

from dlbook import runtime
from dlbook.interactive import interact as module
from dlbook.interactive.interact import interact


@pytest.fixture
def shown(monkeypatch):
    """What was displayed, newest last, with no front end at first."""
    bundles = []
    for name in (*runtime.FRONT_ENDS, "DLBOOK_INTERACT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(
        module, "display", lambda bundle, raw: bundles.append(bundle)
    )
    return bundles


def show(calls=None):
    @interact(
        alt="At {lr} on a {surface}",
        lr=[0.01, 0.1, 1.0],
        surface=["bowl", "saddle"],
    )
    def figure(lr, surface):
        calls is None or calls.append(lr)
        figure, axes = plt.subplots()
        axes.plot([0, lr])
        print(f"lr {lr:g} on {surface}")
        return figure


def live_widgets(bundle):
    from ipywidgets import widget_serialization

    view = bundle["application/vnd.jupyter.widget-view+json"]
    name = f"IPY_MODEL_{view['model_id']}"
    return widget_serialization["from_json"](name, None).children


def test_live_controls_draw_with_the_same_function_once(shown, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "notebook.ipynb")
    calls = []
    show(calls)
    assert "text/html" not in shown[-1]
    assert calls == [0.1]
    picture, readout, slider, menu = live_widgets(shown[-1])
    assert 'aria-label="At 0.1 on a saddle"' in picture.value
    before = picture.value
    slider.value = 1.0
    assert 'aria-label="At 1 on a saddle"' in picture.value != before
    assert "lr 1 on saddle" in readout.value
    menu.value = "bowl"
    assert "lr 1 on bowl" in readout.value
    slider.value, menu.value = 0.1, "saddle"
    assert picture.value == before
    assert len(calls) == 4
    assert plt.get_fignums() == []


def test_the_environment_decides(shown, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "notebook.ipynb")
    monkeypatch.setenv("DLBOOK_INTERACT", "static")
    show()
    assert "text/html" in shown[-1]
    monkeypatch.setenv("DLBOOK_INTERACT", "lively")
    with pytest.raises(ValueError, match="'lively': use static or live"):
        show()
