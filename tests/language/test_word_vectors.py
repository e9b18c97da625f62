"""Word vectors: gradients against autograd, chances against counts, gensim.

GloVe: a table counted by hand, and a known table that is learned again.
"""

import pytest
import torch
import torch.nn.functional as F
from gensim.models import Word2Vec

from benchmarks.embeddings import read_words
from dlbook.language import word_vectors
from dlbook.language.similarity import rated_pairs, spearman, wordsim353
from dlbook.language.word_vectors import (
    AdaGrad,
    cbow,
    cell_weight,
    context_mask,
    cooccurrences,
    draw,
    glove_gradients,
    keep_probability,
    noise_probability,
    shuffled_blocks,
    skip_gram,
    train_glove,
    train_vectors,
)

N, L, W, K, D = 3, 5, 2, 4, 6
NOISE_WEIGHT = 0.7


def random_vectors():
    torch.manual_seed(0)
    shapes = [(N, L, D), (N, L + 2 * W, D), (N, K, D)]
    tensors = [torch.randn(shape, dtype=torch.double) for shape in shapes]
    return [tensor.requires_grad_() for tensor in tensors]


def pair_by_pair(method, centre, context, noise, mask):
    """The textbook's loss: one logarithm at a time."""
    loss = 0
    for n in range(N):
        for i in range(L):
            positions = mask[n, i].nonzero().flatten().tolist()
            contexts = [context[n, m] for m in positions]
            if method is cbow:
                pairs = [(sum(contexts) / len(contexts), centre[n, i])]
            else:
                pairs = [(centre[n, i], output) for output in contexts]
            for inputs, output in pairs:
                loss = loss - F.logsigmoid(output @ inputs)
                for k in range(K):
                    by_noise = F.logsigmoid(-noise[n, k] @ inputs)
                    loss = loss - NOISE_WEIGHT * by_noise
    return loss


@pytest.mark.parametrize("method", [skip_gram, cbow])
def test_gradients_are_those_of_the_loss_pair_by_pair(method):
    vectors = random_vectors()
    mask = context_mask(torch.zeros(N, L), window=W).double()
    pair_by_pair(method, *vectors, mask).backward()
    with torch.no_grad():
        gradients = method(*vectors, mask, NOISE_WEIGHT)
    for gradient, tensor in zip(gradients, vectors, strict=True):
        torch.testing.assert_close(gradient, tensor.grad)


def test_context_is_within_a_reach_that_is_drawn_evenly():
    torch.manual_seed(1)
    mask = context_mask(torch.zeros(4000, L), window=W)  # (N, L, M)
    assert mask.shape == (4000, L, L + 2 * W)
    for i in range(L):
        row = mask[:, i]
        assert (row[:, i + W] == 0).all()  # not its own context
        for distance, share in [(1, 1.0), (2, 0.5)]:
            for position in (i + W - distance, i + W + distance):
                assert abs(row[:, position].mean() - share) < 0.03
        far = [m for m in range(L + 2 * W) if abs(m - i - W) > W]
        assert (row[:, far] == 0).all()


def test_blocks_tile_the_stream():
    torch.manual_seed(0)
    keep = torch.ones(23)
    batches = shuffled_blocks(
        torch.arange(23), keep, window=W, epochs=2, length=L
    )
    for blocks in batches:
        assert blocks.shape == (3, L + 2 * W)
        blocks = blocks[blocks[:, 0].argsort()]
        middles = blocks[:, W : W + L].flatten().tolist()
        assert middles == list(range(W, W + 3 * L))
        assert blocks[1].tolist() == list(range(5, 14))


def test_every_epoch_is_shuffled_anew():
    torch.manual_seed(0)
    first, second = shuffled_blocks(
        torch.arange(500), torch.ones(500), window=W, epochs=2, length=L
    )
    assert not torch.equal(first, second)
    assert torch.equal(first.sort(dim=0).values, second.sort(dim=0).values)


def test_frequent_words_are_read_less_often():
    counts = torch.tensor([5000.0, 900.0, 90.0, 10.0])
    keep = keep_probability(counts, threshold=0.01)
    f = 5000 / 6000
    assert keep[0] == pytest.approx((0.01 / f) ** 0.5 + 0.01 / f)
    assert (keep[2:] == 1).all() and keep[0] < keep[1] < 1


