"""Hierarchical softmax: a word is a path of decisions down a Huffman tree.

F. Morin, Y. Bengio, 2005, Hierarchical probabilistic neural network language
model; with the tree of D. Huffman, 1952, in section 2.1 of T. Mikolov et al.,
2013, Distributed representations of words and phrases.

V words are the leaves of a tree with V - 1 inner nodes. Each inner node has a
vector; the longest path passes P of them.
"""

import heapq

import torch
import torch.nn.functional as F
from torch import Tensor

from dlbook.language.vocabulary import pad
from dlbook.language.word_vectors import (
    AdaGrad,
    context_mask,
    keep_probability,
    shuffled_blocks,
)


def huffman_tree(counts) -> tuple[Tensor, Tensor]:
    """Inner nodes (V, P) on the path to each word, and signs (V, P).

    The two rarest subtrees are joined until one is left, so frequent words
    have short paths, which end with the root. At a node the sign +1 leads to
    the rarer of the two subtrees, -1 to the other; 0 is padding.
    """
    heap = [(int(count), word) for word, count in enumerate(counts)]
    heapq.heapify(heap)
    leaves = {word: [word] for word in range(len(heap))}  # of each subtree
    nodes, signs = [[] for _ in heap], [[] for _ in heap]
    for node in range(len(heap) - 1):
        (rarer, first), (other, second) = (
            heapq.heappop(heap),
            heapq.heappop(heap),
        )
        for subtree, sign in [(first, 1), (second, -1)]:
            for word in leaves[subtree]:
                nodes[word].append(node)
                signs[word].append(sign)
        merged = len(nodes) + node
        leaves[merged] = leaves.pop(first) + leaves.pop(second)
        heapq.heappush(heap, (rarer + other, merged))
    return pad(nodes)[0], pad(signs)[0]


def log_probabilities(
    vector: Tensor, node_vectors: Tensor, nodes: Tensor, signs: Tensor
) -> Tensor:
    """Log-probability (V,) of every word, given an input `vector` (D,).

    Equation (3) of Mikolov et al. (2013): at each of the `node_vectors`
    (V - 1, D) on its path a word needs one of two turns, whose probabilities
    are sigmoids. `nodes` and `signs` are those of `huffman_tree`.
    """
    scores = node_vectors @ vector  # (V - 1,)
    turns = F.logsigmoid(signs * scores[nodes])  # (V, P)
    return (turns * signs.abs()).sum(dim=1)


def hierarchical(context, nodes, signs, mask):
    """Gradients of the loss of predicting each centre from its context.

    Takes the vectors of the context (N, M, D) and of the nodes on the paths
    to the centres (N, L, P, D), with the `signs` (N, L, P), and gives
    gradients of the first two. `mask` (N, L, M) says which words are context
    of which. The loss is minus the sum of the log-probabilities of all pairs.
    """
    flat, signs = nodes.flatten(1, 2), signs.flatten(1)[..., None]
    pairs = mask.repeat_interleave(nodes.shape[2], dim=1)  # (N, L P, M)
    scores = flat @ context.mT
    errors = -pairs * signs * torch.sigmoid(-signs * scores)
    return errors.mT @ flat, (errors @ context).view_as(nodes)


def train_hierarchical(
    stream: Tensor,
    counts: Tensor,
    *,
    width: int = 50,
    window: int = 5,
    epochs: int = 1,
    threshold: float = 1e-3,
) -> tuple[Tensor, Tensor]:
    """Vectors (V, width) of words and (V - 1, width) of inner nodes.

    Skip-gram as `train_vectors` does it, with a Huffman tree in the place of
    the noise. As in the published program the context is the input and the
    centre is predicted, so the path of a word is fetched once for all pairs.
    """
    nodes, signs = (t.to(stream.device) for t in huffman_tree(counts))
    keep = keep_probability(counts, threshold=threshold)
    start = torch.rand(len(counts), width, device=stream.device) - 0.5
    inputs = AdaGrad(start / width, lr=0.1)
    tree = AdaGrad(torch.zeros_like(start[1:]), lr=0.1)
    for around in shuffled_blocks(stream, keep, window=window, epochs=epochs):
        centre = around[:, window:-window]  # (N, L) of (N, M)
        mask = context_mask(centre, window=window)
        path = nodes[centre]  # (N, L, P)
        for_context, for_path = hierarchical(
            inputs[around], tree[path], signs[centre], mask
        )
        inputs.step(around, for_context)
        tree.step(path, for_path)
    return inputs.vectors, tree.vectors
