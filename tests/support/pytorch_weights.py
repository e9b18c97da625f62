"""Weights of our attention, copied into PyTorch's."""

import torch


def copy_attention(ours, theirs):
    """Give nn.MultiheadAttention the weights of a MultiHeadAttention."""
    layers = (ours.to_queries, ours.to_keys, ours.to_values)
    weight = torch.cat([layer.weight for layer in layers])
    bias = torch.cat([layer.bias for layer in layers])
    theirs.in_proj_weight.data = weight.data.clone()
    theirs.in_proj_bias.data = bias.data.clone()
    theirs.out_proj.load_state_dict(ours.output.state_dict())


def copy_feed_forward(ours, theirs):
    """Give one of PyTorch's Transformer layers our two linear layers."""
    theirs.linear1.load_state_dict(ours.feed_forward[0].state_dict())
    theirs.linear2.load_state_dict(ours.feed_forward[2].state_dict())


def copy_norms(ours, theirs, *names: str):
    """Random norms for us, and the same for PyTorch's layer."""
    for name in names:
        norm = getattr(ours, name)
        torch.nn.init.normal_(norm.weight)
        torch.nn.init.normal_(norm.bias)
        getattr(theirs, name).load_state_dict(norm.state_dict())
