"""Encoder-decoder with attention: Bahdanau, Cho, Bengio, 2015, Figure 1."""

import torch
import torch.nn.functional as F
from torch import nn

from dlbook.layers.attention import AdditiveAttention
from dlbook.layers.embedding import embedding
from dlbook.models.seq2seq import Encoder, open_forget_gates


class AttentionCell(nn.Module):
    """One step of the decoder: attend, then read the last token's x (B, D).

    The state is (h, c, memory, keys, mask), of which only h and c change.
    Returns h beside the context, (B, 2 units), the next state, and the
    attention weights (B, S).
    """

    def __init__(self, width: int, units: int):
        super().__init__()
        self.attention = AdditiveAttention(units, units, units // 2)
        self.cell = open_forget_gates(nn.LSTMCell(width + units, units))

    def forward(self, x, state):
        h, c, memory, keys, mask = state
        context, weights = self.attention(h, memory, keys, mask)
        h, c = self.cell(torch.cat([x, context], dim=1), (h, c))
        outputs = torch.cat([h, context], dim=1)
        return outputs, (h, c, memory, keys, mask), weights


class AttentionDecoder(nn.Module):
    """Tokens so far (B, T) to logits (B, T, K), attending to a memory.

    The output weights are tied to the embeddings.
    """

    def __init__(
        self, vocab_size: int, width: int, units: int, *, dropout=0.0
    ):
        super().__init__()
        self.embedding = embedding(vocab_size, width)
        self.initial_state = nn.Linear(units, units)
        self.cell = AttentionCell(width, units)
        self.projection = nn.Linear(2 * units, width)
        self.dropout = nn.Dropout(dropout)

    def start(self, summary, memory, mask):
        """The first state; summary (B, units), memory (B, S, units)."""
        h = torch.tanh(self.initial_state(summary))
        keys = self.cell.attention.to_key(memory)
        return h, torch.zeros_like(h), memory, keys, mask

    def forward(self, tokens, state):
        """Tokens (B, T): outputs (B, T, D), attention weights (B, T, S)."""
        outputs, weights = [], []
        for x in self.dropout(self.embedding(tokens)).unbind(dim=1):
            output, state, weight = self.cell(x, state)
            outputs.append(output)
            weights.append(weight)
        outputs = torch.stack(outputs, dim=1)  # (B, T, 2 units)
        outputs = self.projection(self.dropout(outputs))
        return outputs, torch.stack(weights, dim=1)

    def logits(self, outputs):
        return F.linear(outputs, self.embedding.weight)

    def step(self, tokens, state):
        """Last tokens (B,) and state to logits (B, K) and the next state."""
        outputs, state, _ = self.cell(self.embedding(tokens), state)
        return self.logits(self.projection(outputs)), state


class Bahdanau(nn.Module):
    """Sources (B, S) and targets so far (B, T) to logits (B, T, K).

    Differs from the paper: LSTMs, a linear output, and output weights tied
    to the embeddings of the targets.
    """

    def __init__(
        self, source_vocab: int, target_vocab: int, *, width=128, units=192,
        dropout=0.2,
    ):  # fmt: skip
        super().__init__()
        self.encoder = Encoder(
            source_vocab, width, units // 2, dropout=dropout,
            bidirectional=True,
        )  # fmt: skip
        self.decoder = AttentionDecoder(
            target_vocab, width, units, dropout=dropout
        )
        self.target_embedding = self.decoder.embedding

    def start(self, sources):
        """The state before the first token, with all it can attend to."""
        memory, (last, _) = self.encoder(sources)  # (B, S, units)
        last = last.transpose(0, 1).flatten(1)  # (B, units)
        return self.decoder.start(last, memory, sources != 0)

    def outputs(self, sources, targets):
        """What the logits are computed from: (B, T, D)."""
        return self.decoder(targets, self.start(sources))[0]

    def logits(self, outputs):
        return self.decoder.logits(outputs)

    def forward(self, sources, targets):
        return self.logits(self.outputs(sources, targets))

    def step(self, tokens, state):
        return self.decoder.step(tokens, state)
