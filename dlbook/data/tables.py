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
    """What standardises a column of numbers."""

    use_log: bool
    mean: Tensor
    std: Tensor
    has_missing: bool


def fit_columns(table, rows) -> dict[str, Scale | list[str]]:
    """What `features` needs of each column, from the training `rows` alone.

    The scale of a column of numbers; the words that occur in any other.
    """
    columns = {}
    for name, column in table.items():
        if isinstance(column, Tensor):
            columns[name] = fit_scale(column[rows])
        else:
            columns[name] = sorted({column[row] for row in rows.tolist()})
    return columns


def fit_scale(values) -> Scale:
    """The scale of one column, from its values that are not missing.

    The logarithm log(1 + x) is used for values that are never negative and
    have a long right tail: a skewness above 1.

    Raises:
        ValueError: fewer than 2 values are known.
    """
    known = values[~values.isnan()]
    if len(known) < 2:
        raise ValueError(
            f"{len(known)} of {len(values)} training values are known, a "
            "standard deviation needs 2; drop the column"
        )
    standardised = (known - known.mean()) / known.std().clamp_min(1e-9)
    skewness = (standardised**3).mean()
    use_log = bool(known.min() >= 0 and skewness > 1)
    known = known.log1p() if use_log else known
    std = known.std() if known.std() > 1e-9 else torch.tensor(1.0)
    return Scale(use_log, known.mean(), std, len(known) < len(values))


def features(table, columns) -> Tensor:
    """All rows of a table as numbers (N, D), float32.

    A column of numbers is standardised; a missing value becomes 0, the mean,
    and a further feature marks it by 1 if values were missing in training. A
    column of words becomes one feature for each word of the training rows
    (one-hot); a missing word, "", counts as a word, and a word that did not
    occur in training leaves zeros.
    """
    parts = []
    for name, column in table.items():
        if isinstance(columns[name], Scale):
            parts += scaled(column, columns[name])
        else:
            parts.append(one_hot(column, columns[name]))
    return torch.cat([part.float() for part in parts], dim=1)


def scaled(values, scale: Scale) -> list[Tensor]:
    """Standardised values (N, 1) and, if any were missing, which (N, 1)."""
    missing = values.isnan()
    if scale.use_log:
        values = values.clamp_min(0).log1p()
    standardised = (values - scale.mean) / scale.std
    parts = [standardised.masked_fill(missing, 0)[:, None]]
    return [*parts, missing[:, None]] if scale.has_missing else parts


def one_hot(words, vocabulary) -> Tensor:
    """One column for each word of the vocabulary, True where it stands."""
    numbers = {word: number for number, word in enumerate(vocabulary)}
    codes = torch.tensor([numbers.get(word, -1) for word in words])
    return codes[:, None] == torch.arange(len(vocabulary))


def folds(count: int, k: int) -> list[tuple[Tensor, Tensor]]:
    """k pairs (training rows, validation rows) that share out shuffled rows.

    Every row is in one validation part, and the parts differ in size by one
    at most. Shuffling draws from PyTorch's global generator.

    Raises:
        ValueError: k is not in 2..count.
    """
    if not 2 <= k <= count:
        raise ValueError(f"k = {k} parts of {count} rows: choose 2 to {count}")
    parts = torch.randperm(count).tensor_split(k)
    pairs = []
    for i, part in enumerate(parts):
        pairs.append((torch.cat([*parts[:i], *parts[i + 1 :]]), part))
    return pairs
