"""Semantic segmentation: masks of scenes, a confusion matrix, IoU, Dice."""

import torch
import torch.nn.functional as F


def semantic_masks(scenes):
    """The class at each pixel of scenes: (B, H, W), 0 for the background.

    Class k of the items becomes k + 1. An item that is hidden at a pixel
    does not count there.
    """
    background = scenes.labels.new_zeros(len(scenes.labels), 1)
    classes = torch.cat([background, scenes.labels + 1], dim=1)  # (B, 1 + M)
    owners = scenes.owners.flatten(1) + 1  # 0: no item
    return classes.gather(1, owners).view_as(scenes.owners)


def confusion_matrix(predicted, truth, *, num_classes: int):
    """Counts (K, K) of pixels: row the true class, column the predicted one.

    Sum the matrices of several batches to count over all of them. Pixels
    whose truth is -1 do not count.

    Raises:
        ValueError: the shapes differ, or a class is not in 0..K - 1.
    """
    if predicted.shape != truth.shape:
        raise ValueError(
            f"predictions {tuple(predicted.shape)} and truth "
            f"{tuple(truth.shape)} differ in shape: take the argmax over the "
            "classes first"
        )
    counted = truth >= 0
    predicted, truth = predicted[counted].long(), truth[counted].long()
    if len(truth) > 0:
        highest = max(predicted.max().item(), truth.max().item())
        if predicted.min() < 0 or highest >= num_classes:
            raise ValueError(
                f"classes {predicted.min().item()} to {highest} are not all "
                f"in 0..{num_classes - 1}: check num_classes"
            )
    pairs = num_classes * truth + predicted
    counts = pairs.bincount(minlength=num_classes**2)
    return counts.view(num_classes, num_classes)


def pixel_accuracy(matrix) -> float:
    """Fraction of all pixels whose class is right."""
    return (matrix.diagonal().sum() / matrix.sum()).item()


def class_iou(matrix):
    """Intersection over union of each class: (K,).

    Not a number for a class that is neither there nor predicted.
    """
    shared = matrix.diagonal()
    return shared / (matrix.sum(dim=0) + matrix.sum(dim=1) - shared)


def mean_iou(matrix) -> float:
    """Mean of `class_iou` over the classes that have one."""
    return class_iou(matrix).nanmean().item()


def dice_loss(logits, masks):
    """1 - the mean Dice coefficient of the classes, with soft predictions.

    `logits` (B, K, H, W) and `masks` (B, H, W). Each class counts the same,
    whatever its number of pixels in the batch. (Milletari et al., 2016,
    section 3, without the squares of the denominator.)
    """
    probabilities = logits.softmax(dim=1)
    truth = F.one_hot(masks, logits.shape[1]).permute(0, 3, 1, 2)
    shared = (probabilities * truth).sum(dim=(0, 2, 3))  # (K,)
    total = probabilities.sum(dim=(0, 2, 3)) + truth.sum(dim=(0, 2, 3))
    return 1 - (2 * shared / total.clamp(min=1e-6)).mean()
