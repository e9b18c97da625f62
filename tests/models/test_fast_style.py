"""The feed-forward style network: sizes, range, independence of brightness."""

import pytest
import torch
from torch import nn

from dlbook.models.fast_style import FastStyle, Residual, instance_norm


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_pictures_keep_their_size_and_range():
    model = FastStyle(width=3, depth=2)
    images = torch.rand(2, 3, 24, 36)
    output = model(images)
    assert output.shape == images.shape
    assert 0 <= output.min() <= output.max() <= 1


def test_a_block_adds_its_input():
    block = Residual(4, norm=instance_norm)
    nn.init.zeros_(block.layers[-1].weight)
    x = torch.randn(2, 4, 6, 8)
    torch.testing.assert_close(block(x), x)


def test_pictures_of_a_batch_do_not_meet():
    model = FastStyle(width=3, depth=1)
    images = torch.rand(3, 3, 16, 16)
    torch.testing.assert_close(model(images)[1:2], model(images[1:2]))
    normed = FastStyle(width=3, depth=1, norm=nn.BatchNorm2d)
    assert not torch.allclose(normed(images)[1:2], normed(images[1:2]))


def test_instance_normalisation_removes_the_contrast():
    model = FastStyle(width=3, depth=1)
    for module in model.modules():
        if isinstance(module, nn.InstanceNorm2d):
            module.eps = 0
    images = torch.rand(1, 3, 16, 16)
    torch.testing.assert_close(model(images / 4 + 0.3), model(images))
