"""Multilayer perceptron: Rumelhart, Hinton and Williams, 1986, Figure 1."""

from itertools import pairwise

from torch import nn


class MLP(nn.Sequential):
    """Inputs (B, ...) to outputs (B, K), through layers of the given sizes.

    `sizes` are the numbers of units from the input to the output, such as
    (784, 256, 10); the inputs are flattened first, and the outputs are the
    last weighted sums as they are. Differs from the paper: ReLU for the
    sigmoid, dropout, and no bend after the last layer.
    """

    def __init__(self, sizes, *, activation=nn.ReLU, dropout: float = 0.0):
        *hidden, last = pairwise(sizes)
        layers = [nn.Flatten()]
        for inputs, outputs in hidden:
            layers += [nn.Linear(inputs, outputs), activation()]
            layers += [nn.Dropout(dropout)]
        super().__init__(*layers, nn.Linear(*last))
