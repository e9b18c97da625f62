"""Windows: the same item on black and on a photograph, and its landmarks."""

import torch

from dlbook.vision.scenes import material, touching_points, window_set


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def test_the_points_of_a_triangle():
    image = torch.zeros(1, 1, 20, 30)
    for row in range(5, 15):  # its right angle is at the lower left
        image[0, 0, row, 4:row] = 1
    left, top, right, bottom = touching_points(image)[0].tolist()
    assert left == [4.5, 10]  # the mean of rows 5 to 14
    assert top == [4.5, 5.5]
    assert right == [13.5, 14.5]
    assert bottom == [9, 14.5]


def test_points_lie_on_the_sides_of_the_box():
    images, boxes, labels, points = window_set(
        material("valid"), 1300, generator=seeded(3)
    ).tensors
    real = labels >= 0
    assert images.shape == (1300, 1, 40, 40)
    assert 0.4 < real.float().mean() < 0.6
    assert (boxes[~real] == 0).all()
    boxes, points = 40 * boxes[real], 40 * points[real]
    sides = torch.stack([points[:, 0, 0], points[:, 1, 1],
                         points[:, 2, 0], points[:, 3, 1]], dim=1)  # fmt: skip
    assert (sides - boxes).abs().mean() < 1
    assert (points >= 0).all() and (points <= 40).all()
    assert images.amin() < images.amax()


def test_a_seed_is_a_set():
    some = material("valid")
    one, same, other = (
        window_set(some, 20, generator=seeded(s)) for s in (1, 1, 2)
    )
    for a, b in zip(one.tensors, same.tensors, strict=True):
        assert torch.equal(a, b)
    assert not torch.equal(one.tensors[0], other.tensors[0])
