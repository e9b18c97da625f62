"""Encoder-decoder with additive attention: its alignment, its first state."""

import torch
from translators import TranslatorTests

from dlbook.models.bahdanau import Bahdanau


class TestBahdanau(TranslatorTests):
    cls, sizes = Bahdanau, {"width": 6, "units": 10}

    def test_weights_are_those_that_the_outputs_are_made_with(self):
        model, sources, targets = self.build()
        state = model.start(sources)
        outputs, weights = model.decoder(targets, state)
        assert weights.shape == (2, 7, 6)
        assert (weights[0, :, 4:] == 0).all()
        ones = torch.ones(2, 7).double()
        torch.testing.assert_close(weights.sum(dim=-1), ones)
        h, c, memory, _, _ = state
        for t in range(7):
            context = (weights[:, t, :, None] * memory).sum(dim=1)
            x = model.target_embedding(targets[:, t])
            h, c = model.decoder.cell.cell(torch.cat([x, context], 1), (h, c))
            wanted = model.decoder.projection(torch.cat([h, context], dim=1))
            torch.testing.assert_close(outputs[:, t], wanted)

    def test_the_first_state_knows_both_ends_of_the_source(self):
        model, sources, _ = self.build()
        h, c = model.start(sources)[:2]
        memory, (last, _) = model.encoder(sources)
        ends = torch.stack([memory[0, 3, :5], memory[1, 5, :5]])
        torch.testing.assert_close(last[0], ends)  # of the forward LSTM
        torch.testing.assert_close(last[1], memory[:, 0, 5:])
        wanted = torch.cat([ends, memory[:, 0, 5:]], dim=1)
        wanted = torch.tanh(model.decoder.initial_state(wanted))
        torch.testing.assert_close(h, wanted)
        assert (c == 0).all()
