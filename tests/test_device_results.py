"""What computes on an accelerator stays there, and is what a CPU computes.

Each case is a function of a device; see support/accelerator.py.
"""

from functools import partial
from pathlib import Path

import pytest
import torch
from accelerator import DEVICE, Accelerator, assert_same_on_both
from small_models import (
    CAUSAL,
    PAIRS,
    TRANSLATORS,
    K,
)
from torch.utils.data import TensorDataset
from vision_cases import VISION

from dlbook.data.loaders import batches
from dlbook.language import (
    beam_search,
    hierarchical_softmax,
    translation,
    word_vectors,
)
from dlbook.language.similarity import answers, nearest, spearman
from dlbook.layers import (
    attention,
    convolution,
    transposed_convolution,
)
from dlbook.layers.batch_norm import BatchNorm
from dlbook.layers.embedding import embedding
from dlbook.layers.transformer_block import Block, PostNormBlock
from dlbook.runtime import multiply_adds

ROOMS = Path(__file__).parents[1] / "dlbook"


def files(room):
    return {path.stem for path in (ROOMS / room).glob("[!_]*.py")}


def masks(device):
    tokens = PAIRS[0].to(device)
    mask = attention.causal_mask(5, device=device)
    return (
        mask,
        attention.padding_mask(tokens),
        attention.padding_mask(tokens) & mask,
    )


def attention_weights(device):
    layer = attention.MultiHeadAttention(8, 2).to(device)
    additive = attention.AdditiveAttention(3, 8, 4).to(device)
    mask = attention.padding_mask(PAIRS[0].to(device))
    x = torch.randn(3, 5, 8).to(device)
    keys = additive.to_key(x)
    query = torch.randn(3, 3).to(device)
    return (
        layer(x, x, mask),
        layer.weights(x, x, mask),
        additive(query, x, keys, mask[:, 0, 0]),
    )


def blocks(device):
    x = torch.randn(3, 5, 8).to(device)
    mask = attention.causal_mask(5, device=device)
    return [cls(8, 2).to(device)(x, mask) for cls in (Block, PostNormBlock)]


def convolutions(device):
    images, weight = torch.randn(2, 3, 5, 6), torch.randn(2, 3, 3, 2)
    images, weight = images.to(device), weight.to(device)
    layer = convolution.conv_norm_activation(3, 4, 3).to(device)
    return (
        convolution.conv2d_by_loops(images, weight, stride=2, padding=1),
        convolution.conv2d_by_matrix(images, weight, stride=2, padding=1),
        layer(images),
        multiply_adds(layer, images),
    )


def normalised(device):
    layer = BatchNorm(3).to(device)
    x = torch.randn(4, 3, 2, 2).to(device)
    return layer(x), layer.eval()(x), layer.running_mean


def embedded(device):
    return embedding(K, 3).to(device)(PAIRS[0].to(device))


def searched(device):
    """Greedy search, beams and scores of every model that can step."""
    starts, limits = torch.ones(3, dtype=torch.long), {"end": 2}
    starts, results = starts.to(device), []
    for name in (*TRANSLATORS, "causal"):
        torch.manual_seed(0)
        if name == "causal":
            model = CAUSAL().to(device).eval()
            state = model.start(3)
        else:
            model = TRANSLATORS[name]().to(device).eval()
            state = model.start(PAIRS[0].to(device))
        run = partial(beam_search.greedy, model.step, state, starts)
        results.append(run(max_length=6, **limits))
        run = partial(beam_search.beam_search, model.step, state, starts)
        results.extend(run(max_length=6, width=3, **limits))
        targets = PAIRS[1].to(device)
        run = partial(beam_search.score, model.step, state, starts, targets)
        results.append(run(**limits))
    return results


def batches_of_pairs(device):
    loader = translation.PairLoader(*PAIRS, 2, device=device)
    return [*loader, *loader]


def shortlisted(device):
    return translation.shortlist(PAIRS[1].to(device), 20, 5)


def trained_vectors(device):
    counts = torch.tensor([9.0, 5, 4, 3, 2, 1, 1])
    stream = torch.multinomial(counts, 400, replacement=True)
    stream, counts = stream.to(device), counts.to(device)
    train = partial(
        word_vectors.train_vectors, stream, counts, width=4, epochs=1,
        threshold=1.0,
    )  # fmt: skip
    table = word_vectors.cooccurrences(stream, K, window=3)
    vectors, losses = word_vectors.train_glove(table, width=4, epochs=1)
    cbow = train(method=word_vectors.cbow, context_is_input=True)
    return train(), cbow, table, vectors, losses


def trained_tree(device):
    counts = torch.tensor([9.0, 5, 4, 3, 2, 1, 1])
    stream = torch.multinomial(counts, 400, replacement=True).to(device)
    return hierarchical_softmax.train_hierarchical(
        stream, counts.to(device), width=4, threshold=1.0
    )


def compared(device):
    vectors = torch.randn(9, 4).to(device)
    questions = torch.tensor([[0, 1, 2], [5, 4, 3]]).to(device)
    return (
        answers(questions, vectors),
        nearest(vectors[0], vectors, count=3, without=(0, 1)),
        spearman(vectors[:, 0], vectors[:, 1]),
    )


def enlarged(device):
    maps = torch.randn(2, 3, 4, 5).to(device)
    kernel = transposed_convolution.bilinear_kernel(3, 2).to(device)
    return transposed_convolution.conv_transpose2d(maps, kernel, stride=2)


def loaded(device):
    data = TensorDataset(torch.arange(9.0), torch.arange(9))
    loader = batches(data, 4, shuffle=True, device=device)
    return [list(batch) for batch in loader]


@pytest.mark.parametrize("shuffle", [False, True])
def test_batches_that_are_on_the_device_wait_for_nothing(shuffle):
    with Accelerator() as accelerator:
        images, labels = torch.randn(9, 2, 2), torch.arange(9)
        data = TensorDataset(images, labels)
        loader = batches(data, 4, shuffle=shuffle, device=DEVICE)
        pairs = translation.PairLoader(*PAIRS, 2, device=DEVICE)
        accelerator.waits.clear()
        assert len([*loader, *pairs]) == 5
        assert accelerator.waits == []


# For each other file that computes with tensors: what is to be compared.
OTHERS = VISION | {
    "data/loaders": [loaded],
    "language/beam_search": [searched],
    "language/hierarchical_softmax": [trained_tree],
    "language/similarity": [compared],
    "language/translation": [batches_of_pairs, shortlisted],
    "language/word_vectors": [trained_vectors],
    "layers/attention": [masks, attention_weights],
    "layers/batch_norm": [normalised],
    "layers/convolution": [convolutions],
    "layers/embedding": [embedded],
    "layers/transformer_block": [blocks],
    "layers/transposed_convolution": [enlarged],
}
# Files and words and no device.
WITHOUT = {
    "annotations", "bleu", "ngrams", "own_pictures", "style_pictures",
    "vocabulary",
}  # fmt: skip


def test_every_file_has_a_case():
    for room in ("language", "layers", "vision"):
        names = {f"{room}/{name}" for name in files(room) - WITHOUT}
        assert names <= set(OTHERS)


@pytest.mark.parametrize(
    "function",
    [function for functions in OTHERS.values() for function in functions],
    ids=lambda function: function.__name__,
)
def test_results_are_on_the_device_and_those_of_a_cpu(function):
    assert_same_on_both(function)
