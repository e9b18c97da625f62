"""Transformer blocks against PyTorch's, the cache, and the vision model."""

import pytest
import torch
from torch import nn

from dlbook.layers.attention import causal_mask, padding_mask
from dlbook.layers.transformer_block import Block, PostNormBlock
from dlbook.models.causal import CausalTransformer, empty_cache, write_step
from dlbook.models.transformer import DecoderBlock
from dlbook.models.vit import ViT


def copy_attention(ours, theirs):
    parts = (ours.to_queries, ours.to_keys, ours.to_values)
    weights = torch.cat([part.weight for part in parts])
    theirs.in_proj_weight.data = weights.data.clone()
    theirs.in_proj_bias.data = torch.cat([p.bias for p in parts]).data.clone()
    theirs.out_proj.load_state_dict(ours.output.state_dict())


def copy_rest(ours, theirs, norms):
    theirs.linear1.load_state_dict(ours.mlp[0].state_dict())
    theirs.linear2.load_state_dict(ours.mlp[2].state_dict())
    for mine, name in norms.items():
        norm = getattr(ours, mine)
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
        getattr(theirs, name).load_state_dict(norm.state_dict())


@pytest.mark.parametrize("block", [Block, PostNormBlock])
@pytest.mark.parametrize("masked", [None, "padding", "causal"])
def test_a_block_is_pytorchs_encoder_layer(block, masked):
    torch.manual_seed(0)
    ours = block(12, 3, hidden=20).double()
    theirs = nn.TransformerEncoderLayer(
        12, 3, 20, dropout=0.0, batch_first=True, norm_first=block is Block
    ).double()
    copy_attention(ours.attention, theirs.self_attn)
    copy_rest(ours, theirs, {"norm1": "norm1", "norm2": "norm2"})
    x = torch.randn(2, 5, 12).double()
    mask, options = None, {}
    if masked == "padding":
        tokens = torch.tensor([[1, 2, 3, 0, 0], [1, 1, 1, 1, 1]])
        mask = padding_mask(tokens)
        options = {"src_key_padding_mask": tokens == 0}
    if masked == "causal":
        mask, options = causal_mask(5), {"src_mask": ~causal_mask(5)}
    torch.testing.assert_close(ours(x, mask), theirs(x, **options))


def test_a_decoder_block_is_pytorchs_decoder_layer():
    torch.manual_seed(0)
    ours = DecoderBlock(12, 3).double()
    theirs = nn.TransformerDecoderLayer(
        12, 3, 48, dropout=0.0, batch_first=True, norm_first=True
    ).double()
    copy_attention(ours.attention, theirs.self_attn)
    copy_attention(ours.cross, theirs.multihead_attn)
    names = {"norm1": "norm1", "norm3": "norm2", "norm2": "norm3"}
    copy_rest(ours, theirs, names)
    x, memory = torch.randn(2, 5, 12).double(), torch.randn(2, 7, 12).double()
    tokens = torch.tensor([[1, 2, 3, 9, 4, 0, 0], [1] * 7])
    wanted = theirs(
        x, memory, tgt_mask=~causal_mask(5),
        memory_key_padding_mask=tokens == 0,
    )  # fmt: skip
    found = ours(x, causal_mask(5), memory, padding_mask(tokens))
    torch.testing.assert_close(found, wanted)


def test_dropout_of_a_block_acts_on_both_parts_in_training():
    torch.manual_seed(0)
    for block in (Block, PostNormBlock):
        ours = block(12, 3, dropout=1.0)
        x = torch.randn(2, 5, 12)
        wanted = x if block is Block else ours.norm2(ours.norm1(x))
        torch.testing.assert_close(ours(x), wanted)
        assert not torch.allclose(ours.eval()(x), wanted)


def causal():
    torch.manual_seed(0)
    return CausalTransformer(
        11, width=12, heads=3, blocks=3, longest=16
    ).double()


def test_the_causal_model_sees_no_next_token():
    model, tokens = causal(), torch.randint(11, (2, 9))
    logits = model(tokens)
    assert logits.shape == (2, 9, 11)
    changed = tokens.clone()
    changed[:, 5:] = (tokens[:, 5:] + 1) % 11
    other = model(changed)
    torch.testing.assert_close(logits[:, :5], other[:, :5])
    assert not torch.allclose(logits[:, 5], other[:, 5])


def test_with_the_cache_it_is_the_same_model():
    model, tokens = causal(), torch.randint(11, (2, 16))
    cache, logits = empty_cache(model, 2), []
    for column in tokens.unbind(dim=1):
        one, cache = write_step(model, column, cache)
        logits.append(one)
    torch.testing.assert_close(torch.stack(logits, dim=1), model(tokens))
    keys, values = cache[-1]
    assert keys.shape == values.shape == (2, 3, 16, 4)


def test_the_places_of_tokens_matter():
    model = causal()
    tokens = torch.tensor([[1, 2, 3, 4], [2, 1, 3, 4]])
    one, other = model(tokens)[:, -1]
    assert not torch.allclose(one, other)
    nn.init.zeros_(model.places.weight)
    model.blocks = model.blocks[:1]  # the last of one block reads a set
    one, other = model(tokens)[:, -1]
    torch.testing.assert_close(one, other)


def test_the_vision_model_reads_each_patch_in_its_place():
    torch.manual_seed(0)
    model = ViT(size=12, patch=4, channels=3, width=12, heads=3, classes=7)
    model = model.double()
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
    nn.init.constant_(model.places, 0.3)
    torch.testing.assert_close(model(swapped), model(images))
    logits.sum().backward()
    assert all(p.grad is not None for p in model.parameters())
