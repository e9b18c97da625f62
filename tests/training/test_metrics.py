"""Precision, recall, ROC and areas, against scikit-learn."""

import pytest
import torch
from sklearn import metrics as oracle

from dlbook.training.metrics import (
    area_under_roc,
    average_precision,
    count_outcomes,
    cumulative_counts,
    precision_recall_curve,
    precision_recall_f1,
    roc_curve,
)


def sample(seed, *, ties):
    generator = torch.Generator().manual_seed(seed)
    labels = torch.rand(137, generator=generator) < 0.3
    scores = torch.randn(137, generator=generator) + labels
    return (scores.round() if ties else scores), labels


@pytest.mark.parametrize("seed", range(5))
def test_counts_and_ratios_are_those_of_scikit_learn(seed):
    scores, labels = sample(seed, ties=False)
    predicted = scores > 0.4
    counts = count_outcomes(predicted, labels)
    (tn, fp), (fn, tp) = oracle.confusion_matrix(labels, predicted).tolist()
    assert counts == (tp, fp, fn, tn)
    wanted = [
        score(labels, predicted)
        for score in (
            oracle.precision_score, oracle.recall_score, oracle.f1_score
        )
    ]  # fmt: skip
    assert precision_recall_f1(counts) == pytest.approx(tuple(wanted))


def test_ratios_without_anything_found_are_zero():
    none, all_ = torch.zeros(3), torch.ones(3)
    assert precision_recall_f1(count_outcomes(none, all_)) == (0, 0, 0)
    assert precision_recall_f1(count_outcomes(none, none)) == (0, 0, 0)
    assert precision_recall_f1(count_outcomes(all_, all_)) == (1, 1, 1)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_curves_and_areas_are_those_of_scikit_learn(seed, ties):
    scores, labels = sample(seed, ties=ties)
    fpr, tpr, _ = oracle.roc_curve(labels, scores, drop_intermediate=False)
    ours = roc_curve(scores, labels)
    torch.testing.assert_close(ours[0], torch.from_numpy(fpr))
    torch.testing.assert_close(ours[1], torch.from_numpy(tpr))
    area = oracle.roc_auc_score(labels, scores)
    assert area_under_roc(scores, labels) == pytest.approx(area)
    precision, recall, at = oracle.precision_recall_curve(labels, scores)
    curve = precision_recall_curve(scores, labels)
    for mine, wanted in zip(curve, (precision[:-1], recall[:-1], at),
                            strict=True):  # fmt: skip
        wanted = torch.from_numpy(wanted.copy()).double()
        torch.testing.assert_close(mine.flip(0), wanted)
    area = oracle.average_precision_score(labels, scores)
    assert average_precision(scores, labels) == pytest.approx(area)


def test_bad_input_is_named():
    labels = torch.tensor([0, 1, 1])
    with pytest.raises(ValueError, match="holds 2"):
        count_outcomes(torch.tensor([0, 2, 1]), labels)
    with pytest.raises(ValueError, match=r"\(2,\) and labels \(3,\)"):
        count_outcomes(torch.tensor([0, 1]), labels)
    with pytest.raises(ValueError, match="2 scores for 3 labels"):
        cumulative_counts(torch.tensor([0.1, 0.2]), labels)
    with pytest.raises(ValueError, match="3 of 3 labels are positive"):
        roc_curve(torch.tensor([0.1, 0.2, 0.3]), torch.ones(3))
