"""What every convolutional network of the book has to stand."""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from dlbook.runtime import count_parameters, multiply_adds


def assert_equal_networks(build, published, *, parameters, size=183):
    """`build()` is torchvision's network, if both have the same weights.

    An odd `size` tells floor from ceiling; fully connected heads need 224.
    """
    torch.manual_seed(0)
    with torch.device("meta"):
        ours = build().eval()
    assert count_parameters(ours) == parameters == count_parameters(published)
    randomise_norms(published)
    images = torch.randn(2, 3, size, size)
    with torch.no_grad():
        published(images)  # fills the running statistics
        weights = published.eval().state_dict().values()
        state = dict(zip(ours.state_dict(), weights, strict=True))
        ours.load_state_dict(state, assign=True)
        logits = published(images)
        assert logits.std() > 1e-3
        torch.testing.assert_close(ours(images), logits)


def randomise_norms(model):
    """Give batch norms weights and statistics in which a mistake shows."""
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.normal_(layer.bias, std=0.1)
            layer.momentum = None


def assert_multiply_adds(build):
    """Our count of products is half of PyTorch's count of operations."""
    with torch.device("meta"):
        model, images = build().eval(), torch.zeros(1, 3, 224, 224)
    with FlopCounterMode(display=False) as counter:
        model(images)
    assert multiply_adds(model, images) == counter.get_total_flops() // 2


def assert_uses_every_weight(model):
    """Logits (6, 7) of six images (2, 28, 28) depend on all parameters."""
    torch.manual_seed(0)
    logits = model(torch.randn(6, 2, 28, 28))
    assert logits.shape == (6, 7)
    (logits * torch.randn(6, 7)).sum().backward()
    assert all(p.grad is not None for p in model.parameters())


def layers_with_bias(model):
    """For each layer with weights: its bias, and whether a norm is next."""
    layers = [m for m in model.modules() if not list(m.children())]
    for layer, after in zip(layers, [*layers[1:], None], strict=True):
        if isinstance(layer, nn.Conv2d | nn.Linear):
            norms = nn.BatchNorm1d | nn.BatchNorm2d
            yield layer.bias is not None, isinstance(after, norms)


def assert_bias_where_no_norm_follows(model):
    """Batch norm would subtract a bias; all other layers have one."""
    assert all(bias != norm for bias, norm in layers_with_bias(model))
