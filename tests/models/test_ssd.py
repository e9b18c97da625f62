"""The single-shot detector: what it returns, in the order of its anchors."""

import pytest
import torch

from dlbook.models.ssd import SSD, Backbone, residual_stage
from dlbook.vision.anchors import make_anchors


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_outputs_stand_in_the_order_of_the_anchors():
    """A map of 6 rows and 8 columns, then one of 3 and 4."""
    model = SSD(3, in_channels=2, widths=(4, 8, 6), num_anchors=2).eval()
    maps = []
    for head in model.heads:
        head.register_forward_hook(lambda _, x, y: maps.append(y))
    with torch.no_grad():
        logits, offsets = model(torch.randn(2, 2, 48, 64))
    assert logits.shape == (2, 6 * 8 * 2 + 3 * 4 * 2, 4)
    assert offsets.shape == logits.shape
    for level, row, column, anchor, number in [
        (0, 2, 5, 1, 2 * (8 * 2 + 5) + 1),
        (1, 1, 2, 0, 96 + 2 * (4 * 1 + 2)),
    ]:
        outputs = maps[level][1, anchor * 8 : anchor * 8 + 8, row, column]
        together = torch.cat([logits[1, number], offsets[1, number]])
        assert torch.equal(together, outputs)


@pytest.mark.parametrize("widths", [(4, 8), (4, 8, 6), (4, 8, 6, 4)], ids=str)
def test_there_is_an_output_for_each_anchor(widths):
    strides = [8, 16, 32][: len(widths) - 1]
    anchors = make_anchors(96, {s: [(s, s)] * 3 for s in strides})
    model = SSD(5, widths=widths, depth=2, num_anchors=3).eval()
    logits, offsets = model(torch.zeros(1, 3, 96, 96))
    assert logits.shape == (1, len(anchors), 6)
    assert offsets.shape == (1, len(anchors), 4)


def test_every_parameter_receives_a_gradient():
    model = SSD(3, widths=(4, 8, 6), num_anchors=2)
    logits, offsets = model(torch.randn(2, 3, 48, 48))
    (logits.square().sum() + offsets.square().sum()).backward()
    assert all(p.grad.abs().sum() > 0 for p in model.parameters())


def test_a_stage_has_its_stride_once():
    maps = residual_stage(4, 6, depth=3)(torch.randn(2, 4, 12, 16))
    assert maps.shape == (2, 6, 6, 8)
    assert len(residual_stage(4, 6, depth=3)) == 3


def test_a_backbone_returns_the_maps_of_its_stages():
    backbone = Backbone(2, (4, 8, 6), depth=1)
    fine, coarse = backbone(torch.randn(2, 2, 48, 64))
    assert fine.shape == (2, 8, 6, 8) and coarse.shape == (2, 6, 3, 4)
