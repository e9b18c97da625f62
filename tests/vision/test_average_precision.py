"""Average precision against COCO's own program, and by hand."""

import contextlib
import io
import math

import numpy as np
import pytest
import torch
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from sample_boxes import adversarial_boxes, random_boxes

from dlbook.vision.average_precision import (
    THRESHOLDS,
    area_under_curve,
    average_precision,
    match,
    precision_recall,
)

CLASSES = 4


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def widths(boxes):
    """COCO's way: left, top, width, height."""
    return torch.cat([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], 1).tolist()


def coco_precision(detections, truths, areas, limit):
    """The table (T, K) of COCOeval, NaN where a class has no truth."""
    coco, entries, results = COCO(), [], []
    for image, (boxes, labels) in enumerate(truths, start=1):
        for box, label in zip(widths(boxes), labels.tolist(), strict=True):
            entries.append({"id": len(entries) + 1, "image_id": image,
                            "category_id": label, "bbox": box, "iscrowd": 0,
                            "area": box[2] * box[3]})  # fmt: skip
    for image, (boxes, scores, labels) in enumerate(detections, start=1):
        rows = zip(widths(boxes), scores.tolist(), labels.tolist(),
                   strict=True)  # fmt: skip
        results += [{"image_id": image, "category_id": label, "bbox": box,
                   "score": score} for box, score, label in rows]  # fmt: skip
    coco.dataset = {
        "images": [{"id": i + 1} for i in range(len(truths))],
        "annotations": entries,
        "categories": [{"id": k} for k in range(CLASSES)],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
        judge = COCOeval(coco, coco.loadRes(results), "bbox")
        judge.params.areaRng, judge.params.areaRngLbl = [list(areas)], ["all"]
        judge.params.maxDets = [limit]
        judge.evaluate()
        judge.accumulate()
    table = judge.eval["precision"][:, :, :, 0, 0].mean(axis=1)  # (T, K)
    return np.where(table < 0, math.nan, table)


def random_case(images=23, *, noise=3.0, levels=0, dtype=torch.float64):
    """Truths, and detections near them or anywhere, with ties in scores."""
    truths, detections = [], []
    for _ in range(images):
        true_boxes = random_boxes(torch.randint(7, ()).item())
        labels = torch.randint(CLASSES - 1, (len(true_boxes),))  # not the last
        again = torch.randint(3, (len(true_boxes),))
        near = true_boxes.repeat_interleave(again, 0)
        near = near + noise * torch.rand_like(near).sort(dim=1).values
        guessed = labels.repeat_interleave(again)
        swapped = torch.rand(len(guessed)) < 0.2
        guessed = guessed.where(~swapped, torch.randint(CLASSES, ()))
        boxes = torch.cat([near, random_boxes(5)])
        guessed = torch.cat([guessed, torch.randint(CLASSES, (5,))])
        scores = torch.rand(len(boxes), dtype=dtype)
        if levels:
            scores = (scores * levels).round() / levels
        detections.append((boxes, scores, guessed))
        truths.append((true_boxes, labels))
    return detections, truths


def compare(detections, truths, *, areas=(0, 1e10), limit=100):
    ours = average_precision(
        detections, truths, num_classes=CLASSES, area_range=areas, limit=limit
    )
    theirs = coco_precision(detections, truths, areas, limit)
    np.testing.assert_allclose(ours.numpy(), theirs, atol=1e-9)
    return ours


@pytest.mark.parametrize("noise", [0.5, 1.5, 3.0])
@pytest.mark.parametrize("levels", [0, 10], ids=["scores", "ties"])
def test_the_table_is_cocos(noise, levels):
    ours = compare(*random_case(noise=noise, levels=levels))
    assert ours.shape == (10, CLASSES)
    assert ours[:, -1].isnan().all()
    assert 0.02 < ours.nanmean() < 0.9


@pytest.mark.parametrize("areas", [(0, 200), (200, 500), (500, 1e10)], ids=str)
def test_small_medium_and_large_are_cocos(areas):
    compare(*random_case(images=40), areas=areas)


def test_a_truth_that_counts_goes_before_a_better_one_that_does_not():
    boxes = torch.tensor([[0.0, 0, 15, 15], [0, 0, 15, 13]]).double()
    detected = boxes[:1], torch.tensor([0.9]).double(), torch.tensor([0])
    truth = boxes, torch.tensor([0, 0])
    ours = compare([detected], [truth], areas=(0, 200))
    assert ours[:, 0].tolist() == [1] * 8 + [0] * 2  # IoU 13 / 15


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_the_limit_of_detections_is_cocos(limit):
    compare(*random_case(), limit=limit)


def test_adversarial_boxes_are_judged_as_coco_judges_them():
    boxes = adversarial_boxes()
    boxes = boxes[(boxes[:, 2:] > boxes[:, :2]).all(dim=1)]
    labels = torch.arange(len(boxes)) % 2
    order = torch.arange(len(boxes)).flip(0)
    scores = torch.rand(len(boxes), dtype=torch.float64)
    nothing = boxes[:0], scores[:0], labels[:0]
    detections = [(boxes[order], scores, labels[order]), nothing,
                  (boxes, scores, labels)]  # fmt: skip
    truths = [(boxes, labels), (boxes, labels), (boxes[:0], labels[:0])]
    compare(detections, truths)


def test_thousands_of_detections_are_judged_as_coco_judges_them():
    true_boxes = random_boxes(300, size=400.0)
    labels = torch.randint(CLASSES, (300,))
    boxes = true_boxes.repeat(10, 1) + 4 * torch.rand(3000, 4)
    scores = torch.rand(3000, dtype=torch.float64)
    detected = boxes, scores, labels.repeat(10)
    compare([detected], [(true_boxes, labels)], limit=900)


def test_a_truth_is_matched_once():
    overlap = torch.tensor([[0.9, 0.1], [0.8, 0.6], [0.7, 0.0]])
    none = torch.zeros(2, dtype=torch.bool)
    matched = match(overlap, torch.tensor([0.5, 0.75]), none)
    assert matched.tolist() == [[0, 1, -1], [0, -1, -1]]


def test_precision_and_recall_by_hand():
    correct = torch.tensor([[True, False, True, True]])
    scores = torch.tensor([0.9, 0.8, 0.6, 0.7])
    none = torch.zeros_like(correct)
    precision, recall = precision_recall(scores, correct, none, 4)
    assert precision[0].tolist() == pytest.approx([1, 1 / 2, 2 / 3, 3 / 4])
    assert recall[0].tolist() == pytest.approx([0.25, 0.25, 0.5, 0.75])
    # Recalls 0 to 0.25 are reached with precision 1, up to 0.75 with 3/4.
    assert area_under_curve(precision, recall).item() == pytest.approx(
        (26 * 1 + 50 * 3 / 4) / 101
    )


def test_perfect_detections_have_an_average_precision_of_one():
    _, truths = random_case()
    perfect = [(b, torch.ones(len(b)).double(), k) for b, k in truths]
    table = average_precision(perfect, truths, num_classes=CLASSES)
    assert table.shape == (len(THRESHOLDS), CLASSES)
    assert table[:, :-1].eq(1).all()


def test_a_class_that_is_never_detected_has_zero_and_an_absent_one_none():
    _, truths = random_case()
    nothing = [(b[:0], torch.zeros(0).double(), k[:0]) for b, k in truths]
    table = compare([*nothing[:-1], one_guess()], truths)
    assert table[:, 0].eq(0).all()
    assert table[:, -1].isnan().all()


def one_guess():
    """COCO's program needs one detection; this one is far from everything."""
    box = torch.tensor([[900.0, 900, 910, 910]]).double()
    return box, torch.ones(1).double(), torch.zeros(1).long()


def test_everything_is_made_on_the_device_of_the_boxes():
    """Under another default device, what forgets to ask would stand there."""
    overlap, ignored = torch.rand(5, 3), torch.zeros(3, dtype=torch.bool)
    with torch.device("meta"):
        matched = match(overlap, THRESHOLDS, ignored)
        correct = matched >= 0
        precision, recall = precision_recall(
            overlap[:, 0], correct, correct & False, 3
        )
        average = area_under_curve(precision, recall)
    assert average.device.type == "cpu"
