"""The benchmark of the modern networks measures what it says."""

import pytest
import torch

from benchmarks import modern_cnns as benchmark


def test_the_published_loader_enlarges_one_image_at_a_time():
    images = torch.zeros(3, 28, 28, dtype=torch.uint8)
    images[1, :, 14:] = 255
    pixels, label = benchmark.Enlarged(images, torch.arange(3).byte())[1]
    assert pixels.shape == (1, 96, 96)
    assert (pixels.min(), pixels.max(), label) == (0, 1, 1)
    assert pixels[0, :, :40].max() == 0
    assert pixels[0, :, 56:].min() == 1


def test_the_benchmark_refuses_a_time_to_a_goal_not_reached(monkeypatch):
    data = torch.utils.data.TensorDataset(
        torch.zeros(4, 1, 28, 28), torch.arange(4)
    )
    monkeypatch.setattr(benchmark, "fashion_mnist", lambda: 3 * (data,))
    with pytest.raises(RuntimeError, match=r"after 1 epochs, below the 0\.9"):
        benchmark.seconds_to_goal(epochs=1)


def test_the_benchmark_compares_an_epoch_and_ten_with_our_time(monkeypatch):
    monkeypatch.setattr(benchmark, "seconds_of_their_epoch", lambda: 600)
    monkeypatch.setattr(benchmark, "seconds_to_goal", lambda: 30)
    assert [row.ratio for row in benchmark.rows()] == [20, 200]
