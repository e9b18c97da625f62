import pytest
import torch
from torch.utils.data import TensorDataset

from dlbook.data.loaders import batches


def numbers(n=10):
    return TensorDataset(torch.arange(n), torch.arange(n) * 2)


def test_batches_hand_out_each_example_once():
    loader = batches(numbers(), 4, shuffle=True)
    torch.manual_seed(0)
    first = [x.tolist() for x, _ in loader]
    second = [x.tolist() for x, _ in loader]
    assert len(loader) == 3 and [len(x) for x in first] == [4, 4, 2]
    assert sorted(sum(first, [])) == list(range(10))
    assert first != second
    torch.manual_seed(0)
    assert [x.tolist() for x, _ in loader] == first
    assert all((y == 2 * x).all() for x, y in loader)


def test_batches_in_order_and_whole_ones_only():
    assert [x.tolist() for x, _ in batches(numbers(5), 2)] == [
        [0, 1], [2, 3], [4],
    ]  # fmt: skip
    assert len(batches(numbers(5), 2, drop_last=True)) == 2


def test_batches_are_on_the_device():
    loader = batches(numbers(), 4, device="meta")
    assert loader.dataset.tensors[0].device.type == "meta"
    with pytest.raises(ValueError, match="0 examples"):
        batches(TensorDataset(torch.empty(0)), 4)


def test_a_rehearsal_has_two_batches(monkeypatch):
    monkeypatch.setenv("DLBOOK_REHEARSE", "1")
    loader = batches(numbers(100), 4, shuffle=True)
    assert len(loader) == 2
    assert sorted(torch.cat([x for x, _ in loader]).tolist()) == list(range(8))
    assert len(batches(numbers(3), 4)) == 1
