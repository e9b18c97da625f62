"""Encoder-decoder of two LSTMs: Sutskever et al., 2014, Figure 1."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from dlbook.layers.embedding import embedding


def opened(lstm):
    """The same LSTM or cell, its forget gates open at first: bias + 1."""
    with torch.no_grad():
        for name, bias in lstm.named_parameters():
            if name.startswith("bias_ih"):  # rows are i, f, g, o
                bias.chunk(4)[1].add_(1.0)
    return lstm


def turned(tokens):
    """Each row (B, S) from its last real token to its first, then padding."""
    lengths = (tokens != 0).sum(dim=1, keepdim=True)
    places = torch.arange(tokens.shape[1], device=tokens.device)
    return tokens.gather(1, (lengths - 1 - places) % tokens.shape[1])


class Encoder(nn.Module):
    """Sources (B, S) to states (B, S, directions * units) and the last state.

    The last state is that of an LSTM: h and c, (directions, B, units), after
    the last real token of each row. Token 0 is padding.
    """

    def __init__(
        self, vocab: int, *, width: int, units: int, dropout: float,
        bidirectional=False,
    ):  # fmt: skip
        super().__init__()
        self.read = embedding(vocab, width)
        self.dropout = nn.Dropout(dropout)
        self.recurrent = opened(
            nn.LSTM(
                width, units, batch_first=True, bidirectional=bidirectional
            )
        )

    def forward(self, sources):
        x = self.dropout(self.read(sources))  # (B, S, D)
        lengths = (sources != 0).sum(dim=1).cpu()
        if (lengths == sources.shape[1]).all():  # no filling: half the time
            return self.recurrent(x)
        packed = pack_padded_sequence(
            x, lengths, batch_first=True, enforce_sorted=False
        )
        states, last = self.recurrent(packed)
        states, _ = pad_packed_sequence(
            states, batch_first=True, total_length=sources.shape[1]
        )
        return states, last


class Seq2Seq(nn.Module):
    """Sources (B, S) and targets so far (B, T) to logits (B, T, K).

    Differs from the paper: one layer, forget gates that start open, and
    words are recognised by the vectors that they are read with.
    """

    def __init__(
        self, sources: int, targets: int, *, width=128, units=256, dropout=0.2
    ):
        super().__init__()
        self.encoder = Encoder(
            sources, width=width, units=units, dropout=dropout
        )
        self.write = embedding(targets, width)
        self.decoder = opened(nn.LSTM(width, units, batch_first=True))
        self.narrow = nn.Linear(units, width)
        self.dropout = nn.Dropout(dropout)

    def encode(self, sources):
        """The state before the first word: h and c, each (B, units)."""
        _, (h, c) = self.encoder(turned(sources))
        return h[0], c[0]

    def decode(self, tokens, state):
        x = self.dropout(self.write(tokens))  # (B, T, D)
        h, (last, c) = self.decoder(x, (state[0][None], state[1][None]))
        return self.narrow(self.dropout(h)), (last[0], c[0])

    def outputs(self, sources, targets):
        """What the logits are made of: (B, T, D)."""
        return self.decode(targets, self.encode(sources))[0]

    def logits(self, outputs):
        return F.linear(outputs, self.write.weight)

    def forward(self, sources, targets):
        return self.logits(self.outputs(sources, targets))

    def step(self, tokens, state):
        """Last tokens (N,) and state to logits (N, K) and the next state."""
        outputs, state = self.decode(tokens[:, None], state)
        return self.logits(outputs[:, 0]), state
