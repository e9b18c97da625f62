"""The networks at the size of their papers, against torchvision."""

import pytest
import torch
import torchvision.models as published
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from benchmarks import modern_cnns as benchmark
from dlbook.models.alexnet import AlexNet
from dlbook.models.densenet import DenseNet
from dlbook.models.googlenet import GoogLeNet, Inception
from dlbook.models.lenet_batchnorm import LeNetBatchNorm
from dlbook.models.mobilenet import InvertedResidual, MobileNetV2
from dlbook.models.nin import NiN
from dlbook.models.resnet import BasicBlock, Bottleneck, ResNet
from dlbook.models.vgg import VGG
from dlbook.runtime import count_parameters, multiply_adds

DEEP = (3, 4, 6, 3)
PUBLISHED = {
    "AlexNet": (
        lambda: AlexNet(),
        lambda: published.alexnet(),
        61_100_840,
    ),
    "VGG-11": (
        lambda: VGG(),
        lambda: published.vgg11(init_weights=False),
        132_863_336,
    ),
    "VGG-11 with batch norm": (
        lambda: VGG(norm=nn.BatchNorm2d),
        lambda: published.vgg11_bn(init_weights=False),
        132_868_840,
    ),
    "VGG-16": (
        lambda: VGG(depths=(2, 2, 3, 3, 3)),
        lambda: published.vgg16(init_weights=False),
        138_357_544,
    ),
    "GoogLeNet": (
        lambda: GoogLeNet(large=3, pools=(3, 3, 2)),
        lambda: published.googlenet(aux_logits=False, init_weights=False),
        6_624_904,
    ),
    "ResNet-18": (
        lambda: ResNet(),
        lambda: published.resnet18(),
        11_689_512,
    ),
    "ResNet-34": (
        lambda: ResNet(depths=DEEP),
        lambda: published.resnet34(),
        21_797_672,
    ),
    "ResNet-50": (
        lambda: ResNet(block=Bottleneck, depths=DEEP),
        lambda: published.resnet50(),
        25_557_032,
    ),
    "DenseNet-121": (
        lambda: DenseNet(),
        lambda: published.densenet121(),
        7_978_856,
    ),
    "MobileNetV2": (
        lambda: MobileNetV2(),
        lambda: published.mobilenet_v2(),
        3_504_872,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_paper_sized_network_is_torchvisions(name):
    build, build_published, parameters = PUBLISHED[name]
    torch.manual_seed(0)
    with torch.device("meta"):
        ours = build().eval()
    theirs = build_published()
    assert count_parameters(ours) == parameters == count_parameters(theirs)
    for layer in theirs.modules():  # statistics that a mistake would show in
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.normal_(layer.bias, std=0.1)
            layer.momentum = None
    # Odd sizes tell floor from ceiling, but fully connected heads need 224.
    size = 224 if name[:3] in {"Ale", "VGG"} else 183
    images = torch.randn(2, 3, size, size)
    with torch.no_grad():
        theirs(images)  # fills the running statistics
        weights = theirs.eval().state_dict().values()
        ours.load_state_dict(
            dict(zip(ours.state_dict(), weights, strict=True)), assign=True
        )
        logits = theirs(images)
        assert logits.std() > 1e-3
        torch.testing.assert_close(ours(images), logits)


@pytest.mark.parametrize("name", PUBLISHED)
def test_multiply_adds_are_half_of_torchs_operations(name):
    with torch.device("meta"):
        model = PUBLISHED[name][0]().eval()
        images = torch.zeros(1, 3, 224, 224)
    with FlopCounterMode(display=False) as counter:
        model(images)
    assert multiply_adds(model, images) == counter.get_total_flops() // 2


def test_multiply_adds_are_per_image_and_leave_the_model_alone():
    model = nn.Sequential(
        nn.Conv2d(6, 4, 3, stride=2, groups=2), nn.Flatten(), nn.Linear(48, 5)
    )
    images = torch.randn(7, 6, 7, 9)  # (7, 9) -> (3, 4)
    count = 4 * 3 * 4 * (3 * 3 * 3) + 48 * 5
    assert multiply_adds(model, images) == count
    assert model.training
    assert not model[0]._forward_hooks


def test_the_counter_is_taken_off_after_an_error():
    model = nn.Sequential(nn.Linear(3, 2))
    with pytest.raises(RuntimeError):
        multiply_adds(model, torch.randn(2, 4))
    assert model.training
    assert not model[0]._forward_hooks


def test_the_textbook_bottleneck_saves_nine_tenths():
    wide = nn.Conv2d(192, 32, 5, padding=2)
    narrow = nn.Sequential(nn.Conv2d(192, 16, 1), nn.Conv2d(16, 32, 5, 1, 2))
    images = torch.zeros(1, 192, 28, 28)
    assert multiply_adds(wide, images) == 120_422_400
    assert multiply_adds(narrow, images) == 12_443_648


def test_nin_has_the_parameters_of_its_paper():
    convolutions = [
        (3, 192, 5), (192, 160, 1), (160, 96, 1),
        (96, 192, 5), (192, 192, 1), (192, 192, 1),
        (192, 192, 3), (192, 192, 1), (192, 10, 1),
    ]  # fmt: skip
    count = sum(a * b * k * k + b for a, b, k in convolutions)
    assert count_parameters(NiN()) == count == 966_986
    assert NiN().eval()(torch.randn(2, 3, 32, 32)).shape == (2, 10)


def test_inception_is_its_four_branches_side_by_side():
    block = Inception(5, (2, (3, 4), (6, 7), 8)).eval()
    x = torch.randn(2, 5, 9, 11)
    parts = block(x).split([2, 4, 7, 8], dim=1)
    assert block.width == 21
    for branch, part in zip(block.branches, parts, strict=True):
        assert torch.equal(branch(x), part)
    assert block.branches[2][1][0].kernel_size == (5, 5)


def test_the_paper_has_a_kernel_of_five_where_torchvision_has_three():
    with torch.device("meta"):
        more = count_parameters(GoogLeNet()) - 6_624_904
    pairs = [
        (16, 32), (32, 96), (16, 48), (24, 64), (24, 64), (32, 64),
        (32, 128), (32, 128), (48, 128),
    ]  # fmt: skip
    assert more == sum(a * b for a, b in pairs) * (25 - 9)


@pytest.mark.parametrize("block", [BasicBlock, Bottleneck])
def test_a_block_that_has_learned_nothing_is_the_identity(block):
    block = block(4 * block.expansion, 4).eval()
    nn.init.zeros_(block.residual[-1][-1].weight)
    x = torch.rand(2, 4 * block.expansion, 5, 6)
    assert torch.equal(block(x), x)


def test_mobilenet_has_no_shortcut_where_the_size_changes():
    images = torch.randn(2, 4, 8, 6)
    for stride, shape in (1, (2, 4, 8, 6)), (2, (2, 4, 4, 3)):
        block = InvertedResidual(4, 4, expansion=2, stride=stride)
        assert block(images).shape == shape


def test_mobilenets_middle_is_one_kernel_for_each_map():
    block = InvertedResidual(5, 7, expansion=3, stride=2)
    shapes = [tuple(p.shape) for p in block.parameters() if p.ndim == 4]
    assert shapes == [(15, 5, 1, 1), (15, 1, 3, 3), (7, 15, 1, 1)]
    assert not block.has_shortcut


NARROW = {
    "AlexNet": lambda: AlexNet(
        7, 2, widths=(3, 4, 5, 6, 7), hidden=8, stem=(5, 1, 2), grid=2
    ),
    "VGG": lambda: VGG(
        7, 2, depths=(1, 2, 1), widths=(3, 4, 5), hidden=6, grid=3
    ),
    "NiN": lambda: NiN(7, 2, widths=((3, 4, 5), (6, 7, 8), (9, 10))),
    "GoogLeNet": lambda: GoogLeNet(
        7, 2, widths=(3, 4, 5), table=[[(1, (2, 3), (4, 5), 6)]], pools=[3]
    ),
    "LeNet": lambda: LeNetBatchNorm(7, 2),
    "ResNet": lambda: ResNet(
        7, 2, depths=(1, 2), widths=(3, 4), stem=(3, 1, 1)
    ),
    "DenseNet": lambda: DenseNet(7, 2, depths=(2, 3), growth=3),
    "MobileNet": lambda: MobileNetV2(
        7, 2, table=[(1, 3, 1, 1), (2, 4, 2, 2)], widths=(5, 6)
    ),
}


@pytest.mark.parametrize("name", NARROW)
def test_the_narrow_network_reads_small_images_and_uses_every_weight(name):
    torch.manual_seed(0)
    model = NARROW[name]()
    logits = model(torch.randn(6, 2, 28, 28))
    assert logits.shape == (6, 7)
    (logits * torch.randn(6, 7)).sum().backward()
    assert all(p.grad is not None for p in model.parameters())


def test_the_published_loader_enlarges_one_image_at_a_time():
    images = torch.zeros(3, 28, 28, dtype=torch.uint8)
    images[1, :, 14:] = 255
    pixels, label = benchmark.Enlarged(images, torch.arange(3).byte())[1]
    assert pixels.shape == (1, 96, 96)
    assert (pixels.min(), pixels.max(), label) == (0, 1, 1)
    assert pixels[0, :, :40].max() == 0
    assert pixels[0, :, 56:].min() == 1


def test_the_benchmark_refuses_a_time_to_a_goal_not_reached(monkeypatch):
    data = torch.utils.data.TensorDataset(
        torch.zeros(4, 1, 28, 28), torch.arange(4)
    )
    monkeypatch.setattr(benchmark, "fashion_mnist", lambda: 3 * (data,))
    with pytest.raises(RuntimeError, match=r"after 1 epochs, below the 0\.9"):
        benchmark.seconds_to_goal(epochs=1)


def test_the_benchmark_compares_an_epoch_and_ten_with_our_time(monkeypatch):
    monkeypatch.setattr(benchmark, "seconds_of_their_epoch", lambda: 600)
    monkeypatch.setattr(benchmark, "seconds_to_goal", lambda: 30)
    assert [row.ratio for row in benchmark.rows()] == [20, 200]
