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
from dlbook.vision.scenes import compose, material
from dlbook.vision.suppression import nms, nms_by_loop


def crowd(count, *, objects):
    """Boxes and scores as detectors give them: crowds around objects."""
    start = 800 * torch.rand(objects, 2)
    boxes = torch.cat([start, start + 20 + 80 * torch.rand(objects, 2)], 1)
    boxes = boxes[torch.randint(objects, (count,))]
    boxes = boxes + 3 * torch.randn(count, 4).sort(dim=1).values
    return boxes, torch.rand(count)


def coco_evaluation(detections, truths):
    """COCO's own program on the same boxes, its printing swallowed."""

    def entries(image, boxes, labels, **more):
        return [
            {"image_id": image, "category_id": int(label), "iscrowd": 0,
             "bbox": [x, y, right - x, bottom - y],
             "area": (right - x) * (bottom - y)}
            | {name: float(values[i]) for name, values in more.items()}
            for i, ((x, y, right, bottom), label) in enumerate(
                zip(boxes.tolist(), labels, strict=True)
            )
        ]  # fmt: skip

    real, found, coco = [], [], COCO()
    for image, (truth, one) in enumerate(zip(truths, detections, strict=True)):
        real += entries(image, *truth)
        found += entries(image, one[0], one[2], score=one[1])
    numbered = [entry | {"id": i} for i, entry in enumerate(real, start=1)]
    coco.dataset = {
        "images": [{"id": i} for i in range(len(truths))],
        "annotations": numbered,
        "categories": [{"id": k} for k in range(10)],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
        judge = COCOeval(coco, coco.loadRes(found), "bbox")
        judge.evaluate()
        judge.accumulate()


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

    some = material("valid")
    scenes = compose(some, 200)
    shapes = [(12, 24), (16, 18), (24, 12), (18, 36), (24, 26), (36, 19)]
    anchors = make_anchors(96, {8: shapes, 16: shapes})
    model = SSD(10).eval()
    composing, looking, owning = best_seconds(
        lambda: compose(some, 32),
        lambda: detect(model, scenes.images[:32], anchors, floor=0.2),
        lambda: targets(anchors, scenes.boxes[:32], scenes.labels[:32]),
    )
    yield Row("scenes composed per second", 32 / composing, at_least=150)
    yield Row("scenes looked at per second", 32 / looking, at_least=30)
    yield Row("assignment / detection", owning / looking, at_most=1)

    rows = zip(scenes.boxes, scenes.labels, strict=True)
    truths = [(boxes[k >= 0], k[k >= 0]) for boxes, k in rows]
    found = [
        (b.repeat(4, 1) + 4 * torch.rand(4 * len(b), 4).sort(dim=1).values,
         torch.rand(4 * len(b)).sort(descending=True).values, k.repeat(4))
        for b, k in truths
    ]  # fmt: skip
    ours, theirs = best_seconds(
        lambda: average_precision(found, truths, classes=10),
        lambda: coco_evaluation(found, truths),
        rounds=3,
    )
    yield Row("mAP of 200 scenes / COCO's program", ours / theirs, at_most=20)
