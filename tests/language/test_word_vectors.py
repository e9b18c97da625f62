"""Word vectors: slopes against autograd, chances against counts, gensim."""

import pytest
import torch
import torch.nn.functional as F

from dlbook.language.word_vectors import (
    adagrad,
    blocks_of,
    cbow,
    draw,
    keep_probability,
    nearby,
    noise_probability,
    skip_gram,
    train_vectors,
)

N, L, W, K, D = 3, 5, 2, 4, 6
SHARE = 0.7


def vectors():
    torch.manual_seed(0)
    shapes = [(N, L, D), (N, L + 2 * W, D), (N, K, D)]
    made = [torch.randn(s, dtype=torch.double) for s in shapes]
    return [each.requires_grad_() for each in made]


def pair_by_pair(method, centre, around, noise, near):
    """The textbook's loss: one logarithm at a time."""
    loss = 0
    for n in range(N):
        for i in range(L):
            places = near[n, i].nonzero().flatten().tolist()
            contexts = [around[n, m] for m in places]
            if method is cbow:
                pairs = [(centre[n, i], sum(contexts) / len(contexts))]
            else:
                pairs = [(context, centre[n, i]) for context in contexts]
            for guessed, given in pairs:
                loss = loss - F.logsigmoid(guessed @ given)
                for k in range(K):
                    loss = loss - SHARE * F.logsigmoid(-noise[n, k] @ given)
    return loss


@pytest.mark.parametrize("method", [skip_gram, cbow])
def test_slopes_are_those_of_the_loss_pair_by_pair(method):
    given = vectors()
    near = nearby(N, L, window=W).double()
    pair_by_pair(method, *given, near).backward()
    with torch.no_grad():
        slopes = method(*given, near, SHARE)
    for slope, tensor in zip(slopes, given, strict=True):
        torch.testing.assert_close(slope, tensor.grad)


def test_near_words_are_within_a_reach_that_is_drawn_evenly():
    torch.manual_seed(1)
    near = nearby(4000, L, window=W)  # (N, L, M)
    assert near.shape == (4000, L, L + 2 * W)
    for i in range(L):
        at = near[:, i]
        assert (at[:, i + W] == 0).all()  # not its own context
        for distance, share in [(1, 1.0), (2, 0.5)]:
            for place in (i + W - distance, i + W + distance):
                assert abs(at[:, place].mean() - share) < 0.03
        far = [m for m in range(L + 2 * W) if abs(m - i - W) > W]
        assert (at[:, far] == 0).all()


def test_blocks_tile_the_stream():
    blocks = blocks_of(torch.arange(23), length=L, window=W)
    assert blocks.shape == (3, L + 2 * W)
    middles = blocks[:, W : W + L].flatten().tolist()
    assert middles == list(range(W, W + 3 * L))
    assert blocks[1].tolist() == list(range(5, 14))


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
    share = drawn.flatten().bincount(minlength=5) / drawn.numel()
    assert (share - p).abs().max() < 0.005
    assert share[3] == 0


def test_adagrad_is_torchs_where_a_row_has_one_number():
    torch.manual_seed(0)
    start = torch.randn(7, 1)
    theirs = start.clone().requires_grad_()
    optimizer = torch.optim.Adagrad([theirs], lr=0.3, eps=0)
    ours, squares = start.clone(), torch.zeros(7, 1)
    for _ in range(4):
        rows = torch.randperm(7)[:5]
        slopes = torch.randn(5, 1)
        theirs.grad = torch.zeros_like(theirs).index_add(0, rows, slopes)
        adagrad(ours, squares, rows, slopes, lr=0.3)
        before = theirs.detach().clone()
        optimizer.step()
        untouched = squares.squeeze() == 0
        theirs.data[untouched] = before[untouched]  # 0 / 0 in torch
    torch.testing.assert_close(ours, theirs.detach())


def test_a_row_that_occurs_twice_is_moved_twice():
    vectors, squares = torch.zeros(3, 2), torch.zeros(3, 1)
    slopes = torch.tensor([[3.0, 1.0], [1.0, 3.0], [2.0, 0.0]])
    adagrad(vectors, squares, torch.tensor([1, 1, 2]), slopes, lr=1.0)
    assert squares.flatten().tolist() == [0, 10, 2]
    torch.testing.assert_close(
        vectors[1], torch.tensor([-4.0, -4.0]) / 10**0.5
    )
    assert vectors[0].tolist() == [0, 0]


@pytest.mark.parametrize("method", [skip_gram, cbow])
def test_words_of_one_topic_find_each_other(method):
    torch.manual_seed(0)
    topic = torch.randint(2, (3000, 1))
    stream = (torch.randint(10, (3000, 8)) + 10 * topic).flatten()
    counts = stream.bincount()
    inputs, outputs = train_vectors(
        stream, counts, method=method,
        given="around" if method is cbow else "centre", dim=8, epochs=3,
        batch=16, threshold=1.0, device="cpu",
    )  # fmt: skip
    assert inputs.shape == outputs.shape == (20, 8)
    unit = F.normalize(inputs, dim=1)
    cosines = unit @ unit.T
    within = cosines[:10, :10][~torch.eye(10, dtype=torch.bool)]
    assert within.min() > cosines[:10, 10:].max() + 0.3


@pytest.mark.parametrize("given", ["centre", "around"])
def test_inputs_are_read_at_the_centre_or_around_it(given):
    """Outputs start at zero, so the side that is not zero is the input."""
    stream, seen = torch.arange(200) % 20, []

    def spy(centre, around, noise, near, share):
        seen.append((bool(centre.any()), bool(around.any()), share))
        return 0 * centre, 0 * around, 0 * noise

    train_vectors(
        stream, stream.bincount(), method=spy, given=given, epochs=1,
        negatives=5, noise=10, device="cpu",
    )  # fmt: skip
    assert set(seen) == {(given == "centre", given == "around", 0.5)}


def test_an_unknown_side_is_refused():
    with pytest.raises(ValueError, match="'middle'"):
        train_vectors(torch.arange(9), torch.ones(9), given="middle")


def test_frequent_words_are_skipped_while_training():
    torch.manual_seed(0)
    stream = torch.cat([torch.zeros(9000), torch.arange(1000) % 9 + 1]).long()
    stream = stream[torch.randperm(10_000)]
    read = []

    def spy(centre, around, noise, near, share):
        read.append(centre.shape[0] * centre.shape[1])
        return 0 * centre, 0 * around, 0 * noise

    train_vectors(
        stream, stream.bincount(), method=spy, epochs=2, threshold=0.01,
        device="cpu",
    )  # fmt: skip
    keep = keep_probability(stream.bincount(), threshold=0.01)
    expected = 2 * (keep * stream.bincount()).sum().item()
    assert sum(read) == pytest.approx(expected, rel=0.05)
    assert expected < 7000
