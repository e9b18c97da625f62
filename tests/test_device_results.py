"""What computes on an accelerator stays there, and is what a CPU computes.

Each case is a function of a device; see support/accelerator.py.
"""

from functools import partial
from pathlib import Path

import pytest
import torch
from accelerator import DEVICE, Accelerator, Remote, assert_same_on_both
from small_models import (
    CAUSAL,
    PAIRS,
    TRANSLATORS,
    K,
    scene_batch,
    small_anchors,
)
from style_cases import stylised
from torch.utils.data import TensorDataset

from dlbook.data.loaders import batches
from dlbook.language import (
    beam_search,
    hierarchical_softmax,
    translation,
    word_vectors,
)
from dlbook.language.similarity import answers, nearest, spearman
from dlbook.layers import (
    attention,
    convolution,
    transposed_convolution,
)
from dlbook.layers.batch_norm import BatchNorm
from dlbook.layers.embedding import embedding
from dlbook.layers.transformer_block import Block, PostNormBlock
from dlbook.models.ssd import SSD
from dlbook.models.yolo import YOLO
from dlbook.runtime import multiply_adds, to_device
from dlbook.vision import (
    anchors,
    average_precision,
    boxes,
    detection,
    detection_errors,
    region_pooling,
    scenes,
    segmentation,
    suppression,
    yolo,
)

ROOMS = Path(__file__).parents[1] / "dlbook"


def files(room):
    return {path.stem for path in (ROOMS / room).glob("[!_]*.py")}


def masks(device):
    tokens = PAIRS[0].to(device)
    mask = attention.causal_mask(5, device=device)
    return (
        mask,
        attention.padding_mask(tokens),
        attention.padding_mask(tokens) & mask,
    )


def attention_weights(device):
    layer = attention.MultiHeadAttention(8, 2).to(device)
    additive = attention.AdditiveAttention(3, 8, 4).to(device)
    mask = attention.padding_mask(PAIRS[0].to(device))
    x = torch.randn(3, 5, 8).to(device)
    keys = additive.to_key(x)
    query = torch.randn(3, 3).to(device)
    return (
        layer(x, x, mask),
        layer.weights(x, x, mask),
        additive(query, x, keys, mask[:, 0, 0]),
    )


def blocks(device):
    x = torch.randn(3, 5, 8).to(device)
    mask = attention.causal_mask(5, device=device)
    return [cls(8, 2).to(device)(x, mask) for cls in (Block, PostNormBlock)]


def convolutions(device):
    images, weight = torch.randn(2, 3, 5, 6), torch.randn(2, 3, 3, 2)
    images, weight = images.to(device), weight.to(device)
    layer = convolution.conv_norm_activation(3, 4, 3).to(device)
    return (
        convolution.conv2d_by_loops(images, weight, stride=2, padding=1),
        convolution.conv2d_by_matrix(images, weight, stride=2, padding=1),
        layer(images),
        multiply_adds(layer, images),
    )


def normalised(device):
    layer = BatchNorm(3).to(device)
    x = torch.randn(4, 3, 2, 2).to(device)
    return layer(x), layer.eval()(x), layer.running_mean


def embedded(device):
    return embedding(K, 3).to(device)(PAIRS[0].to(device))


def searched(device):
    """Greedy search, beams and scores of every model that can step."""
    starts, limits = torch.ones(3, dtype=torch.long), {"end": 2}
    starts, results = starts.to(device), []
    for name in (*TRANSLATORS, "causal"):
        torch.manual_seed(0)
        if name == "causal":
            model = CAUSAL().to(device).eval()
            state = model.start(3)
        else:
            model = TRANSLATORS[name]().to(device).eval()
            state = model.start(PAIRS[0].to(device))
        run = partial(beam_search.greedy, model.step, state, starts)
        results.append(run(max_length=6, **limits))
        run = partial(beam_search.beam_search, model.step, state, starts)
        results.extend(run(max_length=6, width=3, **limits))
        targets = PAIRS[1].to(device)
        run = partial(beam_search.score, model.step, state, starts, targets)
        results.append(run(**limits))
    return results


