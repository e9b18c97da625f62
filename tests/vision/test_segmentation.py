"""Masks of scenes, and what counts pixels: against scikit-learn, by hand."""

import math

import pytest
import torch
from sklearn import metrics

from dlbook.vision.scenes import Scenes, SceneSource, compose
from dlbook.vision.segmentation import (
    class_iou,
    confusion_matrix,
    dice_loss,
    mean_iou,
    pixel_accuracy,
    semantic_masks,
)

K = 4


@pytest.fixture
def masks():
    torch.manual_seed(0)
    predicted = torch.randint(K, (3, 5, 7))
    return predicted, torch.where(
        torch.rand(3, 5, 7) < 0.5, predicted, torch.randint(K, (3, 5, 7))
    )


def test_the_class_of_a_pixel_is_that_of_its_owner():
    owners = torch.tensor([[[-1, 0, 1], [1, 1, 2]], [[-1, -1, 0], [0, 2, 2]]])
    labels = torch.tensor([[7, 0, 3], [9, -1, 5]])
    nothing = torch.zeros(0)
    scenes = Scenes(nothing, nothing, labels, nothing, owners)
    assert semantic_masks(scenes).tolist() == [
        [[0, 8, 1], [1, 1, 4]],
        [[0, 0, 10], [10, 6, 6]],
    ]


def test_masks_of_composed_scenes_hold_the_classes_that_are_there():
    torch.manual_seed(0)
    source = SceneSource(
        torch.rand(9, 28, 28), torch.arange(9), [torch.rand(3, 60, 70)]
    )
    scenes = compose(source, 5, size=48, items=(1, 2), sides=(16, 24))
    masks = semantic_masks(scenes)
    assert masks.shape == (5, 48, 48)
    for mask, labels in zip(masks, scenes.labels, strict=True):
        there = {label + 1 for label in labels.tolist() if label >= 0}
        assert set(mask.unique().tolist()) - {0} <= there
        assert (mask > 0).any()
    assert torch.equal(masks == 0, scenes.owners < 0)


def test_confusion_accuracy_and_iou_are_scikit_learns(masks):
    predicted, truth = masks
    flat = truth.flatten(), predicted.flatten()
    matrix = confusion_matrix(predicted, truth, num_classes=K)
    assert matrix.tolist() == metrics.confusion_matrix(*flat).tolist()
    assert pixel_accuracy(matrix) == pytest.approx(
        metrics.accuracy_score(*flat)
    )
    theirs = metrics.jaccard_score(*flat, average=None)
    assert class_iou(matrix).tolist() == pytest.approx(theirs.tolist())
    assert mean_iou(matrix) == pytest.approx(theirs.mean())


def test_matrices_of_batches_add_up(masks):
    predicted, truth = masks
    parts = [
        confusion_matrix(p[None], t[None], num_classes=K)
        for p, t in zip(predicted, truth, strict=True)
    ]
    whole = confusion_matrix(predicted, truth, num_classes=K)
    assert torch.equal(sum(parts), whole)


def test_a_class_that_is_neither_there_nor_predicted_does_not_count():
    truth = torch.tensor([0, 0, 1, -1])
    predicted = torch.tensor([0, 1, 1, 2])
    matrix = confusion_matrix(predicted, truth, num_classes=3)
    assert matrix.sum() == 3  # the pixel without a truth is left out
    assert class_iou(matrix)[:2].tolist() == [0.5, 0.5]
    assert math.isnan(class_iou(matrix)[2])
    assert mean_iou(matrix) == 0.5


def test_wrong_shapes_and_classes_are_named(masks):
    predicted, truth = masks
    with pytest.raises(ValueError, match=r"\(3, 4, 5, 7\).*argmax"):
        confusion_matrix(torch.rand(3, K, 5, 7), truth, num_classes=K)
    with pytest.raises(ValueError, match=r"0 to 3 are not all in 0\.\.2"):
        confusion_matrix(predicted, truth, num_classes=3)
    nothing = torch.zeros(0, dtype=torch.long)
    assert confusion_matrix(nothing, nothing, num_classes=2).sum() == 0


def test_dice_by_hand():
    masks = torch.tensor([[[0, 0], [0, 1]]])
    sure = torch.tensor([[[[9.0, 9], [9, -9]], [[-9, -9], [-9, 9]]]]) * 9
    assert dice_loss(sure, masks).item() == pytest.approx(0, abs=1e-5)
    even = torch.zeros(1, 2, 2, 2)  # every probability is 1/2
    first = 2 * 1.5 / (2 + 3)  # half of 3 pixels, of 2 and 3
    second = 2 * 0.5 / (2 + 1)
    assert dice_loss(even, masks).item() == pytest.approx(
        1 - (first + second) / 2
    )


def test_dice_of_certain_predictions_follows_from_iou(masks):
    predicted, truth = masks
    logits = 100 * torch.eye(K)[predicted].permute(0, 3, 1, 2)
    iou = class_iou(confusion_matrix(predicted, truth, num_classes=K))
    dice = 2 * iou / (1 + iou)
    assert dice_loss(logits, truth).item() == pytest.approx(
        1 - dice.mean().item(), abs=1e-5
    )
