"""Boxes relative to cells: what a detector on a grid learns and predicts.

Redmon & Farhadi, 2017: YOLO9000, section 2. B images, S x S cells with A
anchors (width, height) each, M boxes per image, K classes.
"""

import torch
import torch.nn.functional as F

from dlbook.vision.boxes import centres, clip, corners, iou
from dlbook.vision.detection import Detections, select


def cell_targets(boxes, labels, anchors, *, cells: int, size: int):
    """Classes (B, S, S, A) and offsets (B, S, S, A, 4) that cells predict.

    An item belongs to the cell that holds the centre of its box, and there to
    the anchor (width, height) of `anchors` (A, 2) whose shape has the largest
    IoU with its own. Of two items with the same cell and anchor the later one
    stays. Class 0 is "no item", class 1 + k an item with label k; `labels`
    (B, M) are -1 where there is no item. Offsets are x and y of the centre
    within the cell, in 0..1, and the logarithms of width and height over
    those of the anchor.
    """
    B, M = labels.shape
    position = centres(boxes)[..., :2] * cells / size  # (B, M, 2)
    cell = position.long().clamp(0, cells - 1)
    sizes = centres(boxes)[..., 2:].clamp(min=1e-6)
    best = shape_iou(sizes, anchors).argmax(dim=2)  # (B, M)
    growth = (sizes / anchors[best]).log()
    offsets = torch.cat([position - cell, growth], dim=2)
    classes = labels.new_zeros(B, cells, cells, len(anchors))
    target = boxes.new_zeros(B, cells, cells, len(anchors), 4)
    image = torch.arange(B, device=boxes.device)
    for m in range(M):
        at = (image, cell[:, m, 1], cell[:, m, 0], best[:, m])
        present = labels[:, m] >= 0
        classes[at] = (labels[:, m] + 1).where(present, classes[at])
        target[at] = offsets[:, m].where(present[:, None], target[at])
    return classes, target


def shape_iou(sizes, others):
    """IoU (..., N, M) of boxes (width, height) laid on one centre."""
    boxes = corners(torch.cat([torch.zeros_like(sizes), sizes], dim=-1))
    others = corners(torch.cat([torch.zeros_like(others), others], dim=-1))
    return iou(boxes, others)


def decode_cells(offsets, anchors, *, size: int):
    """Boxes (B, S, S, A, 4), corners, of predicted offsets (B, S, S, A, 4).

    The sigmoid keeps a centre within its cell (Redmon & Farhadi, 2017,
    "direct location prediction").
    """
    cells = offsets.shape[1]
    number = torch.arange(cells, device=offsets.device)
    row, column = torch.meshgrid(number, number, indexing="ij")
    cell = torch.stack([column, row], dim=-1)[:, :, None]  # (S, S, 1, 2)
    centre = (cell + offsets[..., :2].sigmoid()) * size / cells
    sizes = anchors * offsets[..., 2:].exp()
    return corners(torch.cat([centre, sizes], dim=-1))


def cell_loss(predictions, classes, target):
    """Loss of item and class, and of the box, per item.

    `predictions` (B, S, S, A, 5 + K) are what a model predicts, `classes` and
    `target` what `cell_targets` asks for. Differs from the paper: cross
    entropies and the smooth L1 loss in the place of squared errors.
    """
    positive = classes > 0
    count = positive.sum().clamp(min=1)
    item = F.binary_cross_entropy_with_logits(
        predictions[..., 0], positive.float(), reduction="sum"
    )
    logits = predictions[..., 5:].flatten(0, 3)
    labels = (classes - 1).where(positive, -100).flatten()  # -100: ignored
    named = F.cross_entropy(logits, labels, reduction="sum")
    shift = predictions[..., 1:3].sigmoid()
    offsets = torch.cat([shift, predictions[..., 3:5]], dim=-1)
    distance = F.smooth_l1_loss(offsets, target, reduction="none", beta=0.05)
    box = distance.sum(dim=-1).where(positive, 0.0).sum()
    return (item + named) / count, box / count


@torch.no_grad()
def detect_cells(
    model,
    images,
    anchors,
    *,
    min_score: float = 0.02,
    threshold: float = 0.5,
    limit: int = 100,
) -> list[Detections]:
    """What a detector on a grid detects on square images, image by image.

    The score of a class is the probability of an item times that of the
    class. The rest is as in `detect`.
    """
    detections = []
    for chunk in images.split(100):
        outputs = model(chunk.to(anchors.device))
        boxes = decode_cells(outputs[..., 1:5], anchors, size=images.shape[-1])
        boxes = clip(boxes, *images.shape[2:]).flatten(1, 3).cpu()
        item, named = outputs[..., :1].sigmoid(), outputs[..., 5:].softmax(-1)
        probabilities = (item * named).flatten(1, 3).cpu()
        for box, probability in zip(boxes, probabilities, strict=True):
            detections.append(
                select(box, probability, min_score, threshold, limit)
            )
    return detections
