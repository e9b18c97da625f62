"""Captions of images: what is attended to, and step by step decoding."""

import torch

from dlbook.models.captioner import Captioner


def build():
    """A model, two images, and captions so far (2, 5)."""
    torch.manual_seed(0)
    model = Captioner(
        9, image_size=16, in_channels=2, widths=(4, 6), width=5
    ).double()
    images = torch.randn(2, 2, 16, 16).double()
    return model.eval(), images, torch.randint(1, 9, (2, 5))


def test_weights_are_over_the_positions_of_the_feature_map():
    model, images, tokens = build()
    state = model.start(images)
    assert state[2].shape == (2, 16, 6)
    _, weights = model.decoder(tokens, state)
    assert weights.shape == (2, 5, 16)
    ones = torch.ones(2, 5).double()
    torch.testing.assert_close(weights.sum(dim=-1), ones)


def test_each_token_is_predicted_from_tokens_before_it_alone():
    model, images, tokens = build()
    logits = model(images, tokens)
    assert logits.shape == (2, 5, 9)
    changed = tokens.clone()
    changed[:, 3:] = tokens[:, 3:] % 8 + 1
    after = model(images, changed)
    torch.testing.assert_close(logits[:, :3], after[:, :3])
    assert not torch.allclose(logits[:, 3], after[:, 3])


def test_every_part_of_the_image_and_its_position_count():
    model, images, tokens = build()
    logits = model(images, tokens)
    for row in range(4):
        for column in range(4):
            changed = images.clone()
            changed[:, :, 4 * row + 1, 4 * column + 2] += 2
            assert not torch.allclose(model(changed, tokens), logits)
    memory = model.start(images)[2]
    with torch.no_grad():
        model.positions[0, 3] += 1
    moved = model.start(images)[2] - memory
    assert moved[:, 3].eq(moved[0, 3]).all() and (moved[:, 3] != 0).all()
    assert moved[:, :3].count_nonzero() == 0


def test_steps_give_the_logits_of_the_whole():
    model, images, tokens = build()
    state, logits = model.start(images), []
    for column in tokens.unbind(dim=1):
        step, state = model.step(column, state)
        logits.append(step)
    whole = model(images, tokens)
    torch.testing.assert_close(torch.stack(logits, dim=1), whole)


def test_every_weight_has_a_gradient():
    model, images, tokens = build()
    model.train()(images, tokens).pow(2).sum().backward()
    assert all(p.grad is not None for p in model.parameters())
