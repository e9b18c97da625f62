"""Measures against their definitions."""

import math

import pytest
import torch
import torch.nn.functional as F

from dlbook.training.objectives import classification, perplexity, regression


def test_perplexity_of_even_odds_is_their_number():
    logits = torch.zeros(11, 7, dtype=torch.double)
    loss = F.cross_entropy(logits, torch.arange(11) % 7)
    assert perplexity(loss) == pytest.approx(7)
    assert perplexity(0.0) == 1


def test_perplexity_is_the_inverse_geometric_mean():
    p = torch.rand(13, dtype=torch.double)
    wanted = p.prod().item() ** (-1 / 13)
    assert perplexity(-p.log().mean()) == pytest.approx(wanted)


def test_perplexity_of_a_hopeless_model_is_infinite():
    assert perplexity(1e5) == perplexity(math.inf) == math.inf


@pytest.mark.parametrize("loss", [-0.1, math.nan])
def test_perplexity_refuses_what_is_no_cross_entropy(loss):
    with pytest.raises(ValueError, match="is not 0 or more"):
        perplexity(loss)


def test_classification_is_cross_entropy_and_accuracy():
    inputs, labels = torch.randn(5, 3), torch.tensor([2, 0, 1, 1, 2])
    model = torch.nn.Linear(3, 3)
    loss, metrics = classification(model, (inputs, labels))
    logits = model(inputs)
    log_p = logits.log_softmax(dim=1)[torch.arange(5), labels]
    torch.testing.assert_close(loss, -log_p.mean())
    right = (
        sum(row.argmax() == k for row, k in zip(logits, labels, strict=True))
        / 5
    )
    assert metrics == {"accuracy": right}


def test_regression_is_the_mean_squared_error():
    inputs, targets = torch.randn(5, 3), torch.randn(5, 2)
    model = torch.nn.Linear(3, 2)
    loss, metrics = regression(model, (inputs, targets))
    error = (model(inputs) - targets).square().sum() / 10
    torch.testing.assert_close(loss, error)
    assert metrics == {}
