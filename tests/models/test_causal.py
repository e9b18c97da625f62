"""Causal Transformer: no look at the next token, the cache, positions."""

import torch
from torch import nn

from dlbook.language.beam_search import greedy, select
from dlbook.models.causal import CausalTransformer


def build():
    torch.manual_seed(0)
    return CausalTransformer(
        11, width=12, heads=3, layers=3, max_length=16
    ).double()


def test_a_token_is_predicted_from_tokens_before_it_alone():
    model, tokens = build(), torch.randint(11, (2, 9))
    logits = model(tokens)
    assert logits.shape == (2, 9, 11)
    changed = tokens.clone()
    changed[:, 5:] = (tokens[:, 5:] + 1) % 11
    after = model(changed)
    torch.testing.assert_close(logits[:, :5], after[:, :5])
    assert not torch.allclose(logits[:, 5], after[:, 5])


def test_steps_give_the_logits_of_the_whole():
    model, tokens = build(), torch.randint(11, (2, 16))
    caches, logits = model.start(2), []
    for column in tokens.unbind(dim=1):
        step, caches = model.step(column, caches)
        logits.append(step)
    torch.testing.assert_close(torch.stack(logits, dim=1), model(tokens))
    keys, values = caches[-1]
    assert len(caches) == 3
    assert keys.shape == values.shape == (2, 3, 16, 4)


def test_rows_of_the_caches_can_be_chosen():
    model, tokens = build(), torch.randint(11, (2, 3))
    _, caches = model.step(tokens[:, 0], model.start(2))
    logits, _ = model.step(tokens[:, 1], caches)
    rows = torch.tensor([1, 0, 1])
    again, _ = model.step(tokens[rows, 1], select(caches, rows))
    torch.testing.assert_close(again, logits[rows])


def test_the_order_of_tokens_matters_by_their_positions_alone():
    model = build()
    tokens = torch.tensor([[1, 2, 3, 4], [2, 1, 3, 4]])
    first, second = model(tokens)[:, -1]
    assert not torch.allclose(first, second)
    nn.init.zeros_(model.positions.weight)
    model.blocks = model.blocks[:1]  # the last of one block reads a set
    first, second = model(tokens)[:, -1]
    torch.testing.assert_close(first, second)


def test_training_and_decoding_fetch_nothing_from_the_device():
    model = CausalTransformer(11, width=12, dropout=0.1).to("meta")
    tokens = torch.empty(2, 9, dtype=torch.long, device="meta")
    model(tokens).sum().backward()
    assert all(p.grad is not None for p in model.parameters())
    sequences = greedy(
        model.step, model.start(2), tokens[:, 0], end=0, max_length=5
    )
    assert sequences.shape == (2, 5)
