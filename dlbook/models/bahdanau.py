"""Encoder-decoder with attention: Bahdanau, Cho, Bengio, 2015, Figure 1."""

import torch
import torch.nn.functional as F
from torch import nn

from dlbook.layers.attention import AdditiveAttention
from dlbook.layers.embedding import embedding
from dlbook.models.seq2seq import Encoder, opened


class LookingCell(nn.Module):
    """One word of the decoder: look, then read the last word x (B, D).

    The state is (h, c, memory, keys, mask), where only h and c move. Returns
    h with what was seen (B, 2 units), the new state, and weights (B, S).
    """

    def __init__(self, width: int, units: int):
        super().__init__()
        self.attention = AdditiveAttention(units, units, units // 2)
        self.cell = opened(nn.LSTMCell(width + units, units))

    def forward(self, x, state):
        h, c, *read_from = state
        seen, weights = self.attention(h, *read_from)
        h, c = self.cell(torch.cat([x, seen], dim=1), (h, c))
        return torch.cat([h, seen], dim=1), (h, c, *read_from), weights


class Bahdanau(nn.Module):
    """Sources (B, S) and targets so far (B, T) to logits (B, T, K).

    Differs from the paper: LSTMs, a linear output, and words are recognised
    by the vectors that they are read with.
    """

    def __init__(
        self, sources: int, targets: int, *, width=128, units=192, dropout=0.2
    ):
        super().__init__()
        self.encoder = Encoder(
            sources, width=width, units=units // 2, dropout=dropout,
            bidirectional=True,
        )  # fmt: skip
        self.write = embedding(targets, width)
        self.begin = nn.Linear(units, units)
        self.decoder = LookingCell(width, units)
        self.narrow = nn.Linear(2 * units, width)
        self.dropout = nn.Dropout(dropout)

    def encode(self, sources):
        """The state before the first word, and all that it can read from."""
        memory, (last, _) = self.encoder(sources)  # (B, S, units)
        h = torch.tanh(self.begin(last.transpose(0, 1).flatten(1)))
        keys = self.decoder.attention.to_key(memory)
        return h, torch.zeros_like(h), memory, keys, sources != 0

    def along(self, sources, targets):
        """All that the cell gives: (B, T, 2 units), and weights (B, T, S)."""
        state, steps = self.encode(sources), []
        for x in self.dropout(self.write(targets)).unbind(dim=1):
            outputs, state, weights = self.decoder(x, state)
            steps.append((outputs, weights))
        return tuple(torch.stack(s, dim=1) for s in zip(*steps, strict=True))

    def outputs(self, sources, targets):
        """What the logits are made of: (B, T, D)."""
        return self.narrow(self.dropout(self.along(sources, targets)[0]))

    def logits(self, outputs):
        return F.linear(outputs, self.write.weight)

    def forward(self, sources, targets):
        return self.logits(self.outputs(sources, targets))

    def step(self, tokens, state):
        """Last tokens (N,) and state to logits (N, K) and the next state."""
        outputs, state, _ = self.decoder(self.write(tokens), state)
        return self.logits(self.narrow(outputs)), state
