"""Gated recurrent unit: Cho et al., 2014, Figure 2 and equations (5)-(8)."""

import torch

from dlbook.models.rnn import RNNCell


class GRUCell(RNNCell):
    """One step: inputs (B, input_size), state ((B, units),) to a new state.

    An update gate of 1 keeps the old state. Differs from the paper: the
    reset gate acts after the matrix product, as in PyTorch, so the bias of
    the state can be reset as well.
    """

    num_chunks = 3  # reset gate r, update gate z, new state n

    def forward(self, x, state):
        (h,) = state
        from_input, from_state = self.linear(x, h)
        r_x, z_x, n_x = from_input.chunk(3, dim=-1)
        r_h, z_h, n_h = from_state.chunk(3, dim=-1)
        reset = torch.sigmoid(r_x + r_h)
        update = torch.sigmoid(z_x + z_h)
        new = torch.tanh(n_x + reset * n_h)
        return (update * h + (1 - update) * new,)
