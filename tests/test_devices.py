"""On an accelerator everything computes there, and what a CPU computes.

Each case is a function of a device. It runs on the CPU and on an accelerator
that is none (support/accelerator.py), which refuses to mix tensors of the
two; the results must be equal, and be on the device.
"""

from functools import partial
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from accelerator import CPU, DEVICE, Accelerator, Remote, held, state_of
from torch import nn

from dlbook.data.loaders import batches
from dlbook.language import beam_search, translation, word_vectors
from dlbook.language.similarity import answers, nearest, spearman
from dlbook.layers import attention, convolution
from dlbook.layers.batch_norm import BatchNorm
from dlbook.layers.embedding import embedding
from dlbook.layers.transformer_block import Block, PostNormBlock
from dlbook.models.alexnet import AlexNet
from dlbook.models.bahdanau import Bahdanau
from dlbook.models.causal import CausalTransformer
from dlbook.models.densenet import DenseNet
from dlbook.models.googlenet import GoogLeNet
from dlbook.models.gru import GRUCell
from dlbook.models.language import Carried, LanguageModel
from dlbook.models.lenet import LeNet
from dlbook.models.lenet_batchnorm import LeNetBatchNorm
from dlbook.models.lstm import LSTMCell
from dlbook.models.mlp import MLP
from dlbook.models.mobilenet import MobileNetV2
from dlbook.models.nin import NiN
from dlbook.models.resnet import Bottleneck, ResNet
from dlbook.models.rnn import Recurrent, RNNCell
from dlbook.models.seq2seq import Seq2Seq
from dlbook.models.ssd import SSD
from dlbook.models.transformer import Transformer
from dlbook.models.vgg import VGG
from dlbook.models.vit import ViT
from dlbook.runtime import multiply_adds, to_device
from dlbook.training.fit import fit
from dlbook.training.objectives import classification, regression
from dlbook.vision import (
    anchors,
    average_precision,
    boxes,
    detection,
    detection_errors,
    region_pooling,
    scenes,
    suppression,
)

ROOMS = Path(__file__).parents[1] / "dlbook"
K = 7  # classes, tokens
PAIRS = (  # sources and targets, with padding
    torch.tensor([[4, 2, 0, 0, 0], [3, 6, 5, 1, 2], [5, 4, 3, 2, 0]]),
    torch.tensor([[5, 2, 0, 0], [6, 4, 3, 2], [4, 4, 2, 0]]),
)


def pictures(size=32):
    """A batch (images, labels)."""
    return torch.randn(3, 2, size, size), torch.tensor([0, K - 1, 3])


def sequences():
    """A batch (x (B, T, D), targets (B, units))."""
    return torch.randn(3, 5, 2), torch.randn(3, 4)


def texts():
    """A batch (tokens (B, T), the next tokens (B, T))."""
    tokens = torch.randint(K, (3, 6))
    return tokens[:, :-1], tokens[:, 1:]


def scene_batch():
    """A batch (images, boxes, labels, anchors), two boxes for each image."""
    corners = torch.tensor([[4.0, 4, 20, 24], [10, 8, 30, 31]])
    labels = torch.tensor([[0, 2], [1, -1], [-1, -1]])
    images, grid = torch.randn(3, 2, 32, 32), small_anchors("cpu")
    return images, corners.expand(3, 2, 4), labels, grid


def next_token(model, batch):
    tokens, targets = batch
    logits = model(tokens)
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten()), {}


def last_output(model, batch):
    x, targets = batch
    return F.mse_loss(model(x)[0][:, -1, :4], targets), {}


def detect_items(model, batch):
    images, corners, labels, grid = batch
    aims = anchors.targets(grid, corners, labels)
    first, second = detection.detection_loss(*model(images), *aims)
    return first + second, {"localisation": second}


def small_anchors(device):
    shapes = [(8, 8), (12, 20)]
    return anchors.make_anchors(32, {8: shapes, 16: shapes}, device=device)


def recurrent(cell):
    return Recurrent(cell, 2, 4, layers=2, bidirectional=True)


def carried():
    return Carried(LanguageModel(nn.LSTM, K, units=5, width=3, dropout=0.2))


def vgg():
    return VGG(
        K, 2, depths=(1, 2), widths=(3, 4), hidden=6, grid=8,
        norm=nn.BatchNorm2d,
    )  # fmt: skip


TABLE = (((2, (3, 4), (2, 3), 2),), ((3, (2, 4), (2, 3), 2),))
TRANSLATORS = {
    "bahdanau": partial(Bahdanau, K, K, width=4, units=6),
    "seq2seq": partial(Seq2Seq, K, K, width=4, units=6),
    "transformer": partial(Transformer, K, K, width=8, heads=2),
}
CAUSAL = partial(CausalTransformer, K, width=8, heads=2)

