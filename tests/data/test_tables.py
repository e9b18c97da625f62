import math

import numpy as np
import pytest
import torch
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from dlbook.data.tables import (
    ames_housing,
    features,
    fit_columns,
    fit_scale,
    folds,
)


@pytest.fixture
def table():
    """17 rows: plain numbers, numbers with gaps, a long tail, words."""
    generator = torch.Generator().manual_seed(0)
    numbers = torch.randn(4, 17, generator=generator, dtype=torch.float64)
    gaps = 5 + 3 * numbers[1]
    gaps[[2, 3, 11]] = math.nan
    return {
        "plain": 100 * numbers[0] - 7,
        "gaps": gaps,
        "tail": (3 * numbers[2]).exp(),
        "words": [["", "oak", "elm"][i % 3] for i in range(16)] + ["ash"],
    }


TRAINING = torch.tensor([1, 2, 4, 5, 7, 8, 9, 12, 15, 0])
HELD_OUT = torch.tensor([3, 6, 10, 11, 13, 14, 16])


def test_features_equal_scikit_learn(table):
    X = features(table, fit_columns(table, TRAINING))
    numbers = np.stack(
        [table["plain"], table["gaps"], table["tail"].log1p()], axis=1
    )
    filler = SimpleImputer().fit(numbers[TRAINING])
    scaler = StandardScaler().fit(numbers[TRAINING])
    expected = torch.from_numpy(scaler.transform(filler.transform(numbers)))
    # scikit-learn divides by N, torch.std by N - 1, of the values known
    expected *= torch.tensor([math.sqrt((n - 1) / n) for n in (10, 9, 10)])
    missing = table["gaps"].isnan()[:, None].double()
    words = np.array(table["words"])[:, None]
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(
        words[TRAINING]
    )
    one_hot = torch.from_numpy(encoder.transform(words))
    parts = [expected[:, :2], missing, expected[:, 2:], one_hot]
    torch.testing.assert_close(X.double(), torch.cat(parts, dim=1))


def spoiled(table):
    """The table with every held-out value changed."""
    out = {}
    for name, column in table.items():
        if isinstance(column, list):
            column = ["new" if i in HELD_OUT else column[i] for i in range(17)]
        else:
            column = column.clone()
            column[HELD_OUT] = 1e6
        out[name] = column
    return out


def test_nothing_is_learned_from_held_out_rows(table):
    honest = features(table, fit_columns(table, TRAINING))
    other = spoiled(table)
    again = features(other, fit_columns(other, TRAINING))
    assert torch.equal(again[TRAINING], honest[TRAINING])
    everything = torch.arange(17)  # the test would notice: this is the leak
    leaky = features(table, fit_columns(table, everything))[TRAINING]
    again = features(other, fit_columns(other, everything))[TRAINING]
    assert leaky.shape != again.shape or not torch.allclose(leaky, again)


def test_nothing_is_learned_from_held_out_rows_of_the_real_table():
    table = ames_housing()
    held_out = set(range(0, 2930, 5))
    rows = torch.tensor([i for i in range(2930) if i not in held_out])
    other = {}
    for name, column in table.items():
        if isinstance(column, list):
            other[name] = [
                "?" if i in held_out else word for i, word in enumerate(column)
            ]
        else:
            other[name] = column.clone()
            other[name][list(held_out)] = math.nan
    honest = features(table, fit_columns(table, rows))
    again = features(other, fit_columns(other, rows))
    assert torch.equal(honest[rows], again[rows])
    assert honest.isfinite().all() and honest.shape[0] == 2930


def test_training_features_have_mean_0_and_deviation_1(table):
    X = features(table, fit_columns(table, TRAINING))[TRAINING]
    torch.testing.assert_close(X[:, [0, 3]].mean(dim=0), torch.zeros(2))
    torch.testing.assert_close(X[:, [0, 3]].std(dim=0), torch.ones(2))


def test_gaps_become_the_mean_and_a_mark(table):
    X = features(table, fit_columns(table, TRAINING))
    assert X[:, 2].nonzero()[:, 0].tolist() == [2, 3, 11]
    assert (X[[2, 3, 11], 1] == 0).all()
    no_gaps = torch.tensor([0, 1, 4, 5])  # the others have some
    columns = fit_columns({"gaps": table["gaps"]}, no_gaps)
    assert features({"gaps": table["gaps"]}, columns).shape == (17, 1)


def test_a_word_never_seen_leaves_zeros(table):
    words = {"words": table["words"]}
    columns = fit_columns(words, TRAINING)
    assert columns == {"words": ["", "elm", "oak"]}
    X = features({"words": ["teak", "oak", ""]}, columns)
    assert X.tolist() == [[0, 0, 0], [0, 0, 1], [1, 0, 0]]


def test_only_long_tails_of_positive_numbers_take_the_logarithm():
    tail = torch.tensor([0.0, 1, 1, 2, 2, 3, 3, 90], dtype=torch.float64)
    scale = fit_scale(tail)
    assert scale.use_log
    torch.testing.assert_close(scale.mean, tail.log1p().mean())
    assert not fit_scale(tail - 1).use_log  # a negative number
    assert not fit_scale(-tail).use_log
    assert not fit_scale(torch.arange(9.0)).use_log
    below = features({"a": torch.tensor([-5.0, 0.0])}, {"a": scale})
    assert below.isfinite().all() and below[0] == below[1]


def test_a_constant_column_is_harmless_and_an_empty_one_is_named():
    constant = {"a": torch.full((5,), 3.0)}
    columns = fit_columns(constant, torch.arange(4))
    X = features(constant, columns)
    assert (X == 0).all()
    other = features({"a": torch.tensor([4.0, 3.0])}, columns)
    assert other.tolist() == [[1], [0]]
    with pytest.raises(ValueError, match="1 of 3 training values are known"):
        fit_scale(torch.tensor([math.nan, 2.0, math.nan]))


@pytest.mark.parametrize(("count", "k"), [(17, 5), (10, 10), (7, 2)])
def test_folds_share_out_the_rows(count, k):
    parts = folds(count, k)
    held_out = torch.cat([valid for _, valid in parts])
    assert sorted(held_out.tolist()) == list(range(count))
    assert held_out.tolist() != list(range(count))
    sizes = [len(valid) for _, valid in parts]
    assert len(parts) == k and max(sizes) - min(sizes) <= 1
    for train, valid in parts:
        assert sorted([*train.tolist(), *valid.tolist()]) == list(range(count))


@pytest.mark.parametrize("k", [1, 18])
def test_folds_refuse_what_cannot_be_shared(k):
    with pytest.raises(ValueError, match=f"k = {k} parts of 17 rows"):
        folds(17, k)


def test_ames_housing_keeps_what_is_missing():
    table = ames_housing()
    assert len(table) == 82
    assert {len(column) for column in table.values()} == {2930}
    assert table["price"].median() == 160_000  # De Cock (2011)
    assert table["Lot.Frontage"].isnan().sum() == 490
    assert table["Alley"].count("") == 2732
    assert set(table["Alley"]) == {"", "Grvl", "Pave"}
