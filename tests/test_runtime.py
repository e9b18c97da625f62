import random
import sys
from collections import namedtuple
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from dlbook.runtime import (
    FRONT_ENDS,
    check_parameters,
    count_parameters,
    default_device,
    has_fast_bfloat16,
    has_reader,
    is_set,
    limited,
    limited_batches,
    multiply_adds,
    parameters,
    rehearsing,
    seconds,
    set_seed,
    to_device,
)


def draw():
    return random.random(), np.random.rand(), torch.rand(1).item()


def test_set_seed_repeats_all_three_generators():
    set_seed(3)
    first = draw()
    later = draw()
    set_seed(3)
    assert draw() == first
    assert all(a != b for a, b in zip(first, later, strict=True))


@pytest.mark.parametrize(
    "seed, error",
    [
        (-1, ValueError),
        (2**32, ValueError),
        ("0", TypeError),
        (0.5, TypeError),
        (True, TypeError),
        (None, TypeError),
    ],
)
def test_a_wrong_seed_is_named(seed, error):
    with pytest.raises(error, match=str(seed)):
        set_seed(seed)


@pytest.mark.parametrize("quick", ["yes", 7, None, 1])
def test_a_wrong_quick_is_named(quick):
    with pytest.raises(TypeError, match=f"quick = {quick!r}"):
        check_parameters(quick=quick, seed=0)


def test_check_parameters_seeds():
    check_parameters(quick=True, seed=5)
    first = draw()
    set_seed(5)
    assert draw() == first
    with pytest.raises(ValueError, match="-4"):
        check_parameters(quick=False, seed=-4)


def test_to_device_keeps_the_shape_of_what_it_moves():
    Pair = namedtuple("Pair", "x y")
    x = torch.ones(2)
    batch = {"a": [x, (x, "name")], "b": Pair(x, 3)}
    moved = to_device(batch, "meta")
    assert moved["a"][0].device.type == "meta"
    assert moved["a"][1][0].device.type == "meta"
    assert moved["a"][1][1] == "name"
    assert isinstance(moved["b"], Pair) and moved["b"].y == 3
    assert moved["b"].x.device.type == "meta" and x.device.type == "cpu"


def test_count_parameters_leaves_out_frozen_ones():
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 5))
    assert count_parameters(model) == 3 * 4 + 4 + 4 * 5 + 5
    model[0].requires_grad_(False)
    assert count_parameters(model) == 4 * 5 + 5


def test_default_device_can_be_named(monkeypatch):
    monkeypatch.setenv("DLBOOK_DEVICE", "meta")
    assert default_device().type == "meta"


def test_default_device_computes():
    assert torch.ones(2, device=default_device()).sum() == 2


@pytest.mark.parametrize(
    ("known", "fast"),
    [
        ({"avx512_bf16": True, "amx_bf16": False}, True),
        ({"avx512_bf16": False, "amx_bf16": True}, True),
        ({"avx512_f": True, "avx512_bf16": False}, False),
        ({}, False),
    ],
)
def test_a_processor_is_asked_what_it_can_do(monkeypatch, known, fast):
    monkeypatch.setattr(
        torch.cpu, "get_capabilities", lambda: known, raising=False
    )
    assert has_fast_bfloat16(torch.device("cpu")) is fast


def test_an_old_pytorch_and_other_devices_mean_no(monkeypatch):
    assert has_fast_bfloat16("meta") is False
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    assert has_fast_bfloat16("cpu") is False


def test_a_gpu_may_not_imitate_it(monkeypatch):
    def asked(*, including_emulation):
        return including_emulation

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", asked)
    assert has_fast_bfloat16("cuda") is False


def test_multiply_adds_are_per_image_and_leave_the_model_alone():
    model = nn.Sequential(
        nn.Conv2d(6, 4, 3, stride=2, groups=2), nn.Flatten(), nn.Linear(48, 5)
    )
    images = torch.randn(7, 6, 7, 9)  # (7, 9) -> (3, 4)
    count = 4 * 3 * 4 * (3 * 3 * 3) + 48 * 5
    assert multiply_adds(model, images) == count
    assert model.training
    assert not model[0]._forward_hooks


