"""Embedding tables of tokens."""

from torch import nn


def embedding(vocab_size: int, width: int):
    """Vectors of length about 1 for the tokens; that of padding, 0, is 0."""
    table = nn.Embedding(vocab_size, width, padding_idx=0)
    nn.init.normal_(table.weight[1:], std=width**-0.5)
    return table
