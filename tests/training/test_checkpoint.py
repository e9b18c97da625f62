"""A run that is killed and started again ends as if nothing had happened."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from dlbook.data.loaders import batches
from dlbook.training.checkpoint import Run, load_checkpoint, save_checkpoint
from dlbook.training.fit import fit
from dlbook.training.objectives import classification
from dlbook.training.schedules import one_cycle

EPOCHS = 12


def run(checkpoint, epochs=EPOCHS, *, hook=None, width=8, lr=0.01, **settings):
    """Shuffles, dropout, noise of NumPy and Python, AdamW, a schedule."""
    random.seed(0), np.random.seed(0), torch.manual_seed(0)
    inputs = torch.randn(60, 2)
    data = TensorDataset(inputs, (inputs[:, 0] > 0).long())
    private = torch.Generator().manual_seed(9)
    loader = DataLoader(data, 10, shuffle=True, generator=private)
    model = nn.Sequential(
        nn.Linear(2, width),
        nn.BatchNorm1d(width),
        nn.Dropout(0.3),
        nn.Linear(width, 2),
    )
    adam = torch.optim.AdamW(model.parameters(), lr)
    scheduler = one_cycle(adam, 6 * EPOCHS)

    def noisy(model, batch):
        if hook:
            hook()
        noise = np.random.randn() + random.random()
        return classification(model, (batch[0] + 0.1 * noise, batch[1]))

    history = fit(
        model,
        loader,
        batches(data, 7),
        optimizer=adam,
        epochs=epochs,
        objective=noisy,
        scheduler=scheduler,
        checkpoint=checkpoint,
        device="cpu",
        **{"progress": False} | settings,
    )
    return model.state_dict(), history


def values(history):
    return {name: v for name, v in history.items() if name != "seconds"}


def assert_same(one, other):
    (weights, history), (other_weights, other_history) = one, other
    for name, tensor in weights.items():
        assert torch.equal(tensor, other_weights[name]), name
    assert values(history) == values(other_history)


@pytest.fixture(scope="module")
def undisturbed():
    return run(None)


def test_a_checkpoint_changes_nothing(tmp_path, undisturbed):
    path = tmp_path / "run.pt"
    assert_same(run(path), undisturbed)
    assert [file.name for file in tmp_path.iterdir()] == ["run.pt"]
    assert_same(run(path), undisturbed)  # finished: only read


class Stop(Exception):
    pass


@pytest.mark.parametrize("batch", [1, 7, 20, 40, 12 * 13])
def test_a_run_stopped_in_any_batch_goes_on(tmp_path, undisturbed, batch):
    calls = iter(range(1, 10_000))

    def hook():
        if next(calls) == batch:
            raise Stop

    with pytest.raises(Stop):
        run(tmp_path / "run.pt", hook=hook)
    assert_same(run(tmp_path / "run.pt"), undisturbed)


def test_more_epochs_go_on_from_a_finished_run(tmp_path):
    path = tmp_path / "run.pt"
    run(path, 4)
    again = run(path, 6)
    assert_same(again, run(None, 6))
    assert len(again[1]["seconds"]) == 6
    assert again[1]["seconds"] == sorted(again[1]["seconds"])


def test_sigkill_at_any_moment_loses_nothing(tmp_path, undisturbed):
    """Real processes, killed at several moments until one gets through."""
    path = tmp_path / "run.pt"
    code = (
        "import sys, time, pathlib; sys.path[:0] = sys.argv[1:3]\n"
        "from test_checkpoint import run\n"
        "run(pathlib.Path(sys.argv[3]), hook=lambda: time.sleep(0.02))\n"
    )
    here = Path(__file__).parent
    command = [sys.executable, "-c", code, here, here.parent, path]
    written = 0
    for more, delay in [(1, 0.0), (2, 0.03), (1, 0.13), (2, 0.07)]:
        process = subprocess.Popen(command)
        while epochs_in(path) < written + more:
            assert process.poll() is None
            time.sleep(0.001)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        written = epochs_in(path)
    assert 6 <= written < EPOCHS
    assert_same(run(path), undisturbed)


def epochs_in(path):
    """How many epochs the checkpoint holds; it is whole at any moment."""
    if not path.exists():
        return 0
    return len(torch.load(path, weights_only=True)["history"]["seconds"])


def test_a_torn_write_leaves_the_old_file(tmp_path, undisturbed, monkeypatch):
    path = tmp_path / "run.pt"
    run(path, 3)
    save = torch.save

    def torn(state, file):
        save(state, file)
        raise OSError("No space left on device")

    monkeypatch.setattr(torch, "save", torn)
    with pytest.raises(OSError, match="No space"):
        run(path, 6)
    monkeypatch.undo()
    assert [file.name for file in tmp_path.iterdir()] == ["run.pt"]
    assert_same(run(path), undisturbed)


def test_a_reader_of_the_old_file_is_not_disturbed(tmp_path):
    path = tmp_path / "run.pt"
    run(path, 2)
    with open(path, "rb") as old:
        run(path, 3)
        state = torch.load(old, weights_only=True)
    assert len(state["history"]["seconds"]) == 2


def test_a_finished_run_shows_its_numbers_again(tmp_path, capsys):
    path = tmp_path / "run.pt"
    run(path, 3)
    run(path, 3, progress=True)
    assert capsys.readouterr().out.startswith("3/3 train loss ")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"width": 9}, r"0\.weight.*\(8, 2\).*\(9, 2\)"),
        ({"lr": 0.5}, "lr"),
        ({"clip": 1.0}, "clip None.*1.0"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(tmp_path, settings, words):
    path = tmp_path / "run.pt"
    run(path, 2)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=words) as error:
        run(path, 2, **settings)
    assert "another file name" in str(error.value)
    assert path.read_bytes() == before


def test_a_checkpoint_that_holds_more_is_refused(tmp_path):
    path = tmp_path / "run.pt"
    adam = torch.optim.Adam([nn.Parameter(torch.zeros(1))])
    large, small = nn.Sequential(nn.ReLU(), nn.Linear(2, 2)), nn.ReLU()
    save_checkpoint(path, Run(large, [], adam), {})
    with pytest.raises(ValueError, match=r"1\.(weight|bias).*lacks"):
        load_checkpoint(path, Run(small, [], adam))
