"""Vision Transformer: patches, their positions, the class token."""

import torch
from torch import nn

from dlbook.models.vit import ViT


def build():
    torch.manual_seed(0)
    return ViT(
        image_size=12, patch_size=4, in_channels=3, num_classes=7, width=12,
        heads=3,
    ).double()  # fmt: skip


def test_every_patch_counts_and_so_does_its_position():
    model = build()
    images = torch.randn(2, 3, 12, 12).double()
    logits = model(images)
    assert logits.shape == (2, 7)
    for row in range(3):
        for column in range(3):
            changed = images.clone()
            changed[:, :, 4 * row + 1, 4 * column + 2] += 1
            assert not torch.allclose(model(changed), logits)
    swapped = torch.cat(
        [images[..., 4:8], images[..., :4], images[..., 8:]], 3
    )
    assert not torch.allclose(model(swapped), logits)
    nn.init.constant_(model.positions, 0.3)
    torch.testing.assert_close(model(swapped), model(images))


def test_a_patch_is_embedded_by_one_linear_layer():
    model = build()
    images = torch.randn(2, 3, 12, 12).double()
    embedded = model.patch_embedding(images)  # (B, D, 3, 3)
    weight = model.patch_embedding.weight.flatten(1)
    for row in range(3):
        for column in range(3):
            patch = images[
                ..., 4 * row : 4 * row + 4, 4 * column : 4 * column + 4
            ]
            wanted = patch.flatten(1) @ weight.T + model.patch_embedding.bias
            torch.testing.assert_close(embedded[..., row, column], wanted)


def test_every_weight_has_a_gradient_also_on_the_meta_device():
    for device in ("cpu", "meta"):
        model = build().to(device)
        images = torch.randn(2, 3, 12, 12, device=device).double()
        model(images).sum().backward()
        assert all(p.grad is not None for p in model.parameters())
