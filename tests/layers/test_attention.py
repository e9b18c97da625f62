"""Attention, written out, against PyTorch's on random inputs."""

import math

import pytest
import torch
import torch.nn.functional as F
from pytorch_weights import copy_attention
from torch import nn

from dlbook.layers.attention import (
    AdditiveAttention,
    MultiHeadAttention,
    causal_mask,
    padding_mask,
    positional_encoding,
    scaled_dot_product,
)

B, h, T, S, D = 2, 3, 5, 7, 12


def random_mask(*shape):
    """A mask that allows each query at least the first position."""
    mask = torch.rand(*shape) < 0.6
    mask[..., 0] = True
    return mask


@pytest.mark.parametrize("mask", [None, (1, S), (T, S), (B, 1, 1, S)])
def test_scaled_dot_product_is_pytorchs(mask):
    mask = mask and random_mask(*mask)
    queries = torch.randn(B, h, T, 4).double().requires_grad_()
    keys = torch.randn(B, h, S, 4).double().requires_grad_()
    values = torch.randn(B, h, S, 6).double().requires_grad_()
    inputs = (queries, keys, values)
    outputs, weights = scaled_dot_product(*inputs, mask)
    wanted = F.scaled_dot_product_attention(*inputs, attn_mask=mask)
    torch.testing.assert_close(outputs, wanted)
    assert weights.shape == (B, h, T, S)
    torch.testing.assert_close(weights.sum(-1), torch.ones(B, h, T).double())
    if mask is not None:
        assert (weights[~mask.expand_as(weights)] == 0).all()
    gradient = torch.randn_like(wanted)
    ours = torch.autograd.grad(outputs, inputs, gradient)
    theirs = torch.autograd.grad(wanted, inputs, gradient)
    torch.testing.assert_close(ours, theirs)


def twins(heads):
    """Ours and PyTorch's multi-head attention with the same weights."""
    ours = MultiHeadAttention(D, heads).double()
    theirs = nn.MultiheadAttention(D, heads, batch_first=True).double()
    copy_attention(ours, theirs)
    return ours, theirs


@pytest.mark.parametrize("heads", [1, 3, 4])
@pytest.mark.parametrize("masked", [None, "padding", "causal"])
def test_multi_head_attention_is_pytorchs(heads, masked):
    ours, theirs = twins(heads)
    x = torch.randn(B, T, D).double()
    memory = x if masked == "causal" else torch.randn(B, S, D).double()
    mask, options = None, {}
    if masked == "padding":
        tokens = torch.tensor([[3, 1, 2, 5, 1, 0, 0], [1] * 7])
        mask = padding_mask(tokens)
        options = {"key_padding_mask": tokens == 0}
    if masked == "causal":
        mask = causal_mask(T)
        options = {"attn_mask": ~mask}
    wanted, weights = theirs(
        x, memory, memory, average_attn_weights=False, **options
    )
    torch.testing.assert_close(ours(x, memory, mask), wanted)
    torch.testing.assert_close(ours.weights(x, memory, mask), weights)


def test_a_width_that_heads_do_not_divide_is_refused():
    with pytest.raises(ValueError, match="12 is no multiple of 5"):
        MultiHeadAttention(12, 5)


def test_masks_are_true_where_attention_is_allowed():
    tokens = torch.tensor([[5, 3, 0, 0], [2, 9, 4, 0]])
    mask = padding_mask(tokens)
    assert mask.shape == (2, 1, 1, 4)
    assert mask.flatten(1).tolist() == [[1, 1, 0, 0], [1, 1, 1, 0]]
    assert causal_mask(3).tolist() == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]


def test_additive_attention_equals_a_loop():
    attention = AdditiveAttention(4, 6, 5).double()
    query = torch.randn(B, 4).double()
    memory = torch.randn(B, S, 6).double()
    mask = random_mask(B, S)
    context, weights = attention(query, memory, attention.to_key(memory), mask)
    for b in range(B):
        scores = []
        for s in range(S):
            a = attention.to_query.weight @ query[b]
            a = a + attention.to_key.weight @ memory[b, s]
            a = torch.tanh(a + attention.to_key.bias)
            scores.append((attention.score.weight[0] @ a).item())
        allowed = mask[b].tolist()
        powers = [
            math.exp(e) * m for e, m in zip(scores, allowed, strict=True)
        ]
        wanted = torch.tensor(powers).double() / sum(powers)
        torch.testing.assert_close(weights[b], wanted)
        torch.testing.assert_close(context[b], wanted @ memory[b])


def test_positional_encoding_is_the_formula_of_the_paper():
    table = positional_encoding(9, 6)
    assert table.shape == (9, 6)
    for t in range(9):
        for i in range(3):
            angle = t / 10_000 ** (2 * i / 6)
            assert table[t, 2 * i].item() == pytest.approx(
                math.sin(angle), abs=1e-6
            )
            assert table[t, 2 * i + 1].item() == pytest.approx(
                math.cos(angle), abs=1e-6
            )
