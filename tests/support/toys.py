"""A small data set and a small network, for the tests of the loop."""

import torch
from torch import nn
from torch.utils.data import TensorDataset

from dlbook.data.loaders import batches

QUIET = {"device": "cpu", "progress": False}


def toy(n=103, batch_size=10, **settings):
    """Linearly separable points; the last batch is short on purpose."""
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(n, 2, generator=generator)
    labels = (inputs.sum(1) > 0).long()
    dataset = TensorDataset(inputs, labels)
    return inputs, labels, batches(dataset, batch_size, **settings)


def network():
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Linear(2, 8), nn.BatchNorm1d(8), nn.Dropout(0.2), nn.Linear(8, 2)
    )


def sgd(model, lr=0.1):
    return torch.optim.SGD(model.parameters(), lr, momentum=0.9)


def same_weights(a, b):
    return all(
        torch.equal(x, y)
        for x, y in zip(
            a.state_dict().values(), b.state_dict().values(), strict=True
        )
    )
