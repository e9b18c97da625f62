"""Figures of the tests are drawn without a window, and closed."""

import matplotlib
import matplotlib.pyplot as plt
import pytest

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def closed():
    plt.close("all")
    yield
    plt.close("all")
