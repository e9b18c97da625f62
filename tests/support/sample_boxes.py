"""Boxes for tests: random ones, awkward ones, crowds as detectors give."""

import torch


def random_boxes(count, *, size=50.0, dtype=torch.float64):
    """Boxes of any shape, some outside of the frame of `size`."""
    start = (torch.rand(count, 2, dtype=dtype) * 1.4 - 0.2) * size
    span = torch.rand(count, 2, dtype=dtype) * size / 2 + 0.1
    return torch.cat([start, start + span], dim=1)


def adversarial_boxes(dtype=torch.float64):
    """Identical, touching, nested, empty, out of frame, huge and tiny."""
    return torch.tensor(
        [
            [10, 10, 20, 20], [10, 10, 20, 20],  # identical
            [20, 10, 30, 20], [10, 20, 20, 30], [20, 20, 30, 30],  # touching
            [12, 12, 18, 18], [11, 10, 21, 20],  # nested, moved by one
            [15, 15, 15, 15], [10, 12, 20, 12], [15, 10, 15, 20],  # empty
            [-30, -30, -10, -10], [-5, -5, 5, 5], [90, 90, 200, 200],
            [0, 0, 1e4, 1e4], [13, 13, 13.001, 13.001],
        ],
        dtype=dtype,
    )  # fmt: skip


def crowd(count, *, objects=40, size=300):
    """Boxes as detectors give them: many around each of some objects."""
    truth = random_boxes(objects, size=size, dtype=torch.float32)
    boxes = truth[torch.randint(objects, (count,))]
    return boxes + 3 * torch.randn(count, 4).sort(dim=1).values
