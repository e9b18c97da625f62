"""U-Net: the paper's sizes, channels and paths."""

import pytest
import torch
from torch import nn

from dlbook.models.unet import (
    Encoder,
    UNet,
    UNetWithoutSkips,
    double_conv,
)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_sizes_and_channels_are_those_of_figure_1():
    """23 convolutional layers; padding keeps 256, 128, ... as they are."""
    with torch.device("meta"):
        model = UNet(2, 1)
        kinds = (nn.Conv2d, nn.ConvTranspose2d)
        layers = [m for m in model.modules() if isinstance(m, kinds)]
        assert len(layers) == 23
        channels = [layer.out_channels for layer in layers]
        down = [64, 64, 128, 128, 256, 256, 512, 512, 1024, 1024]
        assert channels[:10] == down
        inputs = [module[0][0].in_channels for module in model.merge]
        assert inputs == [1024, 512, 256, 128]
        assert model(torch.empty(1, 1, 256, 256)).shape == (1, 2, 256, 256)


def test_weights_are_those_of_the_paper_without_its_biases():
    model = UNet(2, 1, widths=(4, 8))
    convolutions = 9 * (1 * 4 + 4 * 4 + 4 * 8 + 8 * 8 + 8 * 4 + 4 * 4)
    up, last = 4 * 8 * 4 + 4, 2 * 4 + 2
    norms = 2 * (4 + 4 + 8 + 8 + 4 + 4)
    total = sum(p.numel() for p in model.parameters())
    assert total == convolutions + up + last + norms


def without_means(model):
    """The same model in evaluation mode, its norms the identity."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.zero_()
    return model.eval()


@pytest.mark.parametrize("reach", [True, False])
def test_skips_pass_what_the_levels_below_have_lost(reach):
    """With the lower level silent, only a skip carries the image on."""
    model = (UNet if reach else UNetWithoutSkips)(3, 2, widths=(4, 6))
    model = without_means(model)
    model.up[0].weight.data.zero_()
    images = torch.randn(2, 2, 8, 12)
    difference = model(images[:1]) - model(images[1:])
    assert (difference.abs().sum() > 0) == reach


def test_without_skips_only_the_information_differs():
    torch.manual_seed(1)
    model = UNet(3, 2, widths=(4, 6, 8)).eval()
    torch.manual_seed(1)
    other = UNetWithoutSkips(3, 2, widths=(4, 6, 8)).eval()
    state, expected = other.state_dict(), model.state_dict()
    torch.testing.assert_close(state, expected)
    images = torch.randn(2, 2, 8, 12)
    assert model(images).shape == other(images).shape == (2, 3, 8, 12)
    assert not torch.allclose(model(images), other(images))


def test_the_encoder_halves_the_maps_level_by_level():
    encoder = Encoder(2, (4, 6, 5)).eval()
    maps = encoder(torch.randn(2, 2, 8, 12))
    assert [tuple(level.shape) for level in maps] == [
        (2, 4, 8, 12), (2, 6, 4, 6), (2, 5, 2, 3),
    ]  # fmt: skip
    pooled = torch.nn.functional.max_pool2d(maps[0], 2)
    torch.testing.assert_close(encoder.levels[1][1](pooled), maps[1])


def test_every_parameter_receives_a_gradient():
    model = UNet(3, 2, widths=(4, 6, 8))
    model(torch.randn(2, 2, 8, 12)).square().sum().backward()
    assert all(p.grad.abs().sum() > 0 for p in model.parameters())


def test_a_double_convolution_sees_five_pixels():
    layers = double_conv(1, 4).eval()
    image = torch.randn(1, 1, 9, 9, requires_grad=True)
    (layers(image)[0, :, 4, 4] * torch.randn(4)).sum().backward()
    rows = image.grad[0, 0].abs().sum(dim=1).nonzero().flatten()
    assert rows.min() >= 2 and rows.max() <= 6
