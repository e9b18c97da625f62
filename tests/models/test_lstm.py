"""One step of an LSTM: PyTorch's, and what its gates do."""

import torch
from torch import nn

from dlbook.models.lstm import LSTMCell


def test_one_step_is_pytorchs_cell():
    ours, theirs = LSTMCell(5, 7), nn.LSTMCell(5, 7)
    theirs.load_state_dict(ours.state_dict())
    x, state = torch.randn(3, 5), (torch.randn(3, 7), torch.randn(3, 7))
    torch.testing.assert_close(ours(x, state), theirs(x, state))


def with_bias(i=0.0, f=0.0, o=0.0):
    cell = LSTMCell(5, 7)
    with torch.no_grad():
        for chunk, bias in ((0, i), (1, f), (3, o)):
            cell.bias_ih[7 * chunk : 7 * (chunk + 1)] += bias
    return cell


def test_an_open_forget_gate_keeps_cell_state_and_gradient():
    x, h = torch.randn(3, 5), torch.randn(3, 7)
    c = torch.randn(3, 7, requires_grad=True)
    shown, new = with_bias(i=-50.0, f=50.0, o=50.0)(x, (h, c))
    torch.testing.assert_close(new, c)
    torch.testing.assert_close(shown, torch.tanh(c))
    new.sum().backward()
    torch.testing.assert_close(c.grad, torch.ones(3, 7))


def test_closed_gates_forget_and_show_nothing():
    state = torch.randn(3, 7), torch.randn(3, 7)
    cell = with_bias(i=-50.0, f=-50.0, o=-50.0)
    for tensor in cell(torch.randn(3, 5), state):
        torch.testing.assert_close(tensor, torch.zeros(3, 7))
