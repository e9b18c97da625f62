"""Drawings of attention: what is joined to what, and weights over images."""

import torch

from dlbook.figures.attention import (
    plot_attention_over,
    plot_queries_keys_values,
    plot_transformer,
)


def words(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_queries_keys_and_values_have_their_shapes():
    figure = plot_queries_keys_values()
    for label in ("$Q$ (T, d)", "$K$ (S, d)", "$V$ (S, d)", "weights (T, S)"):
        assert label in words(figure)


def test_the_decoder_has_one_branch_more_than_the_encoder():
    labels = words(plot_transformer())
    assert labels.count("+") == 5
    assert labels.count("norm, self-attention") == 1
    assert labels.count("norm, cross-attention") == 1
    assert labels.count("norm, feed-forward") == 2


def test_weights_lie_over_the_image_at_their_positions():
    weights = torch.eye(4)[:3]  # three words over a grid of 2 by 2
    figure = plot_attention_over(torch.rand(8, 8), weights, ["a", "b", "c"])
    first, *panels, bar = figure.axes
    assert len(first.images) == 1 and bar.get_ylabel() == "weight"
    for row, panel, word in zip(weights, panels, "abc", strict=True):
        assert panel.get_title() == word
        drawn = torch.as_tensor(panel.images[1].get_array())
        torch.testing.assert_close(drawn, row.view(2, 2))
        assert panel.images[1].get_extent() == [-0.5, 7.5, 7.5, -0.5]