def test_noise_is_drawn_by_the_power_three_quarters():
    counts = torch.tensor([1, 16, 81, 0, 256])
    p = noise_probability(counts)
    torch.testing.assert_close(p, torch.tensor([1, 8, 27, 0, 64]) / 100.0,
                               check_dtype=False)  # fmt: skip
    assert noise_probability(counts, power=0)[0] == pytest.approx(0.2)
    torch.manual_seed(0)
    drawn = draw(p.cumsum(0), 300, 400)
    assert drawn.shape == (300, 400)
    frequency = drawn.flatten().bincount(minlength=5) / drawn.numel()
    assert (frequency - p).abs().max() < 0.005
    assert frequency[3] == 0


def test_adagrad_is_torchs_where_a_row_has_one_number():
    torch.manual_seed(0)
    start = torch.randn(7, 1)
    theirs = start.clone().requires_grad_()
    optimizer = torch.optim.Adagrad([theirs], lr=0.3, eps=0)
    ours = AdaGrad(start.clone(), lr=0.3, start=0)
    for _ in range(4):
        rows = torch.randperm(7)[:5]
        gradients = torch.randn(5, 1)
        theirs.grad = torch.zeros_like(theirs).index_add(0, rows, gradients)
        ours.step(rows, gradients)
        before = theirs.detach().clone()
        optimizer.step()
        untouched = ours.squares.squeeze() == 0
        theirs.data[untouched] = before[untouched]  # 0 / 0 in torch
    torch.testing.assert_close(ours.vectors, theirs.detach())


def test_a_row_that_occurs_twice_is_moved_twice():
    table = AdaGrad(torch.zeros(3, 2), lr=1.0, start=0)
    gradients = torch.tensor([[3.0, 1.0], [1.0, 3.0], [2.0, 0.0]])
    table.step(torch.tensor([1, 1, 2]), gradients)
    assert table.squares.flatten().tolist() == [0, 10, 2]
    torch.testing.assert_close(
        table[torch.tensor([1])], torch.tensor([[-4.0, -4.0]]) / 10**0.5
    )
    assert table.vectors[0].tolist() == [0, 0]


@pytest.mark.parametrize("method", [skip_gram, cbow])
def test_words_of_one_topic_find_each_other(method):
    torch.manual_seed(0)
    topic = torch.randint(2, (3000, 1))
    stream = (torch.randint(10, (3000, 8)) + 10 * topic).flatten()
    counts = stream.bincount()
    inputs, outputs = train_vectors(
        stream, counts, method=method, context_is_input=method is cbow,
        width=8, epochs=12, threshold=1.0,
    )  # fmt: skip
    assert inputs.shape == outputs.shape == (20, 8)
    unit = F.normalize(inputs, dim=1)
    cosines = unit @ unit.T
    within = cosines[:10, :10][~torch.eye(10, dtype=torch.bool)]
    assert within.min() > cosines[:10, 10:].max() + 0.15


@pytest.mark.parametrize("context_is_input", [False, True])
def test_inputs_are_the_centres_or_their_context(context_is_input):
    """Outputs start at zero, so the side that is not zero is the input."""
    stream, calls = torch.arange(200) % 20, set()

    def spy(centre, context, noise, mask, noise_weight):
        calls.add((bool(centre.any()), bool(context.any()), noise_weight))
        return 0 * centre, 0 * context, 0 * noise

    train_vectors(
        stream, stream.bincount(), method=spy, epochs=1, negatives=8,
        context_is_input=context_is_input,
    )  # fmt: skip
    assert calls == {(not context_is_input, context_is_input, 0.5)}


def test_frequent_words_are_skipped_while_training():
    torch.manual_seed(0)
    stream = torch.cat([torch.zeros(9000), torch.arange(1000) % 9 + 1]).long()
    stream = stream[torch.randperm(10_000)]
    read = []

    def spy(centre, context, noise, mask, noise_weight):
        read.append(centre.shape[0] * centre.shape[1])
        return 0 * centre, 0 * context, 0 * noise

    train_vectors(
        stream, stream.bincount(), method=spy, epochs=2, threshold=0.01
    )
    keep = keep_probability(stream.bincount(), threshold=0.01)
    expected = 2 * (keep * stream.bincount()).sum().item()
    assert sum(read) == pytest.approx(expected, rel=0.05)
    assert expected < 7000


@pytest.fixture(scope="module")
def text():
    return read_words()


def score(words, vectors):
    index = {word: i for i, word in enumerate(words)}
    return spearman(
        *rated_pairs(wordsim353(), index, torch.as_tensor(vectors))
    )


