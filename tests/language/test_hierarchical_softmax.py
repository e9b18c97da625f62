"""Hierarchical softmax: Huffman's tree, probabilities, gradients, training."""

import pytest
import torch
import torch.nn.functional as F

from dlbook.language.hierarchical_softmax import (
    hierarchical,
    huffman_tree,
    log_probabilities,
    train_hierarchical,
)
from dlbook.language.word_vectors import context_mask

COUNTS = torch.tensor([40, 20, 10, 7, 5, 3])


def test_frequent_words_have_short_paths():
    nodes, signs = huffman_tree(COUNTS)
    assert nodes.shape == signs.shape == (6, 5)
    # 3 + 5 = 8, 7 + 8 = 15, 10 + 15 = 25, 20 + 25 = 45, 40 + 45
    assert signs.abs().sum(dim=1).tolist() == [1, 2, 3, 4, 5, 5]
    assert nodes[4].tolist() == [0, 1, 2, 3, 4]
    assert signs[5].tolist() == [1, -1, -1, -1, -1]  # 3 is rarer than 5
    assert signs[4].tolist() == [-1, -1, -1, -1, -1]
    _, signs = huffman_tree([4, 4, 3, 3])
    assert signs.abs().sum(dim=1).tolist() == [2, 2, 2, 2]


def test_paths_end_with_the_root_and_differ():
    torch.manual_seed(0)
    counts = torch.randint(1, 50, (30,))
    nodes, signs = huffman_tree(counts)
    paths = set()
    for row, turns in zip(nodes.tolist(), signs.tolist(), strict=True):
        length = sum(abs(turn) for turn in turns)
        assert row[length - 1] == 28
        assert not any(turns[length:])
        paths.add((tuple(row[:length]), tuple(turns[:length])))
    assert len(paths) == 30


def test_probabilities_are_products_that_sum_to_one():
    torch.manual_seed(0)
    vector, node_vectors = torch.randn(4), torch.randn(5, 4)
    nodes, signs = huffman_tree(COUNTS)
    p = log_probabilities(vector, node_vectors, nodes, signs).exp()
    assert p.sum().item() == pytest.approx(1)
    turns = torch.sigmoid(node_vectors @ vector)  # towards the rarer subtree
    assert p[0].item() == pytest.approx(turns[4].item())
    wanted = (1 - turns[4]) * turns[3]
    assert p[1].item() == pytest.approx(wanted.item())


def test_gradients_are_those_of_the_loss_pair_by_pair():
    torch.manual_seed(0)
    _, signs = huffman_tree(COUNTS)
    centre = torch.randint(6, (2, 3))  # (N, L)
    mask = context_mask(centre, window=2).double()
    context = torch.randn(2, 7, 4).double().requires_grad_()
    paths = torch.randn(2, 3, 5, 4).double().requires_grad_()
    loss = 0
    for n, i, m in mask.nonzero().tolist():
        for node, sign in enumerate(signs[centre[n, i]].tolist()):
            score = paths[n, i, node] @ context[n, m]
            if sign:
                loss = loss - F.logsigmoid(sign * score)
    wanted = torch.autograd.grad(loss, (context, paths))
    with torch.no_grad():
        gradients = hierarchical(context, paths, signs[centre], mask)
    torch.testing.assert_close(gradients, wanted)


def test_words_of_one_topic_find_each_other():
    torch.manual_seed(0)
    topic = torch.randint(2, (3000, 1))
    stream = (torch.randint(10, (3000, 8)) + 10 * topic).flatten()
    inputs, node_vectors = train_hierarchical(
        stream, stream.bincount(), width=8, epochs=8, threshold=1.0
    )
    assert inputs.shape == (20, 8) and node_vectors.shape == (19, 8)
    unit = F.normalize(inputs, dim=1)
    cosines = unit @ unit.T
    within = cosines[:10, :10][~torch.eye(10, dtype=torch.bool)]
    assert within.mean() > cosines[:10, 10:].mean() + 0.5
