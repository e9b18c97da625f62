"""Attention written out and fused, by length; our block beside PyTorch's."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.autograd.graph import saved_tensors_hooks

from benchmarks.timing import Row, best_seconds, paired_ratio
from dlbook.layers.attention import scaled_dot_product
from dlbook.layers.transformer_block import Block


def kept_bytes(function) -> int:
    """Bytes of the tensors that function() keeps for its backward pass."""
    kept = {}

    def note(tensor):
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with saved_tensors_hooks(note, lambda tensor: tensor):
        outputs = function()
    del outputs
    return sum(kept.values())


def rows():
    torch.manual_seed(0)
    for length in (32, 256, 1024):
        x = torch.randn(4, 4, length, 32, requires_grad=True)  # (B, h, T, d)

        def written(x=x):
            return scaled_dot_product(x, x, x)[0]

        def fused(x=x):
            return F.scaled_dot_product_attention(x, x, x)

        slow, fast = best_seconds(
            lambda f=written: f().sum().backward(),
            lambda f=fused: f().sum().backward(),
        )
        memory = kept_bytes(written) / kept_bytes(fused)
        name = f"attention written out / fused, T = {length}"
        bound = 1.5 if length == 1024 else None
        yield Row(f"{name}: time", slow / fast, at_least=bound)
        bound = 4 if length == 1024 else None
        yield Row(f"{name}: memory", memory, at_least=bound)

    ours = Block(128, 4)
    theirs = nn.TransformerEncoderLayer(
        128, 4, 512, dropout=0.0, batch_first=True, norm_first=True
    )
    x = torch.randn(32, 64, 128, requires_grad=True)
    ratio = paired_ratio(
        lambda: ours(x).sum().backward(),
        lambda: theirs(x).sum().backward(),
        rounds=25,
    )
    yield Row("our block / nn.TransformerEncoderLayer", ratio, at_most=1.10)
