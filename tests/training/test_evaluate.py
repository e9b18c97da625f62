import copy

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from toys import network, same_weights, toy

from dlbook.training.evaluate import RunningMean, evaluate
from dlbook.training.objectives import classification


def test_evaluate_weights_examples_not_batches():
    inputs, labels, loader = toy()
    model = nn.Linear(2, 2)
    with torch.no_grad():
        loss = F.cross_entropy(model(inputs), labels).item()
        right = (model(inputs).argmax(1) == labels).float().mean().item()
    result = evaluate(model, loader, device="cpu")
    assert result["loss"] == pytest.approx(loss, rel=1e-6)
    assert result["accuracy"] == pytest.approx(right, rel=1e-6)


def test_an_objective_may_count_tokens():
    loader = [torch.tensor([[1.0, 1.0]]), torch.tensor([[4.0, 0.0]])]

    def per_token(model, batch):
        tokens = batch[batch > 0]
        return tokens.mean(), {
            "twice": 2 * tokens.mean(),
            "count": len(tokens),
        }

    result = evaluate(nn.Identity(), loader, objective=per_token, device="cpu")
    assert result == {"loss": 2.0, "twice": 4.0}  # (1 + 1 + 4) / 3


def test_evaluate_leaves_mode_weights_and_gradients():
    _, _, loader = toy()
    for mode in (True, False):
        model = network().train(mode)
        before = copy.deepcopy(model)
        evaluate(model, loader, device="cpu")
        assert model.training is mode and same_weights(model, before)
        assert all(p.grad is None for p in model.parameters())


def test_evaluate_records_no_graph():
    recorded = []

    def watch(model, batch):
        loss, metrics = classification(model, batch)
        recorded.append(loss.requires_grad)
        return loss, metrics

    _, _, loader = toy(20)
    evaluate(network(), loader, objective=watch, device="cpu")
    assert recorded == [False, False]


def test_evaluate_switches_dropout_off():
    _, _, loader = toy()
    model = network()
    assert evaluate(model, loader, device="cpu") == evaluate(
        model, loader, device="cpu"
    )


def test_the_mean_weights_batches_by_their_size():
    mean = RunningMean()
    mean.update(3, number=1, tensor=torch.tensor([4.0]), flag=True)
    mean.update(torch.tensor(1), number=5, tensor=torch.tensor(8.0), flag=0)
    assert mean.result() == {"number": 2, "tensor": 5, "flag": 0.75}


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32])
def test_sums_have_the_digits_of_double_precision(dtype):
    """In half precision they would stand still at 2048."""
    mean, third = RunningMean(), torch.tensor(1 / 3, dtype=dtype)
    for _ in range(5_000):
        mean.update(1, third=third)
    assert mean.result()["third"] == pytest.approx(third.item(), rel=1e-12)


def test_the_mean_keeps_no_graph():
    mean = RunningMean()
    mean.update(1, loss=torch.ones(1, requires_grad=True).sum())
    assert not mean.sums["loss"].requires_grad


def test_no_example_has_no_mean():
    with pytest.raises(ValueError, match="0 examples"):
        RunningMean().result()


def test_a_rehearsal_evaluates_two_batches(monkeypatch):
    monkeypatch.setenv("DLBOOK_REHEARSE", "1")
    loader = [torch.full((2,), float(n)) for n in (1, 3, 100)]

    def mean(model, batch):
        return batch.mean(), {}

    result = evaluate(nn.Identity(), loader, objective=mean, device="cpu")
    assert result == {"loss": 2}
    monkeypatch.setenv("DLBOOK_REHEARSE", "0")
    result = evaluate(nn.Identity(), loader, objective=mean, device="cpu")
    assert result["loss"] == pytest.approx(104 / 3)