@pytest.mark.parametrize("method", [skip_gram, cbow])
def test_not_below_gensim_at_equal_settings(text, method):
    known, stream, vocab = text
    pieces = [known[i : i + 1000] for i in range(0, len(known), 1000)]
    theirs = Word2Vec(
        pieces, vector_size=50, window=5, negative=5, sample=1e-3,
        min_count=10, sg=int(method is skip_gram), epochs=3, workers=1, seed=0,
    ).wv  # fmt: skip
    torch.manual_seed(0)
    ours, _ = train_vectors(
        stream, stream.bincount(), method=method, width=50, window=5,
        context_is_input=method is cbow, negatives=5, epochs=3,
    )  # fmt: skip
    peer = score(theirs.index_to_key, theirs.vectors)
    assert score(vocab.tokens, ours) > peer - 0.03
    assert peer > 0.2


def test_the_table_of_a_small_sentence_is_the_one_counted_by_hand():
    # a b a c: b and c are at a distance of two, and so are the two a
    table = cooccurrences(torch.tensor([0, 1, 0, 2]), 4, window=2)
    half = 0.5
    by_hand = [
        [2 * half, 2, 1, 0],
        [2, 0, half, 0],
        [1, half, 0, 0],
        [0, 0, 0, 0],
    ]
    assert table.tolist() == by_hand


def test_the_table_is_the_one_of_two_loops():
    torch.manual_seed(0)
    stream, size, window = torch.randint(7, (60,)), 7, 4
    wanted = torch.zeros(size, size)
    for i in range(60):
        for j in range(60):
            if 0 < abs(i - j) <= window:
                wanted[stream[i], stream[j]] += 1 / abs(i - j)
    table = cooccurrences(stream, size, window=window)
    torch.testing.assert_close(table, wanted)
    assert torch.equal(table, table.T)


def test_the_weight_rises_with_the_power_three_quarters_up_to_one():
    weights = cell_weight(torch.tensor([1.0, 16.0, 81.0, 900.0]), x_max=81.0)
    torch.testing.assert_close(weights, torch.tensor([1, 8, 27, 27]) / 27.0)


def test_glove_gradients_are_half_the_derivatives():
    torch.manual_seed(0)
    words = torch.randn(5, 3).double().requires_grad_()
    contexts = torch.randn(5, 3).double().requires_grad_()
    targets, weights = torch.randn(5).double(), torch.rand(5).double()
    loss, for_words, for_contexts = glove_gradients(
        words, contexts, targets, weights
    )
    (loss.sum() / 2).backward()
    products = (words * contexts).sum(1)
    torch.testing.assert_close(loss, weights * (products - targets) ** 2)
    torch.testing.assert_close(for_words, words.grad)
    torch.testing.assert_close(for_contexts, contexts.grad)


def test_a_table_of_low_rank_is_learned():
    torch.manual_seed(0)
    a = torch.randn(30, 3)
    biases = torch.randn(30)
    table = (a @ a.T + biases + biases[:, None]).exp()
    table[:, 7] = table[7] = 0  # never seen together: no cell, no logarithm
    _, losses = train_glove(table, width=8, epochs=1500, x_max=0.01)
    assert losses[-1] < 0.01 < 1 < losses[0]
    vectors, _ = train_glove(table, width=8, epochs=1)
    assert vectors.shape == (30, 8) and vectors.isfinite().all()


def test_each_cell_is_visited_once_and_the_ones_stay(monkeypatch):
    torch.manual_seed(0)
    table = torch.rand(6, 6) + 0.1
    table[1, 2] = table[2, 1] = 0
    visited = []

    class Spy(AdaGrad):
        def step(self, rows, gradients):
            visited.append((rows, gradients))

    monkeypatch.setattr(word_vectors, "AdaGrad", Spy)
    train_glove(table, epochs=1, width=3)
    (words, for_words), (contexts, for_contexts) = visited
    assert (for_words[:, -1] == 0).all() and for_words[:, :-1].any(0).all()
    assert (for_contexts[:, -2] == 0).all() and for_contexts[:, -1].any()
    pairs = set(zip(words.tolist(), contexts.tolist(), strict=True))
    assert len(words) == len(pairs) == 34 and (1, 2) not in pairs


def test_the_weights_decide_which_cells_count():
    table = torch.tensor([[0.0, 1e-6], [1e-6, 0.0]])
    _, losses = train_glove(table, epochs=1, x_max=10.0)
    assert losses[0] == pytest.approx((1e-7**0.75) * 13.8**2, rel=0.05)
