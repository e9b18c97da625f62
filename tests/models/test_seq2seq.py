"""Encoder-decoder of LSTMs: reversed sources, open gates, last states."""

import torch
from torch import nn
from translators import TranslatorTests

from dlbook.models.seq2seq import (
    Encoder,
    Seq2Seq,
    open_forget_gates,
    reverse,
)


class TestSeq2Seq(TranslatorTests):
    cls, sizes = Seq2Seq, {"width": 6, "units": 10}

    def test_the_source_is_read_from_its_end(self):
        model, sources, _ = self.build()
        x = model.encoder.embedding(torch.tensor([[2, 9, 3, 5]]))
        _, (h, c) = model.encoder.lstm(x)
        state = model.start(sources)
        torch.testing.assert_close(state[0][0], h[0, 0])
        torch.testing.assert_close(state[1][0], c[0, 0])


def test_a_reversed_row_begins_with_its_last_token():
    tokens = torch.tensor([[5, 3, 9, 0, 0], [4, 7, 8, 6, 2], [1, 0, 0, 0, 0]])
    assert reverse(tokens).tolist() == [
        [9, 3, 5, 0, 0],
        [2, 6, 8, 7, 4],
        [1, 0, 0, 0, 0],
    ]
    assert torch.equal(reverse(reverse(tokens)), tokens)


def test_each_row_is_encoded_as_if_it_were_alone():
    torch.manual_seed(0)
    encoder = Encoder(17, 6, 5, bidirectional=True).double()
    sources = torch.tensor([[5, 3, 0, 0], [4, 4, 16, 7], [8, 0, 0, 0]])
    states, (h, c) = encoder(sources)
    assert states.shape == (3, 4, 10)
    assert h.shape == c.shape == (2, 3, 5)
    for row, length in enumerate([2, 4, 1]):
        alone, last = encoder(sources[row : row + 1, :length])
        torch.testing.assert_close(states[row : row + 1, :length], alone)
        assert (states[row, length:] == 0).all()
        torch.testing.assert_close((h[:, row], c[:, row]), (
            last[0][:, 0], last[1][:, 0],
        ))  # fmt: skip


def test_open_forget_gates_keep_the_cell():
    for layer in (nn.LSTM(3, 50, bidirectional=True), nn.LSTMCell(3, 50)):
        before = [p.detach().clone() for p in layer.parameters()]
        assert open_forget_gates(layer) is layer
        changes = [
            (new - old).detach().flatten()
            for old, new in zip(before, layer.parameters(), strict=True)
            if not torch.equal(old, new)
        ]
        for change in changes:
            wanted = torch.zeros(200)
            wanted[50:100] = 1.0  # i, f, g, o
            torch.testing.assert_close(change, wanted)
        assert len(changes) == (2 if isinstance(layer, nn.LSTM) else 1)
