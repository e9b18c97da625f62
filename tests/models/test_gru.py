"""One step of a GRU: PyTorch's, and what its gates do."""

import torch
from torch import nn

from dlbook.models.gru import GRUCell


def test_one_step_is_pytorchs_cell():
    ours, theirs = GRUCell(5, 7), nn.GRUCell(5, 7)
    theirs.load_state_dict(ours.state_dict())
    x, h = torch.randn(3, 5), torch.randn(3, 7)
    torch.testing.assert_close(ours(x, (h,)), (theirs(x, h),))


def with_bias(r=0.0, z=0.0):
    cell = GRUCell(5, 7)
    with torch.no_grad():
        for chunk, bias in enumerate((r, z)):
            cell.bias_ih[7 * chunk : 7 * (chunk + 1)] += bias
    return cell


def test_an_open_update_gate_keeps_state_and_gradient():
    x, h = torch.randn(3, 5), torch.randn(3, 7, requires_grad=True)
    (new,) = with_bias(z=50.0)(x, (h,))
    torch.testing.assert_close(new, h)
    new.sum().backward()
    torch.testing.assert_close(h.grad, torch.ones(3, 7))


def test_closed_gates_forget_the_state():
    x, cell = torch.randn(3, 5), with_bias(r=-50.0, z=-50.0)
    (new,) = cell(x, (torch.randn(3, 7),))
    n = x @ cell.weight_ih[14:].T + cell.bias_ih[14:]
    torch.testing.assert_close(new, torch.tanh(n))
