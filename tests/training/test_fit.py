import copy
import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from dlbook.data.loaders import batches
from dlbook.training.evaluate import RunningMean, evaluate
from dlbook.training.fit import fit
from dlbook.training.objectives import classification, regression

QUIET = {"device": "cpu", "progress": False}


def toy(n=103, batch_size=10, **settings):
    """Linearly separable points; the last batch is short on purpose."""
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(n, 2, generator=generator)
    labels = (inputs.sum(1) > 0).long()
    dataset = TensorDataset(inputs, labels)
    return inputs, labels, batches(dataset, batch_size, **settings)


def network():
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Linear(2, 8), nn.BatchNorm1d(8), nn.Dropout(0.2), nn.Linear(8, 2)
    )


def sgd(model, lr=0.1):
    return torch.optim.SGD(model.parameters(), lr, momentum=0.9)


def same_weights(a, b):
    return all(
        torch.equal(x, y)
        for x, y in zip(
            a.state_dict().values(), b.state_dict().values(), strict=True
        )
    )


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


def test_fit_is_the_plain_loop_to_the_last_bit():
    a, b = network(), network()
    _, _, loader = toy(shuffle=True)
    torch.manual_seed(2)
    optimizer = sgd(a)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, 22)
    fit(
        a,
        loader,
        epochs=2,
        optimizer=optimizer,
        scheduler=schedule,
        clip=0.5,
        **QUIET,
    )
    torch.manual_seed(2)
    optimizer = sgd(b)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, 22)
    b.train()
    for _ in range(2):
        for inputs, labels in loader:
            loss = F.cross_entropy(b(inputs), labels)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(b.parameters(), 0.5)
            optimizer.step()
            schedule.step()
    assert same_weights(a, b)


def test_two_short_fits_are_one_long_fit():
    """No hidden state: a notebook may stop, look, and go on."""
    models, losses = [], []
    for calls in ([3], [1, 2]):
        model = network()
        _, _, loader = toy(shuffle=True)
        optimizer = torch.optim.Adam(model.parameters(), 0.1)
        torch.manual_seed(4)
        runs = [
            fit(model, loader, loader, epochs=n, optimizer=optimizer, **QUIET)
            for n in calls
        ]
        models.append(model)
        losses.append(sum((run["valid_loss"] for run in runs), []))
    assert same_weights(*models) and losses[0] == losses[1]


def test_history_has_one_value_per_epoch_and_means_over_examples():
    _, _, loader = toy()
    model = nn.Linear(2, 2)
    before = evaluate(model, loader, device="cpu")
    history = fit(
        model,
        loader,
        loader,
        epochs=3,
        **QUIET,
        optimizer=torch.optim.SGD(model.parameters(), 0.0),
    )
    assert sorted(history) == [
        "seconds",
        "train_accuracy",
        "train_loss",
        "valid_accuracy",
        "valid_loss",
    ]
    for split in ("train", "valid"):
        assert history[f"{split}_loss"] == pytest.approx([before["loss"]] * 3)
    assert history["seconds"] == sorted(history["seconds"])
    assert history["seconds"][0] > 0


def test_fit_trains_in_training_mode():
    seen = []

    def watch(model, batch):
        seen.append(model.training)
        return classification(model, batch)

    model = network().eval()
    _, _, loader = toy(20)
    fit(
        model,
        loader,
        loader,
        epochs=1,
        optimizer=sgd(model),
        objective=watch,
        **QUIET,
    )
    assert seen == [True, True, False, False]


def test_fit_clips_the_gradient():
    model = nn.Linear(2, 2)
    start = model.weight.detach().clone()
    _, _, loader = toy(10)
    fit(
        model,
        loader,
        epochs=1,
        clip=1e-3,
        **QUIET,
        optimizer=torch.optim.SGD(model.parameters(), 1.0),
    )
    assert 0 < (model.weight - start).norm() <= 1.001e-3


