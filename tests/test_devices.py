"""On an accelerator every model trains as it does on a CPU.

The accelerator is none (support/accelerator.py): it has the CPU's numbers and
refuses to mix its tensors with those of the CPU.
"""

from functools import partial
from pathlib import Path

import pytest
import torch
from accelerator import (
    CPU,
    DEVICE,
    Accelerator,
    assert_same_on_both,
    state_of,
)
from small_models import MODELS
from torch import nn

from dlbook.runtime import to_device
from dlbook.training.fit import fit
from dlbook.training.objectives import regression

FILES = Path(__file__).parents[1].glob("dlbook/models/[!_]*.py")

# How often a forward pass waits: rows are sorted by length on the CPU; labels
# of pairs are checked.
WAITS = {"bahdanau": 2, "embedding_network": 2, "seq2seq": 2}


def test_every_model_has_a_case():
    assert set(MODELS) == {path.stem for path in FILES}


def train(build, objective, batch, device, waits=()):
    """The state after two steps, and the history, with validation.

    `waits`, those of an accelerator, are in the end those of the training.
    """
    torch.manual_seed(0)
    model = build().to(device)
    batch = to_device(batch() if callable(batch) else batch, device)
    if waits:
        waits.clear()
    history = fit(
        model,
        [batch, batch],
        [batch],
        epochs=1,
        optimizer=torch.optim.SGD(model.parameters(), 0.1, momentum=0.9),
        objective=objective,
        clip=1.0,
        device=device,
        progress=False,
    )
    del history["seconds"]
    return state_of(model), history


@pytest.mark.parametrize("name", MODELS)
def test_two_steps_of_a_model_are_those_of_a_cpu(name):
    expected = train(*MODELS[name], CPU)
    with Accelerator() as accelerator:
        result = train(*MODELS[name], DEVICE, accelerator.waits)
    torch.testing.assert_close(result, expected)
    in_fit = 8  # two looks; count, loss and a metric, of two passes
    assert len(accelerator.waits) <= in_fit + 3 * WAITS.get(name, 0)


# Mistakes made on purpose.


class Forgetful(nn.Module):
    """A mask made where the page is, and a table that is no buffer."""

    def __init__(self, mistake):
        super().__init__()
        self.table, self.mistake = torch.ones(4, 5), mistake
        self.linear = nn.Linear(5, 4)

    def forward(self, x):
        if self.mistake == "mask":
            x = x.masked_fill(torch.ones(x.shape[1]) < 1, 0)
        if self.mistake == "table":
            x = x @ self.table.T @ self.table
        if self.mistake == "to the CPU":
            x = x.cpu()
        return self.linear(x)


@pytest.mark.parametrize("mistake", ["mask", "table", "to the CPU"])
def test_a_model_that_mixes_devices_is_found(mistake):
    batch = torch.randn(3, 5), torch.randn(3, 4)
    build = partial(Forgetful, mistake)
    train(build, regression, batch, CPU)
    with (
        Accelerator(),
        pytest.raises(RuntimeError, match="Expected all tensors"),
    ):
        train(build, regression, batch, DEVICE)
    with Accelerator():
        train(partial(Forgetful, None), regression, batch, DEVICE)


def test_a_result_on_the_wrong_device_or_with_wrong_values_is_found():
    with pytest.raises(AssertionError, match="on the CPU"):
        assert_same_on_both(lambda device: torch.ones(3))
    with pytest.raises(AssertionError, match="on the CPU"):
        assert_same_on_both(lambda device: [torch.ones(3).to(device).cpu()])
    with pytest.raises(AssertionError, match="not close"):
        assert_same_on_both(
            lambda device: torch.full((2,), float(device == CPU)).to(device)
        )
