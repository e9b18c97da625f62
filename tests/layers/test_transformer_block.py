"""Transformer blocks against PyTorch's; steps against the whole."""

import pytest
import torch
from pytorch_weights import copy_attention, copy_feed_forward, copy_norms
from torch import nn

from dlbook.layers.attention import causal_mask, padding_mask
from dlbook.layers.transformer_block import Block, PostNormBlock, extend


@pytest.mark.parametrize("block", [Block, PostNormBlock])
@pytest.mark.parametrize("masked", [None, "padding", "causal"])
def test_a_block_is_pytorchs_encoder_layer(block, masked):
    torch.manual_seed(0)
    ours = block(12, 3, hidden=20).double()
    theirs = nn.TransformerEncoderLayer(
        12, 3, 20, dropout=0.0, batch_first=True, norm_first=block is Block
    ).double()
    copy_attention(ours.attention, theirs.self_attn)
    copy_feed_forward(ours, theirs)
    copy_norms(ours, theirs, "norm1", "norm2")
    x = torch.randn(2, 5, 12).double()
    mask, options = None, {}
    if masked == "padding":
        tokens = torch.tensor([[1, 2, 3, 0, 0], [1, 1, 1, 1, 1]])
        mask = padding_mask(tokens)
        options = {"src_key_padding_mask": tokens == 0}
    if masked == "causal":
        mask, options = causal_mask(5), {"src_mask": ~causal_mask(5)}
    torch.testing.assert_close(ours(x, mask), theirs(x, **options))


def test_steps_give_the_outputs_under_a_causal_mask():
    torch.manual_seed(0)
    block = Block(12, 3).double()
    for norm in (block.norm1, block.norm2):
        nn.init.normal_(norm.weight)
    x = torch.randn(2, 6, 12).double()
    cache = block.attention.project(x[:, :0])
    outputs = []
    for t in range(6):
        output, cache = block.step(x[:, t : t + 1], cache)
        outputs.append(output)
    wanted = block(x, causal_mask(6))
    torch.testing.assert_close(torch.cat(outputs, dim=1), wanted)


def test_a_cache_is_extended_at_its_end():
    keys, values = torch.randn(2, 3, 4, 5), torch.randn(2, 3, 4, 5)
    new_keys, new_values = torch.randn(2, 3, 1, 5), torch.randn(2, 3, 1, 5)
    longer = extend((keys, values), (new_keys, new_values))
    for tensor, old, new in zip(
        longer, (keys, values), (new_keys, new_values), strict=True
    ):
        assert torch.equal(tensor[:, :, :4], old)
        assert torch.equal(tensor[:, :, 4:], new)


def test_dropout_acts_on_both_sums_in_training():
    torch.manual_seed(0)
    for block in (Block, PostNormBlock):
        ours = block(12, 3, dropout=1.0)
        x = torch.randn(2, 5, 12)
        wanted = x if block is Block else ours.norm2(ours.norm1(x))
        torch.testing.assert_close(ours(x), wanted)
        assert not torch.allclose(ours.eval()(x), wanted)
