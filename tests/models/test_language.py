"""The recurrent language model, and a state that is carried on."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from dlbook.models.language import Carried, LanguageModel


def test_the_language_model_sees_no_next_token():
    torch.manual_seed(0)
    model = LanguageModel(nn.GRU, 11, units=13, width=4)
    tokens = torch.randint(11, (3, 8))
    logits, state = model(tokens)
    assert (logits.shape, state.shape) == ((3, 8, 11), (1, 3, 13))
    changed = tokens.clone()
    changed[:, 5:] = (tokens[:, 5:] + 1) % 11
    for_changed, _ = model(changed)
    torch.testing.assert_close(logits[:, :5], for_changed[:, :5])
    assert not torch.allclose(logits[:, 5], for_changed[:, 5])
    F.cross_entropy(logits.flatten(0, 1), tokens.flatten()).backward()
    assert all(p.grad is not None for p in model.parameters())


@pytest.mark.parametrize("layer", [nn.RNN, nn.LSTM])
def test_carried_state_goes_on_without_its_history(layer):
    model = LanguageModel(layer, 11, units=13, width=4)
    tokens = torch.randint(11, (3, 8))
    carried = Carried(model)
    logits = torch.cat([carried(tokens[:, :5]), carried(tokens[:, 5:])], dim=1)
    torch.testing.assert_close(logits, model(tokens)[0])
    carried(tokens).sum().backward()  # through this batch alone
    state = carried.state if layer is nn.LSTM else [carried.state]
    assert not any(tensor.requires_grad for tensor in state)


@pytest.mark.parametrize("begin", ["train", "eval"])
def test_carried_state_ends_with_an_epoch(begin):
    carried = Carried(LanguageModel(nn.GRU, 11, units=13))
    tokens = torch.randint(11, (3, 8))
    first = carried(tokens)
    assert not torch.allclose(carried(tokens), first)
    getattr(carried, begin)()
    torch.testing.assert_close(carried(tokens), first)
    getattr(carried, begin)()
    assert carried(tokens[:2]).shape == (2, 8, 11)


def test_all_tensors_are_on_one_device():
    with torch.device("meta"):
        carried = Carried(LanguageModel(nn.LSTM, 11, units=13, dropout=0.5))
        tokens = torch.zeros(3, 8, dtype=torch.long)
    carried(tokens)
    carried(tokens).sum().backward()
    assert all(p.grad.is_meta for p in carried.parameters())
