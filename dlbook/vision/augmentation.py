"""Augmentation: random copies of images, and mixtures of two images."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor


def random_copies(images, transform, *, copies: int) -> Tensor:
    """`copies` random versions of each image: (copies * N, C, H, W).

    `transform` maps one image (C, H, W) to one image and draws new random
    numbers each time it is called. Version c of image i is row c * N + i.
    It is called image by image: transforms of torchvision that are given a
    whole batch draw one set of numbers for all of it.
    """
    versions = [transform(image) for _ in range(copies) for image in images]
    return torch.stack(versions)


def mixup(images, labels, *, num_classes: int, alpha: float):
    """Weighted means of two images, and of their labels as probabilities.

    Images (B, C, H, W) and labels (B,) give images of the same shape and
    targets (B, num_classes). Each image is mixed with the one before it in
    the (shuffled) batch; one weight, from Beta(alpha, alpha), serves the
    batch. (Zhang and others, 2018.)
    """
    weight = beta(alpha)
    targets = F.one_hot(labels, num_classes).float()
    mixed = weight * images + (1 - weight) * images.roll(1, 0)
    return mixed, weight * targets + (1 - weight) * targets.roll(1, 0)


def cutmix(images, labels, *, num_classes: int, alpha: float):
    """A rectangle of each image replaced by that of the one before it.

    Shapes as for `mixup`. The rectangle has the proportions of the image and
    1 - Beta(alpha, alpha) of its area, before it is clipped to the image; its
    centre is uniform. The weights of the two labels are the areas that are
    left. (Yun and others, 2019.)
    """
    height, width = images.shape[-2:]
    half = math.sqrt(1 - beta(alpha)) / 2
    x, y = int(torch.randint(width, ())), int(torch.randint(height, ()))
    left, right = max(x - int(half * width), 0), x + int(half * width)
    top, bottom = max(y - int(half * height), 0), y + int(half * height)
    mixed = images.clone()
    mixed[..., top:bottom, left:right] = images.roll(1, 0)[
        ..., top:bottom, left:right
    ]
    area = (min(bottom, height) - top) * (min(right, width) - left)
    weight = 1 - area / (height * width)
    targets = F.one_hot(labels, num_classes).float()
    return mixed, weight * targets + (1 - weight) * targets.roll(1, 0)


def beta(alpha: float) -> float:
    """A random number in 0..1 from Beta(alpha, alpha)."""
    if not alpha > 0:
        raise ValueError(f"alpha = {alpha} is not above 0; try alpha = 1")
    parameter = torch.tensor([float(alpha)])
    return float(torch.distributions.Beta(parameter, parameter).sample())