def test_the_counter_is_taken_off_after_an_error():
    model = nn.Sequential(nn.Linear(3, 2))
    with pytest.raises(RuntimeError):
        multiply_adds(model, torch.randn(2, 4))
    assert model.training
    assert not model[0]._forward_hooks


def test_the_textbook_bottleneck_saves_nine_tenths():
    wide = nn.Conv2d(192, 32, 5, padding=2)
    narrow = nn.Sequential(nn.Conv2d(192, 16, 1), nn.Conv2d(16, 32, 5, 1, 2))
    images = torch.zeros(1, 192, 28, 28)
    assert multiply_adds(wide, images) == 120_422_400
    assert multiply_adds(narrow, images) == 12_443_648


@pytest.mark.parametrize(
    ("value", "on"), [("1", True), ("yes", True), ("0", False), ("", False)]
)
def test_a_switch_of_the_environment(monkeypatch, value, on):
    monkeypatch.setenv("DLBOOK_REHEARSE", value)
    assert is_set("DLBOOK_REHEARSE") is rehearsing() is on
    monkeypatch.delenv("DLBOOK_REHEARSE")
    assert is_set("DLBOOK_REHEARSE") is rehearsing() is False


def test_a_rehearsal_limits_counts_and_loaders(monkeypatch):
    loader = iter("abcd")
    monkeypatch.setenv("DLBOOK_REHEARSE", "0")
    assert [limited(5), limited(1), limited(5, 3)] == [5, 1, 5]
    assert limited_batches(loader) is loader
    monkeypatch.setenv("DLBOOK_REHEARSE", "1")
    assert [limited(5), limited(1), limited(5, 3), limited(0)] == [2, 1, 3, 0]
    assert limited_batches(loader) == ["a", "b"]
    assert next(loader) == "c"  # the third was not read
    assert limited_batches(["a"]) == ["a"]


@pytest.mark.parametrize(
    "front_end",
    [
        "COLAB_RELEASE_TAG",
        "JPY_SESSION_NAME",
        "KAGGLE_KERNEL_RUN_TYPE",
        "VSCODE_CWD",
        "VSCODE_PID",
    ],
)
def test_a_front_end_means_a_reader(monkeypatch, front_end):
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    assert not has_reader()
    monkeypatch.setenv(front_end, "chapters/mlp.ipynb")
    assert has_reader()


def test_parameters_are_those_of_the_page(monkeypatch):
    main = sys.modules["__main__"]
    for name in ("quick", "seed"):
        monkeypatch.delattr(main, name, raising=False)
    assert parameters() == {"quick": None, "seed": None}
    monkeypatch.setattr(main, "quick", False, raising=False)
    monkeypatch.setattr(main, "seed", 3, raising=False)
    assert parameters() == {"quick": False, "seed": 3}


@pytest.fixture
def accelerator(monkeypatch):
    """A clock, and an accelerator that needs 10 s more than a call says."""
    accelerator = SimpleNamespace(clock=0.0, work=0.0, calls=0)

    def synchronize():
        accelerator.clock += accelerator.work
        accelerator.work = 0.0

    stub = SimpleNamespace(perf_counter=lambda: accelerator.clock)
    monkeypatch.setattr("dlbook.runtime.time", stub)
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: True)
    monkeypatch.setattr(torch.accelerator, "synchronize", synchronize)
    return accelerator


def test_the_stopwatch_takes_the_best_and_waits(monkeypatch, accelerator):
    """But for the first call, though that was the fastest."""
    monkeypatch.setenv("DLBOOK_REHEARSE", "0")
    times = iter([1, 9, 5, 7])

    def function():
        accelerator.clock += next(times)
        accelerator.work += 10

    assert seconds(function, repeat=3) == 15
    assert list(times) == []


def test_a_rehearsal_measures_one_call(monkeypatch, accelerator):
    monkeypatch.setenv("DLBOOK_REHEARSE", "1")
    times = iter([1, 9, 5])

    def function():
        accelerator.clock += next(times)

    assert seconds(function, repeat=100) == 9
    assert list(times) == [5]
