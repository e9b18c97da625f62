"""Copies and mixtures of images, against torchvision's transforms."""

import pytest
import torch
from torchvision.transforms import v2

from dlbook.vision.augmentation import beta, cutmix, mixup, random_copies


def batch():
    torch.manual_seed(0)
    return torch.rand(5, 3, 11, 17), torch.tensor([2, 0, 6, 6, 1])


@pytest.mark.parametrize("alpha", [0.2, 1.0, 3.0])
@pytest.mark.parametrize(
    "ours, theirs", [(mixup, v2.MixUp), (cutmix, v2.CutMix)]
)
def test_mixtures_are_torchvisions(ours, theirs, alpha):
    images, labels = batch()
    for number in range(20):
        torch.manual_seed(number)
        mixed, targets = ours(images, labels, num_classes=7, alpha=alpha)
        torch.manual_seed(number)
        expected = theirs(alpha=alpha, num_classes=7)(images, labels)
        torch.testing.assert_close(mixed, expected[0])
        torch.testing.assert_close(targets, expected[1])


def test_the_weights_of_the_labels_are_the_shares_of_the_pixels():
    torch.manual_seed(1)
    labels = torch.tensor([0, 1, 2, 3])
    images = torch.eye(4)[:, :, None, None].expand(4, 4, 20, 30)
    for mix in (mixup, cutmix):
        for _ in range(10):
            mixed, targets = mix(images, labels, num_classes=4, alpha=1.0)
            torch.testing.assert_close(mixed.mean(dim=(2, 3)), targets)


def test_copies_are_drawn_anew_for_every_image():
    images = torch.arange(6).float().reshape(3, 1, 1, 2)
    torch.manual_seed(0)
    flip = v2.RandomHorizontalFlip()
    copies = random_copies(images, flip, copies=40)
    assert copies.shape == (120, 1, 1, 2)
    versions = copies.reshape(40, 3, 2)
    flipped = versions[:, :, 0] > versions[:, :, 1]
    assert (versions.sort(dim=2).values == images.reshape(3, 2)).all()
    assert 30 < flipped.sum() < 90
    assert 0 < (flipped[:, 0] == flipped[:, 1]).sum() < 40


def test_bad_alpha_is_named():
    with pytest.raises(ValueError, match="alpha = 0 is not above 0"):
        beta(0)
