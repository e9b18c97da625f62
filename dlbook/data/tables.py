"""The Ames house sales, and how a table becomes numbers."""

import csv
import io
import math
from typing import NamedTuple

import torch
from torch import Tensor

from dlbook.data.files import read


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


class Scale(NamedTuple):
    """What brings a column of numbers to mean 0 and deviation 1."""

    logarithm: bool
    mean: Tensor
    std: Tensor
    gaps: bool


def learn_columns(table, rows) -> dict[str, Scale | list[str]]:
    """What `features` needs of each column, from the training `rows` alone:
    the scale of numbers, the words that occur."""
    return {
        name: learn_scale(column[rows])
        if isinstance(column, Tensor)
        else sorted({column[row] for row in rows.tolist()})
        for name, column in table.items()
    }


def learn_scale(values) -> Scale:
    """The scale of one column, by its values that are not missing.

    Numbers that are never negative and have a long tail to the right (a
    skewness above 1) are scaled by their logarithm, log(1 + x).
    """
    known = values[~values.isnan()]
    if len(known) < 2:
        raise ValueError(
            f"{len(known)} of {len(values)} training values are known, a "
            "standard deviation needs 2; drop the column"
        )
    distance = (known - known.mean()) / known.std().clamp_min(1e-9)
    logarithm = bool(known.min() >= 0 and (distance**3).mean() > 1)
    known = known.log1p() if logarithm else known
    std = known.std() if known.std() > 1e-9 else torch.tensor(1.0)
    return Scale(logarithm, known.mean(), std, gaps=len(known) < len(values))


def features(table, columns) -> Tensor:
    """All rows of a table as numbers (N, D), float32.

    A column of numbers is scaled; a missing value becomes 0, the mean, and
    is marked by a 1 in a further feature if the training rows had gaps. A
    column of words becomes one feature per word learned; "" counts as one,
    and a word never seen leaves zeros.
    """
    parts = []
    for name, learned in columns.items():
        column = table[name]
        if isinstance(learned, Scale):
            missing = column.isnan()
            if learned.logarithm:
                column = column.clamp_min(0).log1p()
            scaled = (column - learned.mean) / learned.std
            parts.append(scaled.masked_fill(missing, 0)[:, None])
            if learned.gaps:
                parts.append(missing[:, None])
        else:
            place = {word: number for number, word in enumerate(learned)}
            codes = torch.tensor([place.get(word, -1) for word in column])
            parts.append(codes[:, None] == torch.arange(len(learned)))
    return torch.cat([part.float() for part in parts], dim=1)


def folds(count: int, k: int) -> list[tuple[Tensor, Tensor]]:
    """k pairs (training rows, validation rows) that share out shuffled rows.

    Every row is in one validation part, and the parts differ in size by one
    at most. Shuffling draws from PyTorch's global generator.
    """
    if not 2 <= k <= count:
        raise ValueError(f"k = {k} parts of {count} rows: choose 2 to {count}")
    parts = torch.randperm(count).tensor_split(k)
    return [
        (torch.cat([*parts[:i], *parts[i + 1 :]]), part)
        for i, part in enumerate(parts)
    ]
