"""The full run of the page, as far as it goes without a GPU."""

from pathlib import Path

import nbformat
import pytest
import torch
from torch import nn

from dlbook.models.alexnet import AlexNet
from dlbook.models.densenet import DenseNet
from dlbook.models.googlenet import GoogLeNet
from dlbook.models.lenet_batchnorm import LeNetBatchNorm
from dlbook.models.mobilenet import MobileNetV2
from dlbook.models.nin import NiN
from dlbook.models.resnet import ResNet
from dlbook.models.vgg import VGG
from dlbook.runtime import count_parameters

CHAPTERS = Path(__file__).parents[2] / "chapters"
NETWORKS = (
    AlexNet, VGG, NiN, GoogLeNet, LeNetBatchNorm, ResNet, DenseNet, MobileNetV2
)  # fmt: skip
LARGE = [network for network in NETWORKS if network is not LeNetBatchNorm]


@pytest.fixture(scope="module")
def entries():
    """{network: (fitted, narrow)}: what the page enters for its match."""
    page = nbformat.read(CHAPTERS / "modern_cnns.ipynb", 4)
    entered = {}

    def compete(name, network, *, fitted, narrow, lr):
        entered[network] = (fitted, narrow)

    names = {
        "nn": nn,
        "compete": compete,
        "short": False,
        "device": torch.device("cpu"),
    }
    for network in NETWORKS:
        names[network.__name__] = network
    for cell in page.cells:
        if "compete(" in cell.source and "def compete" not in cell.source:
            exec(cell.source, names)
    return entered


def widths(model) -> list[int]:
    """Of all convolutions and of all fully connected layers but the last."""
    return [
        layer.weight.shape[0]
        for layer in model.modules()
        if isinstance(layer, nn.Conv2d | nn.Linear)
    ][:-1]


def test_all_eight_compete(entries):
    assert tuple(entries) == NETWORKS


@pytest.mark.parametrize("network", NETWORKS)
def test_the_full_run_trains_the_layers_of_the_paper(entries, network):
    fitted, _ = entries[network]
    with torch.device("meta"):
        assert widths(network(10, 1, **fitted)) == widths(network())


@pytest.mark.parametrize("network", NETWORKS)
def test_the_full_network_takes_a_step_on_small_images(entries, network):
    fitted, _ = entries[network]
    torch.manual_seed(0)
    model = network(10, 1, **fitted).to(memory_format=torch.channels_last)
    images = torch.randn(2, 1, 28, 28)
    with torch.autocast("cpu", torch.bfloat16):
        model(images).sum().backward()
    assert all(p.grad.isfinite().all() for p in model.parameters())


@pytest.mark.parametrize("network", LARGE)
def test_the_narrow_network_is_a_tenth_of_it(entries, network):
    fitted, narrow = entries[network]
    with torch.device("meta"):
        small = count_parameters(network(10, 1, **fitted | narrow))
        large = count_parameters(network(10, 1, **fitted))
    assert 10 * small < large
