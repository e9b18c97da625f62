"""Cells along a sequence against PyTorch's layers, with copied weights."""

import pytest
import torch
from torch import nn

from dlbook.models.gru import GRUCell
from dlbook.models.lstm import LSTMCell
from dlbook.models.rnn import Recurrent, RNNCell, unroll
from dlbook.runtime import count_parameters

PAIRS = [(RNNCell, nn.RNN), (GRUCell, nn.GRU), (LSTMCell, nn.LSTM)]
every_cell = pytest.mark.parametrize(
    ("cell", "theirs"), PAIRS, ids=["rnn", "gru", "lstm"]
)


def copies(cell, theirs, **shape):
    """Both networks in double precision with the same random weights."""
    ours = Recurrent(cell, 5, 7, **shape).double()
    layers = shape.get("layers", 1)
    bidirectional = shape.get("bidirectional", False)
    theirs = theirs(
        5, 7, layers, batch_first=True, bidirectional=bidirectional
    ).double()
    suffixes = [
        f"_l{layer}{direction}"
        for layer in range(layers)
        for direction in ["", "_reverse"][: 1 + bidirectional]
    ]
    with torch.no_grad():
        for each, suffix in zip(ours.cells, suffixes, strict=True):
            for name, weights in each.named_parameters():
                weights.copy_(getattr(theirs, name + suffix))
    return ours, theirs


@every_cell
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("with_state", [False, True])
def test_equal_to_pytorch(cell, theirs, layers, bidirectional, with_state):
    ours, theirs = copies(
        cell, theirs, layers=layers, bidirectional=bidirectional
    )
    x = torch.randn(2, 11, 5).double().requires_grad_()
    same_x = x.detach().clone().requires_grad_()
    size = (layers * (1 + bidirectional), 2, 7)
    state = tuple(torch.randn(size).double() for _ in range(cell.num_states))
    h, last = ours(x, state if with_state else None)
    single = not isinstance(theirs, nn.LSTM)  # one tensor, not a tuple
    their_state = state[0] if single else state
    wanted, wanted_last = theirs(same_x, their_state if with_state else None)
    wanted_last = (wanted_last,) if single else wanted_last
    torch.testing.assert_close(h, wanted)
    torch.testing.assert_close(last, wanted_last)
    weights = torch.randn_like(h)
    ((h * weights).sum() + sum(s.pow(2).sum() for s in last)).backward()
    loss = (wanted * weights).sum()
    (loss + sum(s.pow(2).sum() for s in wanted_last)).backward()
    torch.testing.assert_close(x.grad, same_x.grad)
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(a.grad, b.grad)


@pytest.mark.parametrize("reverse", [False, True])
def test_unroll_keeps_the_order_of_its_inputs(reverse):
    """A cell that adds up what it reads, from the start or from the end."""

    def total(x, state):
        return (state[0] + x,)

    x = torch.tensor([[[1.0], [2.0], [4.0]]])  # (B, T, D) = (1, 3, 1)
    h, (last,) = unroll(total, x, (torch.zeros(1, 1),), reverse=reverse)
    assert h.flatten().tolist() == ([7, 6, 4] if reverse else [1, 3, 7])
    assert last.tolist() == [[7]]


def test_one_step_is_pytorchs_cell():
    ours, theirs = RNNCell(5, 7), nn.RNNCell(5, 7)
    theirs.load_state_dict(ours.state_dict())
    x, h = torch.randn(3, 5), torch.randn(3, 7)
    torch.testing.assert_close(ours(x, (h,)), (theirs(x, h),))


@every_cell
def test_a_sequence_in_two_parts_is_the_sequence(cell, theirs):
    model = Recurrent(cell, 5, 7, layers=2).double()
    x = torch.randn(3, 9, 5).double()
    h, last = model(x)
    begin, state = model(x[:, :4])
    end, state = model(x[:, 4:], state)
    torch.testing.assert_close(torch.cat([begin, end], dim=1), h)
    torch.testing.assert_close(state, last)


@every_cell
def test_first_weights_are_as_wide_as_pytorchs(cell, theirs):
    ours, theirs = Recurrent(cell, 5, 400), theirs(5, 400)
    assert count_parameters(ours) == count_parameters(theirs)
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert a.abs().max() <= 1 / 20
        assert a.std().item() == pytest.approx(b.std().item(), rel=0.1)


@every_cell
def test_all_tensors_are_on_one_device(cell, theirs):
    with torch.device("meta"):
        model, x = (
            Recurrent(cell, 5, 7, bidirectional=True),
            torch.empty(3, 9, 5),
        )
    h, last = model(x)
    (h.sum() + last[0].sum()).backward()
    assert all(p.grad.is_meta for p in model.parameters())