# For each file of dlbook/models: what to build, and what to train it with.
MODELS = {
    "alexnet": (
        partial(
            AlexNet, K, 2, widths=(3, 4, 5, 4, 3), hidden=6, kernel_size=5,
            stride=1, grid=3,
        ),
        classification,
        pictures,
    ),
    "bahdanau": (
        TRANSLATORS["bahdanau"], translation.teacher_forced, PAIRS
    ),
    "causal": (CAUSAL, next_token, texts),
    "densenet": (
        partial(DenseNet, K, 2, depths=(2, 1), growth_rate=3),
        classification,
        pictures,
    ),
    "googlenet": (
        partial(
            GoogLeNet, K, 2, widths=(3, 3, 4), table=TABLE,
            pool_sizes=(3, 2),
        ),
        classification,
        pictures,
    ),
    "gru": (partial(recurrent, GRUCell), last_output, sequences),
    "language": (carried, next_token, texts),
    "lenet": (partial(LeNet, K, 2), classification, partial(pictures, 28)),
    "lenet_batchnorm": (
        partial(LeNetBatchNorm, K, 2), classification, partial(pictures, 28)
    ),
    "lstm": (partial(recurrent, LSTMCell), last_output, sequences),
    "mlp": (
        partial(MLP, (2, 6, 4), dropout=0.2),
        regression,
        (torch.ones(3, 2), torch.arange(12.0).view(3, 4)),
    ),
    "mobilenet": (
        partial(
            MobileNetV2, K, 2, table=((1, 4, 1, 1), (2, 4, 2, 2)),
            widths=(5, 6),
        ),
        classification,
        pictures,
    ),
    "nin": (
        partial(NiN, K, 2, widths=((3, 4, 3), (4, 4, 4), (4, 4))),
        classification,
        pictures,
    ),
    "resnet": (
        partial(
            ResNet, K, 2, block=Bottleneck, depths=(1, 2), widths=(3, 4),
            stem=(3, 1, 1),
        ),
        classification,
        pictures,
    ),
    "rnn": (partial(recurrent, RNNCell), last_output, sequences),
    "seq2seq": (
        TRANSLATORS["seq2seq"], translation.teacher_forced_sampled, PAIRS
    ),
    "ssd": (
        partial(SSD, 3, 2, widths=(4, 6, 8), num_anchors=2),
        detect_items,
        scene_batch,
    ),
    "transformer": (
        TRANSLATORS["transformer"], translation.teacher_forced, PAIRS
    ),
    "vgg": (vgg, classification, pictures),
    "vit": (
        partial(
            ViT, in_channels=2, num_classes=K, width=8, heads=2, layers=1,
            dropout=0.1,
        ),
        classification,
        partial(pictures, 28),
    ),
}  # fmt: skip


# How often a forward pass waits: rows are sorted by length on the CPU.
WAITS = {"bahdanau": 2, "seq2seq": 2}


def files(room):
    return {path.stem for path in (ROOMS / room).glob("[!_]*.py")}


def test_every_model_has_a_case():
    assert set(MODELS) == files("models")


def train(build, objective, batch, device, waits=()):
    """The state after two steps, and the history, with validation.

    `waits`, those of an accelerator, are in the end those of the training.
    """
    torch.manual_seed(0)
    model = build().to(device)
    batch = to_device(batch() if callable(batch) else batch, device)
    if waits:
        waits.clear()
    history = fit(
        model,
        [batch, batch],
        [batch],
        epochs=1,
        optimizer=torch.optim.SGD(model.parameters(), 0.1, momentum=0.9),
        objective=objective,
        clip=1.0,
        device=device,
        progress=False,
    )
    del history["seconds"]
    return state_of(model), history


@pytest.mark.parametrize("name", MODELS)
def test_two_steps_of_a_model_are_those_of_a_cpu(name):
    expected = train(*MODELS[name], CPU)
    with Accelerator() as accelerator:
        result = train(*MODELS[name], DEVICE, accelerator.waits)
    torch.testing.assert_close(result, expected)
    in_fit = 8  # two looks; count, loss and a metric, of two passes
    assert len(accelerator.waits) <= in_fit + 3 * WAITS.get(name, 0)


# What is no model.


def assert_same_on_both(function):
    """`function(device)` returns tensors, all on the device, the same."""
    torch.manual_seed(0)
    expected = function(CPU)
    torch.manual_seed(0)
    with Accelerator():
        result = function(DEVICE)
    assert_remote(result)
    torch.testing.assert_close(held(result), expected, equal_nan=True)


