"""The full run of the page, as far as it goes without a GPU."""

from functools import partial
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
    """{network: (small, full)}: how the page builds each network."""
    page = nbformat.read(CHAPTERS / "modern_cnns.ipynb", 4)
    small = {}

    def compete(name, network, *, lr):
        small[name] = network

    names = {"nn": nn, "partial": partial, "compete": compete}
    for network in NETWORKS:
        names[network.__name__] = network
    for cell in page.cells:
        competes = "compete(" in cell.source
        if competes and "def compete" not in cell.source:
            exec(cell.source, names)
        if cell.cell_type == "code" and "FULL = {" in cell.source:
            exec(cell.source, names)
    assert list(names["FULL"]) == list(small)
    return {
        network: (small[name], partial(network, **settings))
        for name, (network, settings) in names["FULL"].items()
    }


def widths(model) -> list[int]:
    """Of all convolutions and of all fully connected layers but the last."""
    return [
        layer.weight.shape[0]
        for layer in model.modules()
        if isinstance(layer, nn.Conv2d | nn.Linear)
    ][:-1]


def test_all_eight_compete_with_networks_of_their_own_class(entries):
    assert tuple(entries) == NETWORKS
    for network, (small, _) in entries.items():
        assert small.func is network


@pytest.mark.parametrize("network", NETWORKS)
def test_the_full_run_trains_the_layers_of_the_paper(entries, network):
    _, full = entries[network]
    with torch.device("meta"):
        assert widths(full(10, 1)) == widths(network())


@pytest.mark.parametrize("network", NETWORKS)
def test_the_full_network_takes_a_step_on_small_images(entries, network):
    _, full = entries[network]
    torch.manual_seed(0)
    model = full(10, 1).to(memory_format=torch.channels_last)
    images = torch.randn(2, 1, 28, 28)
    with torch.autocast("cpu", torch.bfloat16):
        model(images).sum().backward()
    assert all(p.grad.isfinite().all() for p in model.parameters())


@pytest.mark.parametrize("network", LARGE)
def test_the_small_network_is_a_tenth_of_it(entries, network):
    with torch.device("meta"):
        small, full = (build(10, 1) for build in entries[network])
    assert 10 * count_parameters(small) < count_parameters(full)
