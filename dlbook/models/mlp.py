"""Multilayer perceptron: Rumelhart, Hinton and Williams, 1986, Figure 1."""

from itertools import pairwise

from torch import nn


class MLP(nn.Module):
    """Linear layers with an activation after each of them but the last.

    Maps inputs (B, ...), which are flattened, to outputs (B, K). `sizes` are
    the numbers of units from the input to the output, such as (784, 256, 10).
    Differs from the paper: ReLU for the sigmoid, dropout after each hidden
    layer, and no activation on the outputs.
    """

    def __init__(self, sizes, *, activation=nn.ReLU, dropout: float = 0.0):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Linear(inputs, outputs) for inputs, outputs in pairwise(sizes)
        )
        self.activation = activation()
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = x.flatten(start_dim=1)
        for layer in self.layers[:-1]:
            x = self.dropout(self.activation(layer(x)))
        return self.layers[-1](x)
