"""Models that translate: what they see, and writing step by step."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch._dynamo.testing import CompileCounter

from dlbook.language.beam_search import select
from dlbook.language.translation import pair_batches
from dlbook.models.bahdanau import Bahdanau
from dlbook.models.seq2seq import Seq2Seq, opened, turned
from dlbook.models.transformer import Transformer

SIZES = {
    Seq2Seq: {"width": 6, "units": 10},
    Bahdanau: {"width": 6, "units": 10},
    Transformer: {"width": 12, "heads": 3, "blocks": 3},
}
every_model = pytest.mark.parametrize("cls", SIZES, ids=lambda c: c.__name__)


def build(cls, dropout=0.0):
    torch.manual_seed(0)
    model = cls(17, 13, dropout=dropout, **SIZES[cls]).double()
    sources = torch.tensor([[5, 3, 9, 2, 0, 0], [4, 4, 16, 7, 8, 2]])
    return model, sources, torch.randint(1, 13, (2, 7))


@every_model
def test_each_word_is_guessed_from_words_before_it_alone(cls):
    model, sources, targets = build(cls)
    logits = model(sources, targets)
    assert logits.shape == (2, 7, 13)
    changed = targets.clone()
    changed[:, 4:] = targets[:, 4:] % 12 + 1
    other = model(sources, changed)
    torch.testing.assert_close(logits[:, :4], other[:, :4])
    assert not torch.allclose(logits[:, 4], other[:, 4])


@every_model
def test_padding_of_the_source_changes_nothing(cls):
    model, sources, targets = build(cls)
    alone = model(sources[:1, :4], targets[:1])
    torch.testing.assert_close(model(sources, targets)[:1], alone)
    longer = F.pad(sources, (0, 3))
    torch.testing.assert_close(model(longer, targets), model(sources, targets))


@every_model
def test_every_word_of_the_source_counts(cls):
    model, sources, targets = build(cls)
    logits = model(sources, targets)
    for place in range(6):
        changed = sources.clone()
        changed[1, place] = 11
        assert not torch.allclose(model(changed, targets)[1], logits[1])


@every_model
def test_steps_give_the_logits_of_the_whole(cls):
    model, sources, targets = build(cls)
    state, logits = model.encode(sources), []
    for tokens in targets.unbind(dim=1):
        step, state = model.step(tokens, state)
        logits.append(step)
    whole = model(sources, targets)
    torch.testing.assert_close(torch.stack(logits, dim=1), whole)


@every_model
def test_rows_of_a_state_can_be_chosen(cls):
    model, sources, targets = build(cls)
    state = model.encode(sources)
    _, state = model.step(targets[:, 0], state)
    logits, _ = model.step(targets[:, 1], state)
    rows = torch.tensor([1, 0, 1])
    again, _ = model.step(targets[rows, 1], select(state, rows))
    torch.testing.assert_close(again, logits[rows])


@every_model
def test_every_weight_has_a_gradient_and_dropout_acts_in_training(cls):
    model, sources, targets = build(cls, dropout=0.5)
    logits = model(sources, targets)
    assert not torch.allclose(logits, model(sources, targets))
    logits.pow(2).sum().backward()
    names = [n for n, p in model.named_parameters() if p.grad is None]
    assert not names
    model.eval()
    one, other = model(sources, targets), model(sources, targets)
    torch.testing.assert_close(one, other)


@every_model
def test_the_written_word_is_recognised_by_the_vector_it_is_read_with(cls):
    model, sources, targets = build(cls)
    targets = targets.clamp_max(11)  # word 12 is not read
    before = model(sources, targets)
    with torch.no_grad():
        model.write.weight[12] *= 2
    after = model(sources, targets)
    torch.testing.assert_close(after[..., 12], 2 * before[..., 12])
    torch.testing.assert_close(after[..., :12], before[..., :12])


def test_alignment_of_bahdanau_is_what_it_writes_with():
    model, sources, targets = build(Bahdanau)
    weights = model.along(sources, targets)[1]
    assert weights.shape == (2, 7, 6)
    assert (weights[0, :, 4:] == 0).all()
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(2, 7).double())


def test_the_transformer_is_compiled_once_for_all_lengths():
    torch._dynamo.reset()
    model, counter = build(Transformer)[0], CompileCounter()
    names = list(model.state_dict())
    lengths = torch.arange(2, 10).repeat_interleave(11)[:, None]
    rows = torch.randint(1, 13, (88, 9)).where(torch.arange(9) < lengths, 0)
    model.compile(backend=counter, dynamic=True)
    for sources, targets in pair_batches(rows, rows.flip(0), 11):
        wanted = model.forward(sources, targets)
        torch.testing.assert_close(model(sources, targets), wanted)
    assert counter.frame_count == 1
    assert list(model.state_dict()) == names


def test_a_turned_row_begins_with_its_last_token():
    tokens = torch.tensor([[5, 3, 9, 0, 0], [4, 7, 8, 6, 2], [1, 0, 0, 0, 0]])
    assert turned(tokens).tolist() == [
        [9, 3, 5, 0, 0],
        [2, 6, 8, 7, 4],
        [1, 0, 0, 0, 0],
    ]
    assert torch.equal(turned(turned(tokens)), tokens)


def test_open_forget_gates_keep_the_cell():
    for layer in (nn.LSTM(3, 50, bidirectional=True), nn.LSTMCell(3, 50)):
        before = [p.detach().clone() for p in layer.parameters()]
        assert opened(layer) is layer
        moved = [
            (new - old).detach().flatten()
            for old, new in zip(before, layer.parameters(), strict=True)
            if not torch.equal(old, new)
        ]
        for change in moved:
            wanted = torch.zeros(200)
            wanted[50:100] = 1.0  # i, f, g, o
            torch.testing.assert_close(change, wanted)
        assert len(moved) == (2 if isinstance(layer, nn.LSTM) else 1)
