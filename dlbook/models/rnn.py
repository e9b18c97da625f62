"""Recurrent network: Elman, 1990, Figure 2; made deep and bidirectional."""

import math

import torch
from torch import nn


class RNNCell(nn.Module):
    """One step: inputs (B, inputs) and state ((B, units),) to a new state.

    Differs from the paper: tanh for the sigmoid, and the two bias vectors
    that PyTorch has.
    """

    state_size, gates = 1, 1

    def __init__(self, inputs: int, units: int):
        super().__init__()
        rows, bound = self.gates * units, 1 / math.sqrt(units)
        shapes = {
            "weight_ih": (rows, inputs),
            "weight_hh": (rows, units),
            "bias_ih": (rows,),
            "bias_hh": (rows,),
        }
        for name, shape in shapes.items():
            values = torch.empty(shape).uniform_(-bound, bound)
            self.register_parameter(name, nn.Parameter(values))

    def sums(self, x, h):
        """The weighted sums of the inputs and of the state, with biases."""
        from_inputs = x @ self.weight_ih.T + self.bias_ih
        return from_inputs, h @ self.weight_hh.T + self.bias_hh

    def forward(self, x, state):
        (h,) = state
        from_inputs, from_state = self.sums(x, h)
        return (torch.tanh(from_inputs + from_state),)


class Recurrent(nn.Module):
    """Cells along a sequence: x (B, T, inputs) to outputs (B, T, units).

    The outputs are h of the last layer at every step, of both directions
    side by side if there are two. The state is a tuple of what the cell
    carries, each (layers * directions, B, units), zeros if not given.
    """

    def __init__(
        self, cell, inputs: int, units: int, *, layers=1, bidirectional=False
    ):
        super().__init__()
        directions = 1 + bidirectional
        self.units, self.directions = units, directions
        self.cells = nn.ModuleList()
        for layer in range(layers):
            width = inputs if layer == 0 else directions * units
            self.cells.extend(cell(width, units) for _ in range(directions))

    def forward(self, x, state=None):
        if state is None:
            zeros = x.new_zeros(len(self.cells), len(x), self.units)
            state = (zeros,) * self.cells[0].state_size
        last = []
        for first in range(0, len(self.cells), self.directions):
            outputs = []
            for i in range(first, first + self.directions):
                part = tuple(each[i] for each in state)
                y, part = along(self.cells[i], x, part, i > first)
                outputs.append(y)
                last.append(part)
            x = torch.cat(outputs, dim=-1)  # (B, T, directions * units)
        return x, tuple(torch.stack(each) for each in zip(*last, strict=True))


def along(cell, x, state, backwards: bool = False):
    """One cell over x (B, T, D): all its h (B, T, units), its last state."""
    steps = x.unbind(dim=1)
    outputs = []
    for x_t in reversed(steps) if backwards else steps:
        state = cell(x_t, state)
        outputs.append(state[0])
    if backwards:
        outputs.reverse()
    return torch.stack(outputs, dim=1), state
