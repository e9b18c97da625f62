"""A small one of every model, what it is trained with, and on what."""

from functools import partial

import torch
import torch.nn.functional as F
from torch import nn

from dlbook.language import translation
from dlbook.models.alexnet import AlexNet
from dlbook.models.bahdanau import Bahdanau
from dlbook.models.captioner import Captioner
from dlbook.models.causal import CausalTransformer
from dlbook.models.densenet import DenseNet
from dlbook.models.embedding_network import EmbeddingNetwork
from dlbook.models.fast_style import FastStyle
from dlbook.models.fcn import FCN
from dlbook.models.feature_pyramid import FeaturePyramid
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
from dlbook.models.unet import UNet
from dlbook.models.vgg import VGG
from dlbook.models.vit import ViT
from dlbook.models.yolo import YOLO
from dlbook.training.metric_losses import supervised_contrastive_loss
from dlbook.training.objectives import classification, regression
from dlbook.vision import anchors, detection, yolo

K = 7  # classes, tokens
PAIRS = (  # sources and targets, with padding
    torch.tensor([[4, 2, 0, 0, 0], [3, 6, 5, 1, 2], [5, 4, 3, 2, 0]]),
    torch.tensor([[5, 2, 0, 0], [6, 4, 3, 2], [4, 4, 2, 0]]),
)


def pictures(size=32):
    """A batch (images, labels)."""
    return torch.randn(3, 2, size, size), torch.tensor([0, K - 1, 3])


def characters():
    """A batch (images, labels), two images of each class."""
    return torch.randn(4, 1, 32, 32), torch.tensor([0, 0, 1, 1])


def captioned():
    """A batch (images, captions (B, T))."""
    return torch.randn(3, 2, 16, 16), PAIRS[1]


def sequences():
    """A batch (x (B, T, D), targets (B, units))."""
    return torch.randn(3, 5, 2), torch.randn(3, 4)


def texts():
    """A batch (tokens (B, T), the next tokens (B, T))."""
    tokens = torch.randint(K, (3, 6))
    return tokens[:, :-1], tokens[:, 1:]


def masked():
    """A batch (images, masks), the class of every pixel."""
    return torch.randn(3, 2, 16, 24), torch.randint(K, (3, 16, 24))


def scene_batch():
    """A batch (images, boxes, labels, anchors), two boxes for each image."""
    corners = torch.tensor([[4.0, 4, 20, 24], [10, 8, 30, 31]])
    labels = torch.tensor([[0, 2], [1, -1], [-1, -1]])
    images, grid = torch.randn(3, 2, 32, 32), small_anchors("cpu")
    return images, corners.expand(3, 2, 4), labels, grid


def metric(model, batch):
    images, labels = batch
    return supervised_contrastive_loss(model(images), labels), {}


def next_token(model, batch):
    tokens, targets = batch
    logits = model(tokens)
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten()), {}


def last_output(model, batch):
    x, targets = batch
    return F.mse_loss(model(x)[0][:, -1, :4], targets), {}


def classify_pixels(model, batch):
    images, masks = batch
    return F.cross_entropy(model(images), masks), {}


def detect_items(model, batch):
    images, corners, labels, grid = batch
    aims = anchors.targets(grid, corners, labels)
    first, second = detection.detection_loss(*model(images), *aims)
    return first + second, {"localisation": second}


def detect_in_cells(model, batch):
    images, corners, labels, _ = batch
    predictions, shapes = model(images), images.new_tensor([[8, 8], [12, 20]])
    cells = predictions.shape[1]
    aims = yolo.cell_targets(corners, labels, shapes, cells=cells, size=32)
    first, second = yolo.cell_loss(predictions, *aims)
    return first + second, {"box": second}


class OnImages(nn.Module):
    """A pyramid on images and their halves; its means (B, 3)."""

    def __init__(self):
        super().__init__()
        self.pyramid = FeaturePyramid([2, 2], 3)

    def forward(self, images):
        maps = self.pyramid([images, images[..., ::2, ::2]])
        return sum(x.mean(dim=(2, 3)) for x in maps)


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
    "captioner": (
        partial(Captioner, K, image_size=16, in_channels=2, widths=(4, 6)),
        translation.teacher_forced,
        captioned,
    ),
    "causal": (CAUSAL, next_token, texts),
    "densenet": (
        partial(DenseNet, K, 2, depths=(2, 1), growth_rate=3),
        classification,
        pictures,
    ),
    "fast_style": (
        partial(FastStyle, width=3, depth=1),
        regression,
        (torch.rand(2, 3, 16, 16), torch.rand(2, 3, 16, 16)),
    ),
    "fcn": (
        partial(FCN, K, 2, widths=(3, 4, 5), scores=2),
        classify_pixels,
        masked,
    ),
    "embedding_network": (
        partial(EmbeddingNetwork, 5, width=3), metric, characters
    ),
    "feature_pyramid": (
        OnImages, regression, (torch.ones(2, 2, 8, 8), torch.ones(2, 3))
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
    "unet": (
        partial(UNet, K, 2, widths=(3, 4, 5)), classify_pixels, masked
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
    "yolo": (
        partial(YOLO, 3, 2, widths=(4, 6, 8)), detect_in_cells, scene_batch
    ),
}  # fmt: skip