def batches_of_pairs(device):
    loader = translation.PairLoader(*PAIRS, 2, device=device)
    return [*loader, *loader]


def shortlisted(device):
    return translation.shortlist(PAIRS[1].to(device), 20, 5)


def trained_vectors(device):
    counts = torch.tensor([9.0, 5, 4, 3, 2, 1, 1])
    stream = torch.multinomial(counts, 400, replacement=True)
    stream, counts = stream.to(device), counts.to(device)
    train = partial(
        word_vectors.train_vectors, stream, counts, width=4, epochs=1,
        threshold=1.0,
    )  # fmt: skip
    table = word_vectors.cooccurrences(stream, K, window=3)
    vectors, losses = word_vectors.train_glove(table, width=4, epochs=1)
    cbow = train(method=word_vectors.cbow, context_is_input=True)
    return train(), cbow, table, vectors, losses


def trained_tree(device):
    counts = torch.tensor([9.0, 5, 4, 3, 2, 1, 1])
    stream = torch.multinomial(counts, 400, replacement=True).to(device)
    return hierarchical_softmax.train_hierarchical(
        stream, counts.to(device), width=4, threshold=1.0
    )


def compared(device):
    vectors = torch.randn(9, 4).to(device)
    questions = torch.tensor([[0, 1, 2], [5, 4, 3]]).to(device)
    return (
        answers(questions, vectors),
        nearest(vectors[0], vectors, count=3, without=(0, 1)),
        spearman(vectors[:, 0], vectors[:, 1]),
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


def enlarged(device):
    maps = torch.randn(2, 3, 4, 5).to(device)
    kernel = transposed_convolution.bilinear_kernel(3, 2).to(device)
    return transposed_convolution.conv_transpose2d(maps, kernel, stride=2)


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


def loaded(device):
    data = TensorDataset(torch.arange(9.0), torch.arange(9))
    loader = batches(data, 4, shuffle=True, device=device)
    return [list(batch) for batch in loader]


@pytest.mark.parametrize("shuffle", [False, True])
def test_batches_that_are_on_the_device_wait_for_nothing(shuffle):
    with Accelerator() as accelerator:
        images, labels = torch.randn(9, 2, 2), torch.arange(9)
        data = TensorDataset(images, labels)
        loader = batches(data, 4, shuffle=shuffle, device=DEVICE)
        pairs = translation.PairLoader(*PAIRS, 2, device=DEVICE)
        accelerator.waits.clear()
        assert len([*loader, *pairs]) == 5
        assert accelerator.waits == []


# For each other file that computes with tensors: what is to be compared.
OTHERS = {
    "data/loaders": [loaded],
    "language/beam_search": [searched],
    "language/hierarchical_softmax": [trained_tree],
    "language/similarity": [compared],
    "language/translation": [batches_of_pairs, shortlisted],
    "language/word_vectors": [trained_vectors],
    "layers/attention": [masks, attention_weights],
    "layers/batch_norm": [normalised],
    "layers/convolution": [convolutions],
    "layers/embedding": [embedded],
    "layers/transformer_block": [blocks],
    "layers/transposed_convolution": [enlarged],
    "vision/anchors": [assigned],
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
# Files and words and no device.
WITHOUT = {"bleu", "ngrams", "style_pictures", "vocabulary"}


def test_every_file_has_a_case():
    for room in ("language", "layers", "vision"):
        names = {f"{room}/{name}" for name in files(room) - WITHOUT}
        assert names <= set(OTHERS)


@pytest.mark.parametrize(
    "function",
    [function for functions in OTHERS.values() for function in functions],
    ids=lambda function: function.__name__,
)
def test_results_are_on_the_device_and_those_of_a_cpu(function):
    assert_same_on_both(function)
