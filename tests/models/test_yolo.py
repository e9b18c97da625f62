"""The detector on a grid: what it returns, and where each number is from."""

import pytest
import torch

from dlbook.models.yolo import YOLO


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_each_cell_has_the_predictions_of_its_anchors():
    model = YOLO(3, in_channels=2, widths=(4, 6, 8), num_anchors=2).eval()
    maps = []
    model.head.register_forward_hook(lambda _, x, y: maps.append(y))
    with torch.no_grad():
        predictions = model(torch.randn(2, 2, 48, 48))
    assert predictions.shape == (2, 3, 3, 2, 8)
    expected = maps[0][1, 8:16, 2, 0]  # second image, third row, anchor 1
    assert torch.equal(predictions[1, 2, 0, 1], expected)


def test_every_parameter_receives_a_gradient():
    model = YOLO(3, widths=(4, 8, 6))
    model(torch.randn(2, 3, 48, 48)).square().sum().backward()
    assert all(p.grad.abs().sum() > 0 for p in model.parameters())
