"""How often the loop waits for an accelerator, and what it says too late."""

import math
import warnings
from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F
from accelerator import DEVICE, Accelerator, state_of
from torch import nn
from toys import network

from dlbook.runtime import to_device
from dlbook.training import progress
from dlbook.training.checks import Checks
from dlbook.training.evaluate import evaluate
from dlbook.training.fit import fit
from dlbook.training.objectives import classification, regression

FEW = 4  # the last look and a number for each of loss and metric


class Clock:
    """Stands still, but for `seconds` that pass while a batch is read."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        stub = SimpleNamespace(perf_counter=lambda: self.now)
        monkeypatch.setattr(progress, "time", stub)

    def ticking(self, loader, seconds):
        """The batches of `loader` as a loader that takes its time."""
        clock = self

        class Slow(list):
            def __iter__(self):
                for batch in super().__iter__():
                    clock.now += seconds
                    yield batch

        return Slow(loader)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def points(count, device, size=10):
    """A loader of `count` batches (inputs, labels) that are on `device`."""
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(count, size, 2, generator=generator)
    labels = (inputs.sum(dim=2) > 0).long()
    return list(zip(inputs.to(device), labels.to(device), strict=True))


def train(loader, device, *, model=None, epochs=2, valid=None, **settings):
    """The trained model and its history."""
    model = (model or network()).to(device)
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.99)
    settings = {"progress": False, "clip": 1.0} | settings
    history = fit(
        model,
        loader,
        valid,
        epochs=epochs,
        optimizer=optimizer,
        scheduler=scheduler,
        device=device,
        **settings,
    )
    return model, history


def assert_same(weights, others):
    for name, tensor in weights.items():
        assert torch.equal(tensor, others[name]), name


def test_the_pretended_accelerator_trains_as_a_cpu_does():
    one, history = train(points(7, "cpu"), "cpu", valid=points(3, "cpu"))
    with Accelerator():
        loaders = points(7, DEVICE), points(3, DEVICE)
        other, late = train(loaders[0], DEVICE, valid=loaders[1])
    assert_same(state_of(one), state_of(other))
    for name in history.keys() - {"seconds"}:
        assert late[name] == pytest.approx(history[name], rel=1e-12)


@pytest.mark.parametrize("batches", [2, 25])
def test_an_epoch_waits_a_few_times_however_long_it_is(clock, batches):
    """Also with clipping, a schedule, Adam and validation."""
    with Accelerator() as accelerator:
        loader, valid = points(batches, DEVICE), points(batches, DEVICE)
        train(loader, DEVICE, valid=valid, epochs=0)
        accelerator.waits.clear()
        train(loader, DEVICE, model=nn.Linear(2, 2).to(DEVICE), valid=valid)
    assert len(accelerator.waits) <= 2 * 2 * FEW


def test_a_drawn_line_costs_one_more(clock):
    lines = []
    drawn = progress.ProgressLine.draw
    with Accelerator() as accelerator, pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            progress.ProgressLine,
            "draw",
            lambda line, text: lines.append(text) or drawn(line, text),
        )
        loader = clock.ticking(points(20, DEVICE), 0.2)
        model = nn.Linear(2, 2).to(DEVICE)
        accelerator.waits.clear()
        train(loader, DEVICE, model=model, epochs=1, progress=True)
    assert 5 <= len(lines) <= 10
    assert len(accelerator.waits) <= len(lines) + FEW


def test_batches_are_moved_to_the_device_without_waiting(clock):
    with Accelerator() as accelerator:
        model = nn.Linear(2, 2).to(DEVICE)
        accelerator.waits.clear()
        train(points(25, "cpu"), DEVICE, model=model, epochs=1)
    assert len(accelerator.waits) <= FEW


def test_an_objective_may_count_on_the_device(clock):
    def per_token(model, batch):
        inputs, labels = batch
        kept = labels > 0
        surprise = F.cross_entropy(model(inputs), labels, reduction="none")
        loss = (surprise * kept).sum() / kept.sum()
        return loss, {"twice": 2 * loss, "count": kept.sum()}

    expected = train(points(9, "cpu"), "cpu", objective=per_token)[1]
    with Accelerator() as accelerator:
        loader, model = points(9, DEVICE), network().to(DEVICE)
        accelerator.waits.clear()
        history = train(loader, DEVICE, model=model, objective=per_token)[1]
    assert len(accelerator.waits) <= 2 * (FEW + 1)
    for name in ("train_loss", "train_twice"):
        assert history[name] == pytest.approx(expected[name], rel=1e-6)
    loader = points(9, "cpu")
    result = evaluate(network(), loader, objective=per_token, device="cpu")
    inputs, labels = (
        torch.cat(column) for column in zip(*loader, strict=True)
    )
    whole = per_token(network().eval(), (inputs, labels))[0].item()
    assert result["loss"] == pytest.approx(whole, rel=1e-6)


# What is noticed late.


def spoiled(loader, number, change):
    """`loader` with batch `number`, from 1, after change(inputs, labels)."""
    inputs, labels = (tensor.clone() for tensor in loader[number - 1])
    change(inputs, labels)
    loader[number - 1] = (inputs, labels)
    return loader


def nan(inputs, labels):
    inputs[3, 1] = math.nan


def label(value):
    def change(inputs, labels):
        labels[4] = value

    return change


CASES = [
    (nan, FloatingPointError, "the loss is nan: likely causes: a learning"),
    (label(-1), ValueError, "labels run from -1 to 1, but .* 2 outputs"),
    (label(2), ValueError, "labels run from 0 to 2, but .* 2 outputs"),
]


@pytest.mark.parametrize(("change", "error", "words"), CASES)
def test_a_mistake_is_named_late_and_undone(clock, change, error, words):
    """Looks after batches 3, 6, 9; batch 5 is bad, so 3 were good."""
    model = network()
    with Accelerator():
        loader = spoiled(points(12, DEVICE), 5, change)
        with pytest.raises(error, match=words) as caught:
            train(clock.ticking(loader, 0.2), DEVICE, model=model)
    assert str(caught.value).startswith("epoch 1 of 2, batch 5: ")
    assert "Noticed after batch 6" in str(caught.value)
    assert "weights are those before batch 4" in str(caught.value)
    good, _ = train(points(12, "cpu")[:3], "cpu", epochs=1)
    assert_same(state_of(good), state_of(model))


@pytest.mark.parametrize(("change", "error", "words"), CASES)
def test_no_epoch_ends_before_its_mistakes_are_named(
    clock, tmp_path, change, error, words
):
    """Nor is its checkpoint written."""
    path = tmp_path / "run.pt"
    with Accelerator():
        loader = spoiled(points(6, DEVICE), 6, change)
        with pytest.raises(error, match=words) as caught:
            train(loader, DEVICE, checkpoint=path)
    assert str(caught.value).startswith("epoch 1 of 2, batch 6: ")
    assert "weights are those before batch 1," in str(caught.value)
    assert not path.exists()


def test_the_first_mistake_of_several_is_named(clock):
    with Accelerator():
        loader = spoiled(points(9, DEVICE), 7, label(5))
        loader = spoiled(loader, 4, label(9))
        with pytest.raises(ValueError, match="batch 4: labels .* to 9"):
            train(loader, DEVICE)


def test_labels_of_an_evaluation_are_named_too():
    with Accelerator():
        loader = spoiled(points(6, DEVICE), 2, label(3))
        model = network().to(DEVICE)
        with pytest.raises(ValueError, match="evaluation, batch 2: .* to 3"):
            evaluate(model, loader, device=DEVICE)


@pytest.mark.parametrize(("change", "error", "words"), CASES)
def test_a_cpu_names_them_at_once(change, error, words):
    """The weights are those that four good batches have left."""
    model = network()
    with pytest.raises(error) as caught:
        train(spoiled(points(12, "cpu"), 5, change), "cpu", model=model)
    assert "Noticed" not in str(caught.value)
    good, _ = train(points(12, "cpu")[:4], "cpu", epochs=1)
    states = state_of(good), state_of(model)
    for name in ("0.weight", "0.bias", "3.weight", "3.bias"):
        assert torch.equal(states[0][name], states[1][name])


def test_outside_of_a_loop_labels_are_checked_at_once():
    with Accelerator():
        batch = spoiled(points(1, DEVICE), 1, label(2))[0]
        model = network().to(DEVICE)
        with pytest.raises(ValueError, match="labels run from 0 to 2"):
            classification(model, batch)
        Checks(DEVICE, "a loop").call(classification, model, batch)
        with pytest.raises(ValueError, match="labels run from 0 to 2"):
            classification(model, batch)


def test_regression_waits_for_nothing(clock):
    with Accelerator() as accelerator:
        inputs = [inputs for inputs, _ in points(20, DEVICE)]
        loader = [(x, x.sum(dim=1, keepdim=True)) for x in inputs]
        model = nn.Linear(2, 1).to(DEVICE)
        accelerator.waits.clear()
        train(loader, DEVICE, model=model, epochs=1, objective=regression)
    assert len(accelerator.waits) <= FEW


def synchronisations(count):
    """How often a GPU was waited for in two epochs of `count` batches."""
    loader = to_device(points(count, "cpu"), "cuda")
    model = network().to("cuda")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        torch.cuda.set_sync_debug_mode("warn")
        try:
            train(loader, "cuda", model=model, valid=loader)
        finally:
            torch.cuda.set_sync_debug_mode("default")
    return sum("synchronizing" in str(each.message) for each in caught)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_real_gpu_waits_a_few_times(clock):
    synchronisations(2)  # the first run sets the GPU up
    counts = [synchronisations(count) for count in (5, 50)]
    assert 0 < counts[0] == counts[1] <= 2 * 2 * FEW