def test_fit_learns_both_tasks():
    inputs, _, loader = toy()
    model = nn.Linear(2, 2)
    history = fit(
        model, loader, loader, epochs=20, **QUIET, optimizer=sgd(model, 1.0)
    )
    assert history["valid_accuracy"][-1] > 0.95
    targets = inputs @ torch.tensor([[2.0], [-3.0]])
    loader = DataLoader(TensorDataset(inputs, targets), 10, shuffle=True)
    model = nn.Linear(2, 1)
    history = fit(
        model,
        loader,
        loader,
        epochs=30,
        objective=regression,
        optimizer=sgd(model, 0.05),
        **QUIET,
    )
    assert history["valid_loss"][-1] < 1e-6


def test_progress_leaves_one_line_of_final_numbers(capsys):
    _, _, loader = toy()
    model = nn.Linear(2, 2)
    fit(model, loader, loader, epochs=2, optimizer=sgd(model), device="cpu")
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and out.endswith("\n")
    last = out.rsplit("\r", 1)[1]
    assert last.startswith("2/2 train loss 0.")
    assert ", valid loss 0." in last and last.endswith(" s cpu\n")


# Mistakes, and what the reader is told.


def train(model, inputs, labels, objective=classification, lr=0.1):
    loader = batches(TensorDataset(inputs, labels), 5)
    return fit(
        model,
        loader,
        epochs=3,
        objective=objective,
        optimizer=torch.optim.SGD(model.parameters(), lr),
        **QUIET,
    )


def test_a_loss_that_is_not_finite_stops_before_the_step():
    model = nn.Linear(2, 1)
    x, y = torch.randn(20, 2), torch.randn(20, 1)
    with pytest.raises(FloatingPointError, match=r"rate.*1e\+30") as error:
        train(model, x, y, regression, lr=1e30)
    assert "epoch 1 of 3, batch " in str(error.value)
    assert all(p.isfinite().all() for p in model.parameters())


def test_a_batch_that_is_not_finite_is_blamed_itself():
    x, y = torch.randn(20, 2), torch.randint(2, (20,))
    x[12, 1] = math.nan
    with pytest.raises(FloatingPointError, match="batch 3: the batch itself"):
        train(nn.Linear(2, 2), x, y)


@pytest.mark.parametrize("label", [-1, 3])
def test_labels_out_of_range_are_named(label):
    x, y = torch.randn(20, 2), torch.arange(20) % 3
    y[7] = label
    with pytest.raises(ValueError, match=f"{label}.*has 3 outputs"):
        train(nn.Linear(2, 3), x, y)


def test_labels_of_the_wrong_type_or_shape_are_named():
    x, y = torch.randn(20, 2), torch.randint(2, (20,))
    with pytest.raises(ValueError, match=r"torch.float32.*labels.long\(\)"):
        train(nn.Linear(2, 2), x, y.float())
    with pytest.raises(ValueError, match=r"\(5, 2\) and labels \(5, 1\)"):
        train(nn.Linear(2, 2), x, y[:, None])


def test_a_model_on_the_wrong_shape_is_told_both_shapes():
    x, y = torch.randn(20, 1, 4, 4), torch.randint(2, (20,))
    with pytest.raises(RuntimeError, match=r"\(5, 1, 4, 4\).*nn.Flatten"):
        train(nn.Linear(16, 2), x, y)
    with pytest.raises(ValueError, match=r"\(5, 1, 4, 2\).*Flatten"):
        train(nn.Linear(4, 2), x, y)


def test_regression_does_not_broadcast():
    x, y = torch.randn(20, 2), torch.randn(20)
    with pytest.raises(ValueError, match=r"\(5, 1\) and targets \(5,\)"):
        train(nn.Linear(2, 1), x, y, regression)


def test_an_empty_loader_is_named():
    model = nn.Linear(2, 2)
    empty = toy(7, 10, drop_last=True)[2]
    with pytest.raises(ValueError, match="training loader.*7 examples"):
        fit(model, empty, epochs=1, optimizer=sgd(model), **QUIET)
    with pytest.raises(ValueError, match="evaluation loader.*0 batches"):
        evaluate(model, empty, device="cpu")
    with pytest.raises(ValueError, match="0 examples"):
        RunningMean().result()
