"""What suppression, average precision and scenes cost, beside their peers."""

import contextlib
import io

import torch
import torchvision.ops
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from benchmarks.timing import Row, best_seconds
from dlbook.models.ssd import SSD
from dlbook.vision.anchors import make_anchors, targets
from dlbook.vision.average_precision import average_precision
from dlbook.vision.detection import detect
from dlbook.vision.scenes import compose, ground_truth, scene_source
from dlbook.vision.suppression import nms, nms_by_loop


def crowd(count, *, objects):
    """Boxes and scores as detectors give them: crowds around objects."""
    start = 800 * torch.rand(objects, 2)
    boxes = torch.cat([start, start + 20 + 80 * torch.rand(objects, 2)], 1)
    boxes = boxes[torch.randint(objects, (count,))]
    boxes = boxes + 3 * torch.randn(count, 4).sort(dim=1).values
    return boxes, torch.rand(count)


def coco_entries(image, boxes, labels):
    """The boxes of an image as COCO writes them."""
    entries = []
    for (x, y, right, bottom), label in zip(
        boxes.tolist(), labels.tolist(), strict=True
    ):
        width, height = right - x, bottom - y
        entry = {"image_id": image, "category_id": label, "iscrowd": 0,
                 "bbox": [x, y, width, height],
                 "area": width * height}  # fmt: skip
        entries.append(entry)
    return entries


def coco_evaluation(detections, truths):
    """COCO's own program on the same boxes, its printing swallowed."""
    annotations, results = [], []
    for image, (boxes, labels) in enumerate(truths):
        annotations += coco_entries(image, boxes, labels)
    for number, entry in enumerate(annotations, start=1):
        entry["id"] = number
    for image, (boxes, scores, labels) in enumerate(detections):
        entries = coco_entries(image, boxes, labels)
        for entry, score in zip(entries, scores.tolist(), strict=True):
            entry["score"] = score
        results += entries
    coco = COCO()
    coco.dataset = {
        "images": [{"id": i} for i in range(len(truths))],
        "annotations": annotations,
        "categories": [{"id": k} for k in range(10)],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
        judge = COCOeval(coco, coco.loadRes(results), "bbox")
        judge.evaluate()
        judge.accumulate()


def near_truths(truths):
    """Four detections near each item, the later ones with lower scores."""
    detections = []
    for boxes, labels in truths:
        count = 4 * len(boxes)
        near = 4 * torch.rand(count, 4).sort(dim=1).values
        scores = torch.rand(count).sort(descending=True).values
        detections.append(
            (boxes.repeat(4, 1) + near, scores, labels.repeat(4))
        )
    return detections


def rows():
    torch.manual_seed(0)
    for objects in (40, 400, 4000):
        boxes, scores = crowd(10_000, objects=objects)
        ours, loop, theirs = best_seconds(
            lambda b=boxes, s=scores: nms(b, s, 0.5),
            lambda b=boxes, s=scores: nms_by_loop(b, s, 0.5),
            lambda b=boxes, s=scores: torchvision.ops.nms(b, s, 0.5),
            rounds=9,
        )
        what = f"NMS of 10,000 boxes on {objects} objects / torchvision's"
        yield Row(what, ours / theirs, at_most=2)
        yield Row(f"  as a plain loop, {objects} objects", loop / theirs)

    source = scene_source("valid")
    scenes = compose(source, 200)
    shapes = [(12, 24), (16, 18), (24, 12), (18, 36), (24, 26), (36, 19)]
    anchors = make_anchors(96, {8: shapes, 16: shapes})
    model = SSD(10).eval()
    composing, detecting, assigning = best_seconds(
        lambda: compose(source, 32),
        lambda: detect(model, scenes.images[:32], anchors, min_score=0.2),
        lambda: targets(anchors, scenes.boxes[:32], scenes.labels[:32]),
    )
    yield Row("scenes composed per second", 32 / composing, at_least=150)
    yield Row("scenes detected per second", 32 / detecting, at_least=30)
    yield Row("assignment / detection", assigning / detecting, at_most=1)

    truths = ground_truth(scenes)
    detections = near_truths(truths)
    ours, theirs = best_seconds(
        lambda: average_precision(detections, truths, num_classes=10),
        lambda: coco_evaluation(detections, truths),
        rounds=3,
    )
    yield Row("mAP of 200 scenes / COCO's program", ours / theirs, at_most=20)
