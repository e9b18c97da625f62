"""Reliability by bins, and the temperature that minimises the loss."""

import pytest
import torch
import torch.nn.functional as F

from dlbook.training.calibration import (
    calibration_error,
    fit_temperature,
    reliability,
)


def overconfident(count=4_000, factor=3.0):
    """Logits three times too large for labels drawn from their softmax."""
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(count, 5, generator=generator)
    p = logits.softmax(dim=1)
    labels = torch.multinomial(p, 1, generator=generator)[:, 0]
    return factor * logits, labels


def test_bins_by_hand():
    p = torch.tensor([[0.9, 0.1], [0.95, 0.05], [0.4, 0.6], [1.0, 1e-9]])
    labels = torch.tensor([0, 1, 1, 0])
    confidence, accuracy, share = reliability(p.log(), labels)
    assert confidence.tolist() == pytest.approx([0.6, 0.95], abs=1e-6)
    assert accuracy.tolist() == pytest.approx([1, 2 / 3])
    assert share.tolist() == pytest.approx([0.25, 0.75])
    error = 0.25 * 0.4 + 0.75 * (0.95 - 2 / 3)
    assert calibration_error(p.log(), labels) == pytest.approx(error, abs=1e-6)


def test_the_error_equals_a_loop_over_examples():
    logits, labels = overconfident(301)
    confidence, predicted = logits.double().softmax(1).max(1)
    total = 0.0
    for k in range(7):
        inside = [i for i in range(301) if k == min(int(confidence[i] * 7), 6)]
        total += abs(
            sum(
                confidence[i].item() - float(predicted[i] == labels[i])
                for i in inside
            )
        )
    error = calibration_error(logits, labels, bins=7)
    assert error == pytest.approx(total / 301)


@pytest.mark.parametrize("factor", [0.2, 1.0, 3.0])
def test_the_temperature_undoes_a_factor(factor):
    logits, labels = overconfident(factor=factor)
    temperature = fit_temperature(logits, labels)
    assert temperature == pytest.approx(factor, rel=0.1)
    best = F.cross_entropy(logits / temperature, labels)
    for other in (0.98 * temperature, 1.02 * temperature):
        assert F.cross_entropy(logits / other, labels) > best


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="3 rows of logits for 2 labels"):
        reliability(torch.zeros(3, 2), torch.zeros(2).long())
