"""Fully convolutional network: sizes, where scores join, any image size."""

import pytest
import torch
import torch.nn.functional as F

from dlbook.models.fcn import FCN, upsampling


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.mark.parametrize("scores", [1, 2, 3])
def test_scores_come_back_to_the_size_of_the_images(scores):
    model = FCN(5, 2, widths=(3, 4, 6), scores=scores).eval()
    assert model(torch.zeros(2, 2, 24, 40)).shape == (2, 5, 24, 40)
    assert model.final.stride[0] == 2 ** (3 - scores)
    assert len(model.upsample) == scores - 1


def test_it_is_the_sum_of_enlarged_scores():
    """Bilinear kernels begin as interpolation: compared inside."""
    model = FCN(5, 2, widths=(3, 4, 6), scores=2).eval()
    images = torch.randn(2, 2, 48, 48)
    with torch.no_grad():
        maps = model.encoder(images)
        deep = model.scores[1](maps[2])
        total = model.upsample[0](deep) + model.scores[0](maps[1])
        expected = F.interpolate(total, scale_factor=2, mode="bilinear")
        output = model(images)
    inner = slice(4, -4)
    torch.testing.assert_close(
        output[..., inner, inner], expected[..., inner, inner]
    )


def test_upsampling_begins_bilinear_and_is_trained():
    layer = upsampling(3, 2)
    maps = torch.randn(1, 3, 5, 6)
    expected = F.interpolate(maps, scale_factor=2, mode="bilinear")
    inner = slice(2, -2)
    torch.testing.assert_close(
        layer(maps)[..., inner, inner], expected[..., inner, inner]
    )
    assert layer.weight.requires_grad


def test_every_parameter_receives_a_gradient():
    model = FCN(3, 2, widths=(4, 6, 8, 5))
    model(torch.randn(2, 2, 16, 24)).square().sum().backward()
    assert all(p.grad.abs().sum() > 0 for p in model.parameters())
