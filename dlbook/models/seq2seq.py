"""Encoder-decoder of two LSTMs: Sutskever et al., 2014, Figure 1."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from dlbook.layers.embedding import embedding


def open_forget_gates(lstm):
    """The same LSTM or cell, its forget gates open at first: bias + 1."""
    with torch.no_grad():
        for name, bias in lstm.named_parameters():
            if name.startswith("bias_ih"):  # rows are i, f, g, o
                bias.chunk(4)[1].add_(1.0)
    return lstm


def reverse(tokens):
    """Each row (B, S) from its last real token to its first, then padding."""
    lengths = (tokens != 0).sum(dim=1, keepdim=True)
    positions = torch.arange(tokens.shape[1], device=tokens.device)
    return tokens.gather(1, (lengths - 1 - positions) % tokens.shape[1])


class Encoder(nn.Module):
    """Sources (B, S) to states (B, S, directions * units) and the last state.

    The last state is that of an LSTM: h and c, (directions, B, units), after
    the last real token of each row. Token 0 is padding. The lengths of the
    rows are fetched from the device, once for each call.
    """

    def __init__(
        self, vocab_size: int, width: int, units: int, *, dropout=0.0,
        bidirectional=False,
    ):  # fmt: skip
        super().__init__()
        self.embedding = embedding(vocab_size, width)
        self.dropout = nn.Dropout(dropout)
        self.lstm = nn.LSTM(
            width, units, batch_first=True, bidirectional=bidirectional
        )
        open_forget_gates(self.lstm)

    def forward(self, sources):
        x = self.dropout(self.embedding(sources))  # (B, S, D)
        if sources.is_meta:  # shapes without values: no lengths to pack by
            return self.lstm(x)
        lengths = (sources != 0).sum(dim=1).cpu()
        if (lengths == sources.shape[1]).all():  # no padding: half the time
            return self.lstm(x)
        packed = pack_padded_sequence(
            x, lengths, batch_first=True, enforce_sorted=False
        )
        states, last = self.lstm(packed)
        states, _ = pad_packed_sequence(
            states, batch_first=True, total_length=sources.shape[1]
        )
        return states, last


class Seq2Seq(nn.Module):
    """Sources (B, S) and targets so far (B, T) to logits (B, T, K).

    Differs from the paper: one layer, forget gates that start open, and
    output weights tied to the embeddings of the targets.
    """

    def __init__(
        self, source_vocab: int, target_vocab: int, *, width=128, units=256,
        dropout=0.2,
    ):  # fmt: skip
        super().__init__()
        self.encoder = Encoder(source_vocab, width, units, dropout=dropout)
        self.target_embedding = embedding(target_vocab, width)
        self.decoder = nn.LSTM(width, units, batch_first=True)
        open_forget_gates(self.decoder)
        self.projection = nn.Linear(units, width)
        self.dropout = nn.Dropout(dropout)

    def start(self, sources):
        """The state before the first token: h and c, each (B, units)."""
        _, (h, c) = self.encoder(reverse(sources))
        return h[0], c[0]

    def decode(self, tokens, state):
        """Tokens (B, T) from a state on: outputs (B, T, D), next state."""
        x = self.dropout(self.target_embedding(tokens))  # (B, T, D)
        states, (h, c) = self.decoder(x, tuple(s[None] for s in state))
        return self.projection(self.dropout(states)), (h[0], c[0])

    def outputs(self, sources, targets):
        """What the logits are computed from: (B, T, D)."""
        return self.decode(targets, self.start(sources))[0]

    def logits(self, outputs):
        return F.linear(outputs, self.target_embedding.weight)

    def forward(self, sources, targets):
        return self.logits(self.outputs(sources, targets))

    def step(self, tokens, state):
        """Last tokens (B,) and state to logits (B, K) and the next state."""
        outputs, state = self.decode(tokens[:, None], state)
        return self.logits(outputs[:, 0]), state
