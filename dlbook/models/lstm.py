"""Long short-term memory: Hochreiter and Schmidhuber, 1997, Figure 1."""

import torch

from dlbook.models.rnn import RNNCell


class LSTMCell(RNNCell):
    """One step: inputs (B, input_size), state (h, c), both (B, units).

    Differs from the paper: it has the forget gate of Gers, Schmidhuber and
    Cummins (2000), and tanh for both squashing functions.
    """

    # h and the cell state c; gates i and f, new values g, gate o
    num_states, num_chunks = 2, 4

    def forward(self, x, state):
        h, c = state
        from_input, from_state = self.linear(x, h)
        i, f, g, o = (from_input + from_state).chunk(4, dim=-1)
        input_gate = torch.sigmoid(i)
        forget_gate = torch.sigmoid(f)
        output_gate = torch.sigmoid(o)
        c = forget_gate * c + input_gate * torch.tanh(g)
        return output_gate * torch.tanh(c), c
