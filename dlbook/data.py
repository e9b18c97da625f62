"""Bundled data sets -> tensors -> loaders of whole batches.

Every file of the book stands in `dlbook/datasets/` (origin and licence in the
README there) and is checked against its SHA-256 each time it is read.
"""

import csv
import io
import math

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import (
    BatchSampler,
    DataLoader,
    RandomSampler,
    SequentialSampler,
    TensorDataset,
)

from dlbook.files import FOLDER, read
from dlbook.runtime import to_device

FASHION_CLASSES = (
    "T-shirt", "trouser", "pullover", "dress", "coat",
    "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip


def batches(
    dataset: TensorDataset,
    batch_size: int,
    *,
    shuffle: bool = False,
    drop_last: bool = False,
    device=None,
) -> DataLoader:
    """A loader that cuts whole batches out of tensors by index.

    Nothing is collated example by example, which makes an epoch many times
    faster. With `device` the data set is moved there once, not per batch.
    Shuffling draws from PyTorch's global generator, so `set_seed` repeats it.
    """
    if len(dataset) == 0:
        raise ValueError("the data set has 0 examples, a loader needs 1")
    if device is not None:
        dataset = TensorDataset(*to_device(dataset.tensors, device))
    sampler = RandomSampler if shuffle else SequentialSampler
    indices = BatchSampler(sampler(dataset), batch_size, drop_last)
    return DataLoader(dataset, sampler=indices, batch_size=None)


def fashion_mnist(
    *, valid_size: int = 5_000
) -> tuple[TensorDataset, TensorDataset, TensorDataset]:
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

    return (
        TensorDataset(scaled(train), labels[:-valid_size].long()),
        TensorDataset(scaled(valid), labels[-valid_size:].long()),
        TensorDataset(scaled(test), test_labels.long()),
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


def ames_housing() -> dict[str, Tensor | list[str]]:
    """2,930 house sales in Ames, Iowa, column by column (De Cock, 2011).

    A column of numbers is a float64 tensor (2930,) with NaN where the value
    is missing; a column of words is a list with "" there. The target is
    "price", in dollars; "area" is in square feet.
    """
    rows = csv.DictReader(io.StringIO(read("ames-housing.csv.gz").decode()))
    rows = list(rows)
    table = {}
    for name in rows[0]:
        words = [row[name].strip() for row in rows]
        try:
            numbers = [float(word) if word else math.nan for word in words]
            table[name] = torch.tensor(numbers, dtype=torch.float64)
        except ValueError:
            table[name] = words
    return table


def moby_dick() -> list[str]:
    """The 135 chapters of Melville's novel (1851), title first."""
    return read("moby-dick.txt.xz").decode().split("\n\n\n")


def state_of_the_union() -> list[str]:
    """233 addresses of the presidents to Congress, 1790 to 2021."""
    return read("state-of-the-union.txt.xz").decode().strip().split("\n\n")


def movie_snippets() -> tuple[list[str], Tensor]:
    """10,605 film-review snippets and their mean scores (N,) in -4..4."""
    lines = read("movie-snippets.tsv.gz").decode().splitlines()
    scores, texts = zip(*(line.split("\t", 1) for line in lines), strict=True)
    return list(texts), torch.tensor([float(score) for score in scores])


def phrase_pairs() -> list[tuple[str, str]]:
    """35,469 English and French phrases, lower case, tokens between spaces.

    Adapted from Statistics Canada; not endorsed by Statistics Canada.
    """
    lines = read("statcan-en-fr.tsv.gz").decode().splitlines()
    return [tuple(line.split("\t")) for line in lines]


def glove() -> tuple[list[str], Tensor]:
    """The 40,000 most frequent words of GloVe 6B, vectors (40000, 50)."""
    arrays = np.load(io.BytesIO(read("glove-6b-50d-40k.npz")))
    vectors = torch.from_numpy(arrays["vectors"].astype(np.float32))
    return str(arrays["words"]).split("\n"), vectors


def spoken_digits() -> tuple[list[Tensor], Tensor]:
    """3,000 spoken digits: 13 MFCCs per frame (T_i, 13), labels (3000,)."""
    arrays = np.load(io.BytesIO(read("spoken-digits-mfcc.npz")))
    frames = torch.from_numpy(arrays["X"]).split(arrays["lengths"].tolist())
    return list(frames), torch.from_numpy(arrays["y"])


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
