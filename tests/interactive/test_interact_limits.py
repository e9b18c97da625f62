import matplotlib
import numpy as np
import pytest

matplotlib.use("agg")

import matplotlib.pyplot as plt

from dlbook.interactive.interact import interact

RATES = [0.01, 0.1, 1.0]


def test_twenty_frames_weigh_little(shown):
    x = np.linspace(0, 9, 200)
    a, b = np.meshgrid(*[np.linspace(-2, 2, 40)] * 2)

    @interact(alt="Curve {lr}", lr=list(range(1, 22)))
    def curves(lr):
        figure, axes = plt.subplots()
        axes.plot(x, np.exp(-x / lr))
        return figure

    @interact(alt="Heat map {scale}", scale=list(range(1, 22)))
    def heat(scale):
        figure, axes = plt.subplots()
        axes.imshow(np.sin(scale * a) * b)
        return figure

    sizes = [len(bundle["text/html"]) for bundle in shown]
    assert sizes[0] < 75_000  # 71 kB with Matplotlib 3.8, else less
    assert sizes[1] < 80_000


def test_too_heavy_names_both_sizes(shown):
    def heavy(n):
        figure, axes = plt.subplots()
        axes.plot(np.random.default_rng(n).random(30_000))
        return figure

    with pytest.raises(
        ValueError, match=r"\d{3} kB, more than .* 200 kB.*fewer"
    ):
        interact(alt="Noise {n}", n=[1, 2])(heavy)

    with pytest.raises(ValueError, match=r"kB, more than the 200 kB.*fewer"):
        interact(alt="Noise {n}", n=[1, 2])(heavy)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alt": "no control"}, "no control: give one"),
        ({"alt": "{lr}", "lr": []}, "'lr' has 0 positions"),
        ({"alt": "{lr}", "lr": [1.0]}, "'lr' has 1 positions"),
        ({"alt": "{lr}", "lr": range(121)}, "121 positions are more than 120"),
        ({"alt": "{rate}", "lr": RATES}, r"names \{rate\}.*\['lr'\]"),
        ({"alt": "{lr} {}", "lr": RATES}, "the controls are"),
        ({"alt": "same", "lr": RATES}, "'same': name every control"),
        ({"alt": "{lr}", "lr": RATES, "start": {"lr": 3}}, "lr=3: choose"),
        ({"alt": "{lr}", "lr": RATES, "start": {"a": 3}}, "a=3: choose"),
    ],
)
def test_wrong_controls_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        interact(**options)


def test_a_function_without_a_figure_is_named(shown):
    def forgetful(lr):
        plt.subplots()

    with pytest.raises(ValueError, match="forgetful returned NoneType"):
        interact(alt="{lr}", lr=RATES)(forgetful)
    plt.close("all")
