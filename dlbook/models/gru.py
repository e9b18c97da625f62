"""Gated recurrent unit: Cho et al., 2014, Figure 2 and equations (5)-(8)."""

import torch

from dlbook.models.rnn import RNNCell


class GRUCell(RNNCell):
    """One step: inputs (B, inputs) and state ((B, units),) to a new state.

    Differs from the paper: the reset gate acts after the matrix product, as
    in PyTorch, so the bias of the state can be reset as well.
    """

    gates = 3

    def forward(self, x, state):
        (h,) = state
        from_inputs, from_state = self.sums(x, h)
        reset_x, keep_x, new_x = from_inputs.chunk(3, dim=-1)
        reset_h, keep_h, new_h = from_state.chunk(3, dim=-1)
        reset = torch.sigmoid(reset_x + reset_h)
        keep = torch.sigmoid(keep_x + keep_h)
        new = torch.tanh(new_x + reset * new_h)
        return (keep * h + (1 - keep) * new,)
