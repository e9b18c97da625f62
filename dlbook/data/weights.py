"""The bundled weights of a network that was trained on ImageNet."""

import io

import torch
from torch import Tensor

from dlbook.data.files import read

IMAGENET_MEAN = (0.485, 0.456, 0.406)  # of the pixels it was trained on
IMAGENET_STD = (0.229, 0.224, 0.225)


def imagenet_weights() -> dict[str, Tensor]:
    """torchvision's MobileNetV2 (file b0353104): its `state_dict`, as float.

    1,000 classes; images (B, 3, H, W) with values in 0..1, from which the
    mean `IMAGENET_MEAN` was subtracted, and which were divided by
    `IMAGENET_STD`, channel by channel. The file keeps 16 bits of each weight.
    Names and order are those of `torchvision.models.mobilenet_v2`.
    """
    file = io.BytesIO(read("mobilenet_v2-imagenet-half.pt"))
    state = torch.load(file, weights_only=True)
    return {
        name: tensor.float() if tensor.is_floating_point() else tensor
        for name, tensor in state.items()
    }
