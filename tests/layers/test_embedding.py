"""Embedding tables: vectors of length 1, padding is zero and stays so."""

import pytest
import torch

from dlbook.layers.embedding import embedding


def test_vectors_have_length_1_and_that_of_padding_is_0():
    torch.manual_seed(0)
    table = embedding(500, 64)
    lengths = table.weight.norm(dim=1)
    assert lengths[0] == 0
    assert lengths[1:].mean().item() == pytest.approx(1, abs=0.02)
    assert lengths[1:].min() > 0.6


def test_padding_gets_no_gradient():
    table = embedding(5, 3)
    table(torch.tensor([0, 2, 0, 4])).sum().backward()
    assert table.weight.grad.sum(dim=1).tolist() == [0, 0, 3, 0, 3]
