"""Written-out RNN, GRU and LSTM against PyTorch's, with copied weights."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from dlbook.models.gru import GRUCell
from dlbook.models.language import Carried, LanguageModel
from dlbook.models.lstm import LSTMCell
from dlbook.models.rnn import Recurrent, RNNCell
from dlbook.runtime import count_parameters

PAIRS = [(RNNCell, nn.RNN), (GRUCell, nn.GRU), (LSTMCell, nn.LSTM)]
every_cell = pytest.mark.parametrize(
    ("cell", "theirs"), PAIRS, ids=["rnn", "gru", "lstm"]
)


def copies(cell, theirs, **shape):
    """Both networks in double precision with the same random weights."""
    ours = Recurrent(cell, 5, 7, **shape).double()
    layers, both = shape.get("layers", 1), shape.get("bidirectional", False)
    theirs = theirs(5, 7, layers, batch_first=True, bidirectional=both)
    theirs = theirs.double()
    suffix = [
        f"_l{layer}{end}"
        for layer in range(layers)
        for end in ["", "_reverse"][: 1 + both]
    ]
    with torch.no_grad():
        for each, end in zip(ours.cells, suffix, strict=True):
            for name, weights in each.named_parameters():
                weights.copy_(getattr(theirs, name + end))
    return ours, theirs


@every_cell
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("given", [False, True])
def test_equal_to_pytorch(cell, theirs, layers, bidirectional, given):
    ours, theirs = copies(
        cell, theirs, layers=layers, bidirectional=bidirectional
    )
    inputs = [torch.randn(2, 11, 5).double().requires_grad_() for _ in "ab"]
    inputs[1].data = inputs[0].data.clone()
    size = (layers * (1 + bidirectional), 2, 7)
    state = tuple(torch.randn(size).double() for _ in range(cell.state_size))
    y, last = ours(inputs[0], state if given else None)
    single = isinstance(theirs, nn.LSTM)
    hidden = (state if single else state[0]) if given else None
    wanted, wanted_last = theirs(inputs[1], hidden)
    wanted_last = wanted_last if single else (wanted_last,)
    torch.testing.assert_close(y, wanted)
    torch.testing.assert_close(last, wanted_last)
    weights = torch.randn_like(y)
    ((y * weights).sum() + sum(s.pow(2).sum() for s in last)).backward()
    loss = (wanted * weights).sum()
    (loss + sum(s.pow(2).sum() for s in wanted_last)).backward()
    torch.testing.assert_close(inputs[0].grad, inputs[1].grad)
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(a.grad, b.grad)


@every_cell
def test_one_step_is_pytorchs_cell(cell, theirs):
    ours = cell(5, 7)
    single = {nn.RNN: nn.RNNCell, nn.GRU: nn.GRUCell, nn.LSTM: nn.LSTMCell}
    other = single[theirs](5, 7)
    other.load_state_dict(ours.state_dict())
    x, state = torch.randn(3, 5), (torch.randn(3, 7),) * ours.state_size
    wanted = other(x, state if theirs is nn.LSTM else state[0])
    wanted = wanted if theirs is nn.LSTM else (wanted,)
    torch.testing.assert_close(ours(x, state), wanted)


@every_cell
def test_a_sequence_in_two_parts_is_the_sequence(cell, theirs):
    model = Recurrent(cell, 5, 7, layers=2).double()
    x = torch.randn(3, 9, 5).double()
    y, last = model(x)
    first, state = model(x[:, :4])
    second, state = model(x[:, 4:], state)
    torch.testing.assert_close(torch.cat([first, second], dim=1), y)
    torch.testing.assert_close(state, last)


@every_cell
def test_first_weights_are_as_wide_as_pytorchs(cell, theirs):
    ours, theirs = Recurrent(cell, 5, 400), theirs(5, 400)
    assert count_parameters(ours) == count_parameters(theirs)
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert a.abs().max() <= 1 / 20
        assert a.std().item() == pytest.approx(b.std().item(), rel=0.1)


def test_the_language_model_sees_no_next_token():
    torch.manual_seed(0)
    model = LanguageModel(nn.GRU, 11, units=13, embedding=4)
    tokens = torch.randint(11, (3, 8))
    logits, state = model(tokens)
    assert (logits.shape, state.shape) == ((3, 8, 11), (1, 3, 13))
    changed = tokens.clone()
    changed[:, 5:] = (tokens[:, 5:] + 1) % 11
    other, _ = model(changed)
    torch.testing.assert_close(logits[:, :5], other[:, :5])
    assert not torch.allclose(logits[:, 5], other[:, 5])
    F.cross_entropy(logits.flatten(0, 1), tokens.flatten()).backward()
    assert all(p.grad is not None for p in model.parameters())


@pytest.mark.parametrize("layer", [nn.RNN, nn.LSTM])
def test_carried_state_goes_on_without_its_history(layer):
    model = LanguageModel(layer, 11, units=13, embedding=4)
    tokens = torch.randint(11, (3, 8))
    carried = Carried(model)
    parts = [carried(tokens[:, :5]), carried(tokens[:, 5:])]
    torch.testing.assert_close(torch.cat(parts, dim=1), model(tokens)[0])
    carried(tokens).sum().backward()  # through this batch alone
    state = carried.state if layer is nn.LSTM else [carried.state]
    assert not any(each.requires_grad for each in state)


@pytest.mark.parametrize("begin", ["train", "eval"])
def test_carried_state_ends_with_an_epoch(begin):
    carried = Carried(LanguageModel(nn.GRU, 11, units=13))
    tokens = torch.randint(11, (3, 8))
    first = carried(tokens)
    assert not torch.allclose(carried(tokens), first)
    getattr(carried, begin)()
    torch.testing.assert_close(carried(tokens), first)
    getattr(carried, begin)()
    assert carried(tokens[:2]).shape == (2, 8, 11)
