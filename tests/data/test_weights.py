"""The bundled weights, in torchvision's network and on a known photograph."""

import torch
import torchvision.models as published
from torch.nn import functional as F

from dlbook.data.images import photo
from dlbook.data.weights import IMAGENET_MEAN, IMAGENET_STD, imagenet_weights
from dlbook.models.mobilenet import MobileNetV2


def probabilities(network):
    """Of the 1,000 classes, for the bundled photograph of a cat."""
    mean = torch.tensor(IMAGENET_MEAN)[:, None, None]
    std = torch.tensor(IMAGENET_STD)[:, None, None]
    image = photo("cat")[:, :300, 75:375].float() / 255
    image = F.interpolate(image[None], size=224, mode="bilinear")
    with torch.no_grad():
        return network.eval()((image - mean) / std).softmax(dim=1)[0]


def test_they_fit_torchvisions_network_and_ours():
    weights = imagenet_weights()
    theirs = published.mobilenet_v2()
    theirs.load_state_dict(weights)
    ours = MobileNetV2()
    values = zip(ours.state_dict(), weights.values(), strict=True)
    ours.load_state_dict(dict(values))
    torch.testing.assert_close(probabilities(ours), probabilities(theirs))


def test_they_name_the_cat():
    network = published.mobilenet_v2()
    network.load_state_dict(imagenet_weights())
    best = probabilities(network).argmax().item()
    names = published.MobileNet_V2_Weights.DEFAULT.meta["categories"]
    assert "cat" in names[best] or names[best] == "tabby"


def test_they_are_float_and_finite():
    weights = imagenet_weights()
    floats = [v for v in weights.values() if v.is_floating_point()]
    assert all(v.dtype == torch.float32 for v in floats)
    assert all(torch.isfinite(v).all() for v in floats)
    assert sum(v.numel() for n, v in weights.items() if "running" not in n
               and "num_batches" not in n) == 3_504_872  # fmt: skip
