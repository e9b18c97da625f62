"""Kinds of errors, each made once on purpose."""

import torch

from dlbook.vision.detection_errors import (
    KINDS,
    OUTCOMES,
    confusion_matrix,
    diagnose,
    diagnose_image,
    first_examples,
)

BOXES = torch.tensor(
    [[0.0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10], [60, 0, 70, 10]]
)
LABELS = torch.tensor([1, 2, 3, 4])


def detection(*rows):
    """Boxes, falling scores and labels of rows of (x, y, x, y, label)."""
    boxes = torch.tensor([row[:4] for row in rows]).float()
    labels = torch.tensor([row[4] for row in rows])
    return boxes, torch.linspace(1, 0.5, len(rows)), labels


def test_every_kind_is_named():
    detected = detection(
        (0, 1, 10, 10, 1),
        (0, 0, 10, 10, 1),  # the same again, and better placed
        (20, 0, 30, 10, 4),  # the wrong class
        (46, 0, 60, 10, 3),  # IoU 4 / 20
        (80, 50, 90, 60, 4),  # nothing there
    )
    kinds, outcomes = diagnose_image(detected, (BOXES, LABELS))
    assert [KINDS[k] for k in kinds] == [
        "true positive", "duplicate", "classification", "localisation",
        "background",
    ]  # fmt: skip
    assert [OUTCOMES[k] for k in outcomes] == [
        "detected", "classification", "localisation", "missed"
    ]  # fmt: skip


def test_thresholds_of_the_iou_decide_and_count_themselves():
    truth = BOXES[:1], LABELS[:1]
    half, tenth = (0, 0, 10, 5, 1), (0, 0, 10, 1, 1)
    for row, kind in [(half, "true positive"), (tenth, "localisation")]:
        kinds, _ = diagnose_image(detection(row), truth)
        assert KINDS[kinds[0]] == kind
    kinds, _ = diagnose_image(detection(half), truth, high=0.51)
    assert KINDS[kinds[0]] == "localisation"
    kinds, outcomes = diagnose_image(detection(tenth), truth, low=0.11)
    assert KINDS[kinds[0]] == "background"
    assert OUTCOMES[outcomes[0]] == "missed"


def test_an_item_is_detected_whatever_other_boxes_lie_on_it():
    detected = detection((0, 0, 10, 10, 4), (0, 0, 10, 10, 1))
    kinds, outcomes = diagnose_image(detected, (BOXES, LABELS))
    assert [KINDS[k] for k in kinds] == ["classification", "true positive"]
    assert OUTCOMES[outcomes[0]] == "detected"


def test_two_items_of_a_class_are_two_true_positives():
    truth = BOXES[:2], torch.tensor([1, 1])
    detected = detection((0, 0, 10, 10, 1), (20, 0, 30, 10, 1))
    kinds, outcomes = diagnose_image(detected, truth)
    assert [KINDS[k] for k in kinds] == 2 * ["true positive"]
    assert [OUTCOMES[k] for k in outcomes] == 2 * ["detected"]


def test_no_detection_and_no_item():
    nothing = (BOXES[:0], torch.zeros(0), LABELS[:0])
    detected = detection((0, 0, 9, 9, 1))
    (no_kinds, missed), (background, no_outcomes) = diagnose(
        [nothing, detected], [(BOXES, LABELS), (BOXES[:0], LABELS[:0])]
    )
    assert len(no_kinds) == 0
    assert [OUTCOMES[k] for k in missed] == 4 * ["missed"]
    assert [KINDS[k] for k in background] == ["background"]
    assert len(no_outcomes) == 0


def test_an_item_counts_for_the_class_of_the_best_box_on_it():
    boxes, scores, labels = detection(
        (0, 0, 10, 10, 4), (0, 0, 10, 10, 1), (20, 0, 30, 10, 2),
        (46, 0, 60, 10, 3), (60, 0, 70, 10, 4),
    )  # fmt: skip
    truths = [(BOXES, LABELS), (BOXES[:1], LABELS[:1])]
    detections = [
        (boxes, scores, labels),
        (boxes[1:2], scores[1:2], labels[1:2]),
    ]
    table = confusion_matrix(detections, truths, num_classes=5)
    assert table[1].tolist() == [0, 50, 0, 0, 50, 0]
    assert table[2].tolist() == [0, 0, 100, 0, 0, 0]
    assert table[3].tolist() == [0, 0, 0, 0, 0, 100]  # no box fits
    assert table[0].tolist() == 6 * [0]


def test_one_example_of_each_kind_is_shown_each_in_its_own_scene():
    images = torch.rand(4, 3, 20, 20)
    hit, wrong = (0, 1, 10, 10, 1), (20, 0, 30, 10, 4)
    detections = [detection(*rows) for rows in
                  [(hit, wrong), (hit,), (hit, wrong), (hit,)]]  # fmt: skip
    one, two = (BOXES[:1], LABELS[:1]), (BOXES[:2], LABELS[:2])
    truths = [two, one, two, two]
    panels = first_examples(
        images, detections, truths, diagnose(detections, truths), names="abcde"
    )
    assert list(panels) == ["true positive", "classification", "missed"]
    image, true_boxes, true_names, boxes, names = panels["true positive"]
    assert torch.equal(image, images[1]) and torch.equal(true_boxes, BOXES[:1])
    assert torch.equal(boxes, detections[1][0])
    assert true_names == ["b"] and names == ["b"]
    image, _, true_names, boxes, names = panels["classification"]
    assert torch.equal(image, images[0])
    assert torch.equal(boxes, detections[0][0][1:])
    assert true_names == ["b", "c"] and names == ["e"]
    image, true_boxes, true_names, boxes, names = panels["missed"]
    assert torch.equal(image, images[3])
    assert len(boxes) == 0 and names == [] and true_names == ["c"]
    assert torch.equal(true_boxes, BOXES[1:2])  # the first was detected
