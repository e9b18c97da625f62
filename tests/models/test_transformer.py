"""Encoder-decoder Transformer: its block against PyTorch's, compilation."""

import math

import torch
from pytorch_weights import copy_attention, copy_feed_forward, copy_norms
from torch import nn
from torch._dynamo.testing import CompileCounter
from translators import TranslatorTests

from dlbook.language.translation import PairLoader
from dlbook.layers.attention import (
    causal_mask,
    padding_mask,
    positional_encoding,
)
from dlbook.models.transformer import DecoderBlock, Transformer


class TestTransformer(TranslatorTests):
    cls, sizes = Transformer, {"width": 12, "heads": 3, "layers": 3}

    def test_it_is_compiled_once_for_all_lengths(self):
        torch._dynamo.reset()
        model, counter = self.build()[0], CompileCounter()
        names = list(model.state_dict())
        lengths = torch.arange(2, 10).repeat_interleave(11)[:, None]
        rows = torch.randint(1, 13, (88, 9))
        rows = rows.where(torch.arange(9) < lengths, 0)
        model.compile(backend=counter, dynamic=True)
        for sources, targets in PairLoader(rows, rows.flip(0), 11):
            wanted = model.forward(sources, targets)
            torch.testing.assert_close(model(sources, targets), wanted)
        assert counter.frame_count == 1
        assert list(model.state_dict()) == names

    def test_embeddings_are_scaled_and_know_their_positions(self):
        model, sources, _ = self.build()
        embed = model.encoder.embed
        x = embed(sources, start=2)
        table = positional_encoding(8, 12).double()
        for position in range(6):
            vectors = embed.embedding(sources[:, position])
            wanted = math.sqrt(12) * vectors + table[2 + position]
            torch.testing.assert_close(x[:, position], wanted)


def test_a_decoder_block_is_pytorchs_decoder_layer():
    torch.manual_seed(0)
    ours = DecoderBlock(12, 3).double()
    theirs = nn.TransformerDecoderLayer(
        12, 3, 48, dropout=0.0, batch_first=True, norm_first=True
    ).double()
    copy_attention(ours.attention, theirs.self_attn)
    copy_attention(ours.cross_attention, theirs.multihead_attn)
    copy_feed_forward(ours, theirs)
    copy_norms(ours, theirs, "norm1", "norm2", "norm3")
    x, memory = torch.randn(2, 5, 12).double(), torch.randn(2, 7, 12).double()
    tokens = torch.tensor([[1, 2, 3, 9, 4, 0, 0], [1] * 7])
    wanted = theirs(
        x, memory, tgt_mask=~causal_mask(5),
        memory_key_padding_mask=tokens == 0,
    )  # fmt: skip
    outputs = ours(x, causal_mask(5), memory, padding_mask(tokens))
    torch.testing.assert_close(outputs, wanted)


def test_dropout_acts_on_all_three_sums_in_training():
    torch.manual_seed(0)
    block = DecoderBlock(12, 3, dropout=1.0)
    x, memory = torch.randn(2, 5, 12), torch.randn(2, 7, 12)
    torch.testing.assert_close(block(x, None, memory, None), x)
    assert not torch.allclose(block.eval()(x, None, memory, None), x)
