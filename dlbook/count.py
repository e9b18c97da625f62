"""Multiply-adds: what a network costs, whatever the machine."""

import torch
from torch import nn


@torch.no_grad()
def multiply_adds(model, images) -> int:
    """Products that `model` forms for one of the images (B, C, H, W).

    Convolutions and linear layers are counted: every number that such a layer
    gives is a sum of as many products as the layer has weights per output.
    """
    total = 0

    def count(layer, _, output):
        nonlocal total
        total += output[0].numel() * layer.weight[0].numel()

    layers = [
        layer for layer in model.modules()
        if isinstance(layer, nn.Conv1d | nn.Conv2d | nn.Conv3d | nn.Linear)
    ]  # fmt: skip
    hooks = [layer.register_forward_hook(count) for layer in layers]
    was_training = model.training
    try:
        model.eval()(images)
    finally:
        model.train(was_training)
        for hook in hooks:
            hook.remove()
    return total
