"""Long short-term memory: Hochreiter and Schmidhuber, 1997, Figure 1."""

import torch

from dlbook.models.rnn import RNNCell


class LSTMCell(RNNCell):
    """One step: inputs (B, inputs) and state (h, c), both (B, units).

    Differs from the paper: it has the forget gate of Gers, Schmidhuber and
    Cummins (2000), and tanh for both squashing functions.
    """

    state_size, gates = 2, 4

    def forward(self, x, state):
        h, c = state
        sums = sum(self.sums(x, h)).chunk(4, dim=-1)
        write, forget, show = (
            torch.sigmoid(sums[i]) for i in (0, 1, 3)
        )  # PyTorch's i, f and o
        c = forget * c + write * torch.tanh(sums[2])
        return show * torch.tanh(c), c
