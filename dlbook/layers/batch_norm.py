"""Batch normalisation: Ioffe and Szegedy, 2015, Algorithms 1 and 2."""

import torch
from torch import nn


class BatchNorm(nn.Module):
    """Normalise each channel of (B, C) or (B, C, H, W), then scale and shift.

    In training by mean and variance of the batch, which also move the running
    ones by `momentum`; in evaluation by the running ones.

    Raises:
        ValueError: in training there is one value per channel.
    """

    def __init__(self, channels: int, *, momentum=0.1, epsilon=1e-5):
        super().__init__()
        self.momentum, self.epsilon = momentum, epsilon
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x):
        mean, variance = self.running_mean, self.running_var
        if self.training:
            axes = [axis for axis in range(x.ndim) if axis != 1]
            mean, variance = x.mean(axes), x.var(axes, correction=0)
            self.update_running(mean, variance, count=x.numel() // x.shape[1])
        shape = (1, -1) + (1,) * (x.ndim - 2)  # (1, C) or (1, C, 1, 1)
        x = x - mean.view(shape)
        x = x / (variance + self.epsilon).sqrt().view(shape)
        return self.weight.view(shape) * x + self.bias.view(shape)

    @torch.no_grad()
    def update_running(self, mean, variance, *, count: int):
        """Move the running statistics towards those of a batch."""
        if count < 2:
            raise ValueError(f"{count} value per channel has no variance")
        variance = variance * count / (count - 1)  # unbiased
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)