def assert_remote(value):
    if isinstance(value, torch.Tensor):
        assert isinstance(value, Remote), "a result is on the CPU"
    elif isinstance(value, tuple | list):
        for item in value:
            assert_remote(item)


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
    train = partial(
        word_vectors.train_vectors, stream, counts, width=4, epochs=1,
        threshold=1.0, batch_size=8, device=device,
    )  # fmt: skip
    table = word_vectors.cooccurrences(stream.to(device), K, window=3)
    vectors, losses = word_vectors.train_glove(
        table, width=4, epochs=1, device=device
    )
    cbow = train(method=word_vectors.cbow, context_is_input=True)
    return train(), cbow, table, vectors, losses


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
        torch.rand(9, 28, 28), torch.arange(9), [torch.rand(60, 70)]
    )
    loader = scenes.SceneLoader(
        source, 4, 2, size=48, items=(1, 2), device=device
    )
    batch, *_ = loader
    return list(batch)


def touched(device):
    """Where items on black touch their boxes."""
    images = torch.rand(4, 1, 9, 9).to(device)
    return scenes.extreme_points(images * (images > 0.8))


def detected(device):
    """Detections are on the CPU, whatever the device of the model."""
    model = SSD(3, 2, widths=(4, 6, 8), num_anchors=2).to(device).eval()
    images = scene_batch()[0]
    detections = detection.detect(model, images, small_anchors(device))
    assert not any(isinstance(t, Remote) for row in detections for t in row)
    return [list(to_device(row, device)) for row in detections]


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
    data = torch.utils.data.TensorDataset(torch.arange(9.0), torch.arange(9))
    loader = batches(data, 4, shuffle=True, device=device)
    return [list(batch) for batch in loader]


@pytest.mark.parametrize("shuffle", [False, True])
def test_batches_that_are_on_the_device_wait_for_nothing(shuffle):
    with Accelerator() as accelerator:
        images, labels = torch.randn(9, 2, 2), torch.arange(9)
        data = torch.utils.data.TensorDataset(images, labels)
        loader = batches(data, 4, shuffle=shuffle, device=DEVICE)
        pairs = translation.PairLoader(*PAIRS, 2, device=DEVICE)
        accelerator.waits.clear()
        assert len([*loader, *pairs]) == 5
        assert accelerator.waits == []


# For each other file that computes with tensors: what is to be compared.
OTHERS = {
    "data/loaders": [loaded],
    "language/beam_search": [searched],
    "language/similarity": [compared],
    "language/translation": [batches_of_pairs, shortlisted],
    "language/word_vectors": [trained_vectors],
    "layers/attention": [masks, attention_weights],
    "layers/batch_norm": [normalised],
    "layers/convolution": [convolutions],
    "layers/embedding": [embedded],
    "layers/transformer_block": [blocks],
    "vision/anchors": [assigned],
    "vision/average_precision": [scored],
    "vision/boxes": [box_arithmetic],
    "vision/detection": [detected],
    "vision/detection_errors": [diagnosed],
    "vision/region_pooling": [pooled],
    "vision/scenes": [composed, touched],
    "vision/suppression": [suppressed],
}
# Files and words and no device.
WITHOUT = {"bleu", "ngrams", "vocabulary"}


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


# Mistakes made on purpose.


class Forgetful(nn.Module):
    """A mask made where the page is, and a table that is no buffer."""

    def __init__(self, mistake):
        super().__init__()
        self.table, self.mistake = torch.ones(4, 5), mistake
        self.linear = nn.Linear(5, 4)

    def forward(self, x):
        if self.mistake == "mask":
            x = x.masked_fill(torch.ones(x.shape[1]) < 1, 0)
        if self.mistake == "table":
            x = x @ self.table.T @ self.table
        if self.mistake == "to the CPU":
            x = x.cpu()
        return self.linear(x)


@pytest.mark.parametrize("mistake", ["mask", "table", "to the CPU"])
def test_a_model_that_mixes_devices_is_found(mistake):
    batch = torch.randn(3, 5), torch.randn(3, 4)
    build = partial(Forgetful, mistake)
    train(build, regression, batch, CPU)
    with (
        Accelerator(),
        pytest.raises(RuntimeError, match="Expected all tensors"),
    ):
        train(build, regression, batch, DEVICE)
    with Accelerator():
        train(partial(Forgetful, None), regression, batch, DEVICE)


def test_a_result_on_the_wrong_device_or_with_wrong_values_is_found():
    with pytest.raises(AssertionError, match="on the CPU"):
        assert_same_on_both(lambda device: torch.ones(3))
    with pytest.raises(AssertionError, match="on the CPU"):
        assert_same_on_both(lambda device: [torch.ones(3).to(device).cpu()])
    with pytest.raises(AssertionError, match="not close"):
        assert_same_on_both(
            lambda device: torch.full((2,), float(device == CPU)).to(device)
        )
