"""Bundled images: Fashion-MNIST and five photographs."""

import io
import math
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import TensorDataset

from dlbook.data.files import FOLDER, read

FASHION_CLASSES = (
    "T-shirt", "trouser", "pullover", "dress", "coat",
    "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip


class Splits(NamedTuple):
    """A data set in three parts: to learn from, to choose by, to judge by."""

    train: TensorDataset
    valid: TensorDataset
    test: TensorDataset


def fashion_mnist(*, valid_size: int = 5_000) -> Splits:
    """Training, validation and test set of Fashion-MNIST (Xiao et al., 2017).

    Each is a set of (images, labels): float images (N, 1, 28, 28), shifted
    and scaled to mean 0 and variance 1 over the training images, and labels
    (N,) in 0..9, whose names are `FASHION_CLASSES`. Validation images are the
    last `valid_size` of the 60,000; the 10,000 test images are untouched.
    """
    if not 0 < valid_size < 60_000:
        raise ValueError(f"valid_size = {valid_size} is not in 1..59999")
    images, labels = fashion_file("train")
    train, valid = images[:-valid_size], images[-valid_size:]
    test, test_labels = fashion_file("t10k")
    mean, std = pixel_statistics(train)

    def scaled(raw):  # (N, 28, 28) -> (N, 1, 28, 28)
        return raw[:, None].float().sub_(mean).div_(std)

    return Splits(
        train=TensorDataset(scaled(train), labels[:-valid_size].long()),
        valid=TensorDataset(scaled(valid), labels[-valid_size:].long()),
        test=TensorDataset(scaled(test), test_labels.long()),
    )


def fashion_file(split: str) -> tuple[Tensor, Tensor]:
    """Raw uint8 images (N, 28, 28) and labels (N,) of "train" or "t10k"."""
    tensors = []
    for kind, shape in [("images-idx3", (-1, 28, 28)), ("labels-idx1", (-1,))]:
        content = read(f"fashion-mnist/{split}-{kind}-ubyte.gz")
        header = 4 + 4 * len(shape)  # magic number, then one size per axis
        flat = torch.frombuffer(bytearray(content), dtype=torch.uint8)
        tensors.append(flat[header:].reshape(shape))
    return tuple(tensors)


def pixel_statistics(images: Tensor) -> tuple[float, float]:
    """Mean and standard deviation of uint8 images, without a float copy."""
    counts = torch.bincount(images.flatten(), minlength=256).double()
    values = torch.arange(256, dtype=torch.float64)
    mean = (counts @ values) / counts.sum()
    variance = (counts @ (values - mean) ** 2) / counts.sum()
    return mean.item(), math.sqrt(variance)


def photo(name: str) -> Tensor:
    """A bundled photograph as uint8 (C, H, W), C = 1 for the grey "camera".

    Names: astronaut, camera, cat, coffee, rocket.
    """
    files = {path.stem: path.name for path in (FOLDER / "photos").iterdir()}
    if name not in files:
        known = ", ".join(sorted(files))
        raise ValueError(f"there is no photo {name!r}, only {known}")
    pixels = np.array(Image.open(io.BytesIO(read(f"photos/{files[name]}"))))
    return torch.from_numpy(np.atleast_3d(pixels)).permute(2, 0, 1)
