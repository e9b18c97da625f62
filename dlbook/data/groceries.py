"""Photographs of fruit in shops: Klasson, Zhang and Kjellstroem, 2019.

The fruit of the Grocery Store Dataset, 1,393 colour photographs taken with a
telephone, cut to a square of 112 x 112 pixels. Nobody arranged the fruit: it
lies in boxes, in bags, in a hand, beside its price.
"""

import io
import tarfile

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import TensorDataset

from dlbook.data.files import read
from dlbook.data.images import Splits

GROCERY_CLASSES = (
    "Golden Delicious", "Granny Smith", "Pink Lady", "Red Delicious",
    "Royal Gala", "cantaloupe", "Galia melon", "honeydew melon",
    "watermelon", "orange", "Anjou pear", "Conference pear", "Kaiser pear",
    "satsuma",
)  # fmt: skip
FILE_NAMES = (  # of the classes, in the same order
    "Golden-Delicious", "Granny-Smith", "Pink-Lady", "Red-Delicious",
    "Royal-Gala", "Cantaloupe", "Galia-Melon", "Honeydew-Melon",
    "Watermelon", "Orange", "Anjou", "Conference", "Kaiser", "Satsumas",
)  # fmt: skip


def groceries() -> Splits:
    """Training, validation and test set, as the authors dealt them.

    Each is a set of (images, labels): uint8 images (N, 3, 112, 112) and
    labels (N,) in 0..13, whose names are `GROCERY_CLASSES`; N is 675, 57 and
    661. The first five classes are apples, the next four melons, then come
    oranges, three pears and satsumas. Three classes have no photograph in
    the validation set: Red Delicious, Anjou and Kaiser pears.
    """
    images, labels, splits = grocery_file()
    parts = []
    for name in ("train", "val", "test"):
        rows = torch.tensor([split == name for split in splits])
        parts.append(TensorDataset(images[rows], labels[rows]))
    return Splits(*parts)


def grocery_file() -> tuple[Tensor, Tensor, list[str]]:
    """All images (N, 3, 112, 112), labels (N,) and splits of the archive."""
    images, labels, splits = [], [], []
    with tarfile.open(fileobj=io.BytesIO(read("groceries.tar"))) as archive:
        table = archive.extractfile("labels.tsv").read().decode()
        for line in table.splitlines()[1:]:  # below the names of the columns
            name, split, _, fine = line.split("\t")
            picture = Image.open(archive.extractfile(name)).convert("RGB")
            images.append(torch.from_numpy(np.array(picture)))
            labels.append(FILE_NAMES.index(fine))
            splits.append(split)
    images = torch.stack(images).permute(0, 3, 1, 2).contiguous()
    return images, torch.tensor(labels), splits
