"""Kinds of errors, each made once on purpose."""

import torch

from dlbook.vision.detection_errors import (
    FATES,
    KINDS,
    confusion,
    examples,
    judge,
    judge_image,
)

REAL = torch.tensor(
    [[0.0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10], [60, 0, 70, 10]]
)
LABELS = torch.tensor([1, 2, 3, 4])


def detection(*rows):
    boxes = torch.tensor([row[:4] for row in rows]).float()
    labels = torch.tensor([row[4] for row in rows])
    return boxes, torch.linspace(1, 0.5, len(rows)), labels


def test_every_kind_is_named():
    detected = detection(
        (0, 1, 10, 10, 1),  # right
        (0, 0, 10, 10, 1),  # the same again, and better placed
        (20, 0, 30, 10, 4),  # the wrong name
        (46, 0, 60, 10, 3),  # badly placed
        (80, 50, 90, 60, 4),  # nothing there
    )
    kinds, fates = judge_image(detected, (REAL, LABELS))
    assert [KINDS[k] for k in kinds] == [
        "right", "twice", "class", "place", "background"
    ]  # fmt: skip
    assert [FATES[k] for k in fates] == ["found", "class", "place", "unseen"]


def test_what_is_found_is_found_whatever_else_is_said_of_it():
    detected = detection((0, 0, 10, 10, 4), (0, 0, 10, 10, 1))
    kinds, fates = judge_image(detected, (REAL, LABELS))
    assert [KINDS[k] for k in kinds] == ["class", "right"]
    assert FATES[fates[0]] == "found"


def test_one_box_right_and_the_other_item_of_its_class_near_is_not_twice():
    real, labels = REAL[:2], torch.tensor([1, 1])
    detected = detection((0, 0, 10, 10, 1), (20, 0, 30, 10, 1))
    kinds, fates = judge_image(detected, (real, labels))
    assert [KINDS[k] for k in kinds] == ["right", "right"]
    assert [FATES[k] for k in fates] == ["found", "found"]


def test_nothing_said_and_nothing_there():
    nothing = (REAL[:0], torch.zeros(0), LABELS[:0])
    said = detection((0, 0, 9, 9, 1))
    (none, unseen), (background, nobody) = judge(
        [nothing, said], [(REAL, LABELS), (REAL[:0], LABELS[:0])]
    )
    assert len(none) == 0
    assert [FATES[k] for k in unseen] == 4 * ["unseen"]
    assert [KINDS[k] for k in background] == ["background"]
    assert len(nobody) == 0


def test_an_item_is_taken_for_what_the_best_box_on_it_says():
    detected = detection(
        (0, 0, 10, 10, 4), (0, 0, 10, 10, 1), (20, 0, 30, 10, 2),
        (46, 0, 60, 10, 3), (60, 0, 70, 10, 4),
    )  # fmt: skip
    two = (REAL, LABELS), (REAL[:1], LABELS[:1])
    said = detected, tuple(part[1:2] for part in detected)
    table = confusion(said, two, classes=5)
    assert table[1].tolist() == [0, 50, 0, 0, 50, 0]
    assert table[2].tolist() == [0, 0, 100, 0, 0, 0]
    assert table[3].tolist() == [0, 0, 0, 0, 0, 100]  # nothing frames it
    assert table[0].tolist() == 6 * [0]


def test_the_first_example_of_each_kind_is_shown():
    images = torch.rand(2, 1, 20, 20)
    said = [detection((0, 1, 10, 10, 1)), detection((0, 0, 10, 10, 1))]
    truths = [(REAL[:2], LABELS[:2]), (REAL[:1], LABELS[:1])]
    panels = examples(images, said, truths, judge(said, truths), names="abcde")
    assert list(panels) == ["item: unseen", "box: right"]
    image, real, boxes, names = panels["box: right"]
    assert torch.equal(image, images[0]) and torch.equal(boxes, said[0][0])
    assert len(real) == 2 and names == ["b"]
    assert torch.equal(panels["item: unseen"][1], REAL[1:2])
