"""The benchmarks run, and a broken bound is said aloud."""

import itertools
import json
import subprocess

import pytest

from benchmarks import __main__ as entry
from benchmarks import loop, site
from benchmarks.timing import Row, best_seconds, paired_ratio


def test_a_row_knows_whether_its_bound_is_kept():
    assert Row("a", 1.02, at_most=1.03).kept
    assert not Row("a", 1.04, at_most=1.03).kept
    assert Row("a", 6.0, at_least=5).kept
    assert not Row("a", 4.0, at_least=5).kept
    assert Row("a", 4.0).kept
    assert str(Row("a", 1.04, at_most=1.03)).endswith("at most 1.03  BROKEN")


def test_alternatives_take_turns():
    calls = []
    times = best_seconds(
        lambda: calls.append("a"), lambda: calls.append("b"), rounds=2
    )
    assert calls == ["a", "b"] * 3  # the first round is not counted
    assert len(times) == 2
    assert min(times) >= 0


def test_the_paired_ratio_leaves_out_a_busy_moment(monkeypatch):
    clock = iter(
        [0, 0]  # warming up
        + [0, 2, 0, 1] * 2
        + [0, 50, 0, 1]  # a busy moment
    )
    monkeypatch.setattr("time.perf_counter", lambda: next(clock))
    assert paired_ratio(str, str, rounds=3) == 2


def test_a_broken_bound_is_an_error_and_an_unknown_name_is_named(
    monkeypatch, capsys
):
    monkeypatch.setattr(loop, "rows", lambda: [Row("x / y", 2, at_most=1)])
    assert entry.main(["loop"]) == 1
    out = capsys.readouterr().out
    assert "torch 2." in out
    assert "BROKEN" in out
    monkeypatch.setattr(loop, "rows", lambda: [Row("x / y", 1, at_most=1)])
    assert entry.main(["loop"]) == 0
    assert entry.main(["lop"]) == 2
    assert "'lop'" in capsys.readouterr().out


def test_the_plain_loop_is_the_same_training_as_fit():
    import copy

    import torch
    from torch.utils.data import TensorDataset

    from dlbook.data.loaders import batches
    from dlbook.training.fit import fit

    torch.manual_seed(0)
    data = TensorDataset(torch.randn(30, 1, 28, 28), torch.arange(30) % 10)
    loader = batches(data, 8)
    one = loop.lenet()
    other = copy.deepcopy(one)
    sgd = torch.optim.SGD(one.parameters(), 0.1)
    history = fit(one, loader, optimizer=sgd, epochs=1, progress=False)
    sgd = torch.optim.SGD(other.parameters(), 0.1)
    loss, accuracy = loop.plain_loop(other, loader, sgd)
    assert history["train_loss"][0] == pytest.approx(loss)
    assert history["train_accuracy"][0] == pytest.approx(accuracy)
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)


def test_bytes_kept_for_the_backward_pass_are_counted_once():
    import torch

    from benchmarks.attention import kept_bytes

    x = torch.randn(5, 7, requires_grad=True)
    assert kept_bytes(lambda: x * x) == 5 * 7 * 4
    assert kept_bytes(lambda: (x.exp() * 2).exp()) == 2 * 5 * 7 * 4


def test_the_boxes_of_the_benchmark_crowd_around_their_objects():
    import torch

    from benchmarks.detection import coco_evaluation, crowd
    from dlbook.vision.boxes import iou
    from dlbook.vision.suppression import nms

    torch.manual_seed(0)
    boxes, scores = crowd(300, objects=5)
    assert (boxes[:, 2:] > boxes[:, :2]).all()
    assert 0.15 < (iou(boxes, boxes) > 0.5).float().mean() < 0.5
    assert 5 <= len(nms(boxes, scores, 0.3)) < 30
    labels = torch.zeros(300).long()
    coco_evaluation([(boxes, scores, labels)], [(boxes[:9], labels[:9])])


def test_the_median_of_three_runs_of_lighthouse_counts(tmp_path, monkeypatch):
    runs = itertools.cycle([0.2, 0.97, 0.99])

    def answer(command, **options):
        assert "lighthouse" in command[2] and "127.0.0.1" in command[3]
        assert options["env"]["CHROME_PATH"] == "/usr/bin/it"
        categories = {
            "performance": {"score": next(runs)},
            "accessibility": {"score": 1},
        }
        printed = json.dumps({"categories": categories})
        return subprocess.CompletedProcess(command, 0, stdout=printed)

    monkeypatch.setattr("subprocess.run", answer)
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/it")
    monkeypatch.setattr(site, "SITE", tmp_path)
    rows = list(site.rows())
    assert len(rows) == 4 * len(site.PAGES)
    assert {row.ratio for row in rows} == {0.97, 1}
    monkeypatch.setattr(site, "SITE", tmp_path / "gone")
    with pytest.raises(FileNotFoundError, match="make book"):
        list(site.rows())


def test_without_npx_lighthouse_is_left_out_aloud(monkeypatch, capsys):
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert list(site.rows()) == []
    assert "needs npx and Chromium" in capsys.readouterr().out
