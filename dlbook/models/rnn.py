"""Recurrent network: Elman, 1990, Figure 2; made deep and bidirectional."""

import math

import torch
from torch import nn


class RNNCell(nn.Module):
    """One step: inputs (B, input_size), state ((B, units),) to a new state.

    `num_states` is how many tensors (B, units) a state has, `num_chunks` how
    many pre-activations each unit has; cells with gates have more. Weights
    have the names, shapes and first values of `nn.RNNCell`. Differs from the
    paper: tanh for the sigmoid, and the two bias vectors that PyTorch has.
    """

    num_states, num_chunks = 1, 1

    def __init__(self, input_size: int, units: int):
        super().__init__()
        rows, bound = self.num_chunks * units, 1 / math.sqrt(units)
        shapes = {
            "weight_ih": (rows, input_size),
            "weight_hh": (rows, units),
            "bias_ih": (rows,),
            "bias_hh": (rows,),
        }
        for name, shape in shapes.items():
            values = torch.empty(shape).uniform_(-bound, bound)
            self.register_parameter(name, nn.Parameter(values))

    def linear(self, x, h):
        """W_x x + b_x and W_h h + b_h, each (B, num_chunks * units)."""
        from_input = x @ self.weight_ih.T + self.bias_ih
        from_state = h @ self.weight_hh.T + self.bias_hh
        return from_input, from_state

    def forward(self, x, state):
        (h,) = state
        from_input, from_state = self.linear(x, h)
        return (torch.tanh(from_input + from_state),)


class Recurrent(nn.Module):
    """Cells along a sequence: x (B, T, input_size) to h (B, T, units).

    The outputs are h of the last layer at every step, of both directions
    side by side if there are two. The state is a tuple of what the cell
    carries, each (layers * directions, B, units), zeros if not given. `cell`
    is a class such as RNNCell.
    """

    def __init__(
        self, cell, input_size, units, *, layers=1, bidirectional=False
    ):
        super().__init__()
        directions = 1 + bidirectional
        self.units, self.directions = units, directions
        self.cells = nn.ModuleList()
        for layer in range(layers):
            width = input_size if layer == 0 else directions * units
            self.cells.extend(cell(width, units) for _ in range(directions))

    def forward(self, x, state=None):
        if state is None:
            zeros = x.new_zeros(len(self.cells), len(x), self.units)
            state = (zeros,) * self.cells[0].num_states
        last_states = []
        for first in range(0, len(self.cells), self.directions):
            outputs = []
            for i in range(first, first + self.directions):
                start = tuple(tensor[i] for tensor in state)
                reverse = i > first
                h, last = unroll(self.cells[i], x, start, reverse=reverse)
                outputs.append(h)
                last_states.append(last)
            x = torch.cat(outputs, dim=-1)  # (B, T, directions * units)
        return x, tuple(map(torch.stack, zip(*last_states, strict=True)))


def unroll(cell, x, state, *, reverse: bool = False):
    """One cell over x (B, T, D): its h at all steps (B, T, units), last state.

    With `reverse` the cell goes from the last step to the first; h stays in
    the order of x.
    """
    steps = x.unbind(dim=1)
    outputs = []
    for x_t in reversed(steps) if reverse else steps:
        state = cell(x_t, state)
        outputs.append(state[0])
    if reverse:
        outputs.reverse()
    return torch.stack(outputs, dim=1), state
