"""Mistakes, and what the reader is told."""

import math

import pytest
import torch
from torch import nn
from torch.utils.data import TensorDataset
from toys import QUIET, sgd, toy

from dlbook.data.loaders import batches
from dlbook.training.evaluate import evaluate
from dlbook.training.fit import fit
from dlbook.training.objectives import classification, regression


def train(model, inputs, labels, objective=classification, lr=0.1):
    loader = batches(TensorDataset(inputs, labels), 5)
    return fit(
        model,
        loader,
        epochs=3,
        objective=objective,
        optimizer=torch.optim.SGD(model.parameters(), lr),
        **QUIET,
    )


def test_a_loss_that_is_not_finite_stops_before_the_step():
    model = nn.Linear(2, 1)
    x, y = torch.randn(20, 2), torch.randn(20, 1)
    with pytest.raises(FloatingPointError, match=r"rate.*1e\+30") as error:
        train(model, x, y, regression, lr=1e30)
    assert "epoch 1 of 3, batch " in str(error.value)
    assert all(p.isfinite().all() for p in model.parameters())


def test_a_batch_that_is_not_finite_is_blamed_itself():
    x, y = torch.randn(20, 2), torch.randint(2, (20,))
    x[12, 1] = math.nan
    with pytest.raises(FloatingPointError, match="batch 3: the batch itself"):
        train(nn.Linear(2, 2), x, y)


@pytest.mark.parametrize("label", [-1, 3])
def test_labels_out_of_range_are_named(label):
    x, y = torch.randn(20, 2), torch.arange(20) % 3
    y[7] = label
    with pytest.raises(ValueError, match=f"{label}.*has 3 outputs"):
        train(nn.Linear(2, 3), x, y)


def test_labels_of_the_wrong_type_or_shape_are_named():
    x, y = torch.randn(20, 2), torch.randint(2, (20,))
    with pytest.raises(ValueError, match=r"torch.float32.*labels.long\(\)"):
        train(nn.Linear(2, 2), x, y.float())
    with pytest.raises(ValueError, match=r"\(5, 2\) and labels \(5, 1\)"):
        train(nn.Linear(2, 2), x, y[:, None])


def test_a_model_on_the_wrong_shape_is_told_both_shapes():
    x, y = torch.randn(20, 1, 4, 4), torch.randint(2, (20,))
    with pytest.raises(RuntimeError, match=r"\(5, 1, 4, 4\).*nn.Flatten"):
        train(nn.Linear(16, 2), x, y)
    with pytest.raises(ValueError, match=r"\(5, 1, 4, 2\).*Flatten"):
        train(nn.Linear(4, 2), x, y)


def test_regression_does_not_broadcast():
    x, y = torch.randn(20, 2), torch.randn(20)
    with pytest.raises(ValueError, match=r"\(5, 1\) and targets \(5,\)"):
        train(nn.Linear(2, 1), x, y, regression)


def test_an_empty_loader_is_named():
    model = nn.Linear(2, 2)
    empty = toy(7, 10, drop_last=True)[2]
    with pytest.raises(ValueError, match="training loader.*7 examples"):
        fit(model, empty, epochs=1, optimizer=sgd(model), **QUIET)
    with pytest.raises(ValueError, match="evaluation loader.*0 batches"):
        evaluate(model, empty, device="cpu")
