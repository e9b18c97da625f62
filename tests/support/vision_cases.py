"""Cases of the room `vision`: what is to be the same on every device.

Each is a function of a device; see accelerator.py.
"""

import torch
from accelerator import Remote
from small_models import scene_batch, small_anchors
from torch import nn

from dlbook.models.ssd import SSD
from dlbook.models.yolo import YOLO
from dlbook.runtime import to_device
from dlbook.vision import (
    anchors,
    augmentation,
    average_precision,
    boxes,
    detection,
    detection_errors,
    region_pooling,
    scenes,
    segmentation,
    style,
    suppression,
    yolo,
)


def some_boxes(device):
    corner = 20 * torch.rand(12, 2)
    corners = torch.cat([corner, corner + 4 + 8 * torch.rand(12, 2)], dim=1)
    return corners.to(device), torch.rand(12).to(device)


def box_arithmetic(device):
    some, _ = some_boxes(device)
    offsets = boxes.encode(some, some.roll(1, 0))
    return (
        boxes.iou(some, some[:5]),
        boxes.clip(some, 20, 18),
        boxes.decode(offsets, some.roll(1, 0)),
        boxes.centres(some),
    )


def suppressed(device):
    some, scores = some_boxes(device)
    labels = (torch.arange(12) % 2).to(device)
    return (
        suppression.nms_by_loop(some, scores, 0.2),
        suppression.nms(some, scores, 0.2, block=3),
        suppression.nms_by_class(some, scores, labels, 0.2),
        suppression.soft_nms(some, scores, min_score=0.1),
        suppression.soft_nms_by_class(some, scores, labels, min_score=0.1),
    )


def assigned(device):
    _, corners, labels, _ = to_device(scene_batch(), device)
    return anchors.targets(small_anchors(device), corners, labels)


def pooled(device):
    maps = torch.randn(2, 8, 8).to(device)
    some, _ = some_boxes(device)
    settings = {"size": 2, "scale": 0.25}
    return (
        region_pooling.roi_pool(maps, some, **settings),
        region_pooling.roi_align(maps, some, **settings),
    )


def composed(device):
    source = scenes.SceneSource(
        torch.rand(9, 28, 28), torch.arange(9), [torch.rand(3, 60, 70)]
    )
    loader = scenes.SceneLoader(
        source, 4, 2, size=48, items=(1, 2), device=device
    )
    batch, *_ = loader
    return list(batch)


def segmented(device):
    """Masks, counts of pixels and the loss; two scenes with two items."""
    owners = torch.randint(-1, 2, (2, 5, 6))
    labels, none = torch.tensor([[0, 3], [2, -1]]), torch.zeros(0)
    owners[1].clamp_(max=0)
    batch = scenes.Scenes(none, none, labels, none, owners)
    masks = segmentation.semantic_masks(to_device(batch, device))
    logits = torch.randn(2, 5, 5, 6).to(device)
    matrix = segmentation.confusion_matrix(
        logits.argmax(dim=1), masks, num_classes=5
    )
    iou = segmentation.class_iou(matrix)
    return masks, matrix, iou, segmentation.dice_loss(logits, masks)


def touched(device):
    """Where items on black touch their boxes."""
    images = torch.rand(4, 1, 9, 9).to(device)
    return scenes.extreme_points(images[:, 0] > 0.8)


def detected(device):
    """Detections are on the CPU, whatever the device of the model."""
    model = SSD(3, 2, widths=(4, 6, 8), num_anchors=2).to(device).eval()
    images = scene_batch()[0]
    detections = detection.detect(model, images, small_anchors(device))
    assert not any(isinstance(t, Remote) for row in detections for t in row)
    return [list(to_device(row, device)) for row in detections]


def detected_in_cells(device):
    """Targets, loss, and detections, which are on the CPU."""
    images, corners, labels, _ = to_device(scene_batch(), device)
    shapes = images.new_tensor([[8, 8], [12, 20]])
    aims = yolo.cell_targets(corners, labels, shapes, cells=2, size=32)
    model = YOLO(3, 2, widths=(4, 6, 8)).to(device).eval()
    losses = yolo.cell_loss(model(images), *aims)
    detections = yolo.detect_cells(model, images, shapes)
    assert not any(isinstance(t, Remote) for row in detections for t in row)
    rows = [list(to_device(row, device)) for row in detections]
    return [*aims, *losses, *rows]


def truths(device):
    """Two images' detections and truths, with matches and without."""
    some, scores = some_boxes(device)
    labels = (torch.arange(12) % 2).to(device)
    found = [
        (some[:6], scores[:6], labels[:6]),
        (some[6:], scores[6:], labels[6:]),
    ]
    there = [(some[2:5] + 0.5, labels[2:5]), (some[:3], labels[:3])]
    return found, there


def scored(device):
    """Tables of a few numbers are on the CPU; so is what prints them."""
    table = average_precision.average_precision(*truths(device), num_classes=2)
    confusion = detection_errors.confusion_matrix(
        *truths(device), num_classes=2
    )
    return table.to(device), confusion.to(device)


def diagnosed(device):
    return detection_errors.diagnose(*truths(device))


def augmented(device):
    """Copies and mixtures of three small images."""
    images = torch.rand(3, 1, 6, 5).to(device)
    labels = torch.arange(3).to(device)
    settings = {"num_classes": 3, "alpha": 1.0}
    return (
        augmentation.random_copies(images, torch.neg, copies=2),
        *augmentation.mixup(images, labels, **settings),
        *augmentation.cutmix(images, labels, **settings),
    )


def stylised(device):
    """Feature maps, Gram matrices, and the losses of two pictures."""
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 5, 2))
    extractor = style.FeatureMaps(network, (0, 2)).to(device)
    images = torch.rand(2, 3, 6, 7).to(device)
    maps = extractor(images)
    grams = {k: style.gram_matrix(v[:1]) for k, v in maps.items()}
    return (
        *maps.values(),
        *grams.values(),
        style.style_loss(maps, grams),
        style.relative_error(maps[2], maps[2].flip(0)),
        style.total_variation(images),
    )


VISION = {
    "vision/anchors": [assigned],
    "vision/augmentation": [augmented],
    "vision/average_precision": [scored],
    "vision/boxes": [box_arithmetic],
    "vision/detection": [detected],
    "vision/detection_errors": [diagnosed],
    "vision/region_pooling": [pooled],
    "vision/scenes": [composed, touched],
    "vision/segmentation": [segmented],
    "vision/style": [stylised],
    "vision/suppression": [suppressed],
    "vision/yolo": [detected_in_cells],
}
