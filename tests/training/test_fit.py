import copy

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from toys import QUIET, network, same_weights, sgd, toy

from dlbook.training.evaluate import evaluate
from dlbook.training.fit import fit
from dlbook.training.objectives import classification, regression


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


class Counted(list):
    """A loader that knows how many batches were asked of it."""

    read = 0

    def __iter__(self):
        for batch in super().__iter__():
            self.read += 1
            yield batch


def test_a_rehearsal_is_two_batches_and_leaves_no_checkpoint(
    monkeypatch, tmp_path
):
    train, valid = Counted(toy(100)[2]), Counted(toy(60)[2])
    monkeypatch.setenv("DLBOOK_REHEARSE", "1")
    model, path = network(), tmp_path / "run.pt"
    start = copy.deepcopy(model)
    history = fit(
        model,
        train,
        valid,
        epochs=30,
        optimizer=sgd(model),
        checkpoint=path,
        **QUIET,
    )
    assert (train.read, valid.read) == (2, 2)
    assert {len(values) for values in history.values()} == {1}
    assert set(history) == {
        "train_loss",
        "train_accuracy",
        "valid_loss",
        "valid_accuracy",
        "seconds",
    }
    assert not same_weights(model, start)
    assert not path.exists()
    assert fit(model, train, epochs=0, optimizer=sgd(model), **QUIET) == {
        "seconds": []
    }


def test_a_rehearsal_still_names_an_empty_loader(monkeypatch):
    monkeypatch.setenv("DLBOOK_REHEARSE", "1")
    model = network()
    with pytest.raises(ValueError, match="training loader has 0 batches"):
        fit(model, [], epochs=1, optimizer=sgd(model), **QUIET)
