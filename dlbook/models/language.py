"""Recurrent language model: Mikolov et al., 2010, Figure 1."""

from torch import nn


class LanguageModel(nn.Module):
    """Token numbers (B, T) to logits of each next token (B, T, K), and state.

    `layer` is a class of recurrent layers such as nn.LSTM, and the state is
    what that layer returns; `width` is that of the embedding. Differs from
    the paper: any recurrent layer, and an embedding of the tokens.
    """

    def __init__(
        self,
        layer,
        vocab_size: int,
        *,
        units: int,
        width: int = 32,
        dropout: float = 0.0,
    ):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, width)
        self.rnn = layer(width, units, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(units, vocab_size)

    def forward(self, tokens, state=None):
        h, state = self.rnn(self.embedding(tokens), state)
        return self.output(self.dropout(h)), state  # (B, T, K)


class Carried(nn.Module):
    """A language model that starts each batch where the last one stopped.

    Token numbers (B, T) to logits (B, T, K). The state is forgotten when
    `train` or `eval` is called, as `fit` and `evaluate` do when they begin.
    """

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model, self.state = model, None

    def train(self, mode: bool = True):
        self.state = None
        return super().train(mode)

    def forward(self, tokens):
        logits, state = self.model(tokens, self.state)
        self.state = detach(state)
        return logits


def detach(state):
    """The same numbers without their history: a tensor or a tuple of them."""
    if isinstance(state, tuple):
        return tuple(map(detach, state))
    return state.detach()
