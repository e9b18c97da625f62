"""Losses of metric learning against loops over pairs, and against torch."""

import itertools
import math
from functools import partial

import pytest
import torch
import torch.nn.functional as F

from dlbook.training import metric_losses
from dlbook.training.metric_losses import (
    ArcFace,
    contrastive_loss,
    hardest_negatives,
    random_negatives,
    same_class,
    semi_hard_negatives,
    squared_distances,
    supervised_contrastive_loss,
    triplet_loss,
)

LABELS = torch.tensor([2, 0, 2, 1, 0, 2, 1])
ALL = [
    contrastive_loss,
    triplet_loss,
    partial(triplet_loss, mine=hardest_negatives),
    partial(triplet_loss, mine=random_negatives),
    supervised_contrastive_loss,
]


@pytest.fixture
def embeddings():
    torch.manual_seed(0)
    return F.normalize(torch.randn(7, 4, dtype=torch.float64), dim=1)


def pairs():
    return itertools.combinations(range(7), 2)


def test_distances_are_those_of_torch(embeddings):
    expected = torch.cdist(embeddings, embeddings).square()
    torch.testing.assert_close(squared_distances(embeddings), expected)
    assert (squared_distances(embeddings.float()) >= 0).all()


def test_no_example_is_its_own_pair():
    same = same_class(LABELS)
    for i, j in pairs():
        assert same[i, j] == same[j, i] == (LABELS[i] == LABELS[j])
    assert not same.diagonal().any()


@pytest.mark.parametrize("margin", [0.3, 1.2])
def test_contrastive_loss_is_the_sum_over_pairs(embeddings, margin):
    together, apart = [], []
    for i, j in pairs():
        distance = (embeddings[i] - embeddings[j]).norm().item()
        if LABELS[i] == LABELS[j]:
            together.append(distance**2)
        else:
            apart.append(max(0, margin - distance) ** 2)
    expected = (sum(together) + sum(apart)) / len(together)
    ours = contrastive_loss(embeddings, LABELS, margin=margin)
    assert ours.item() == pytest.approx(expected)


def test_contrastive_loss_of_equal_embeddings_has_a_gradient():
    points = F.normalize(torch.ones(4, 3), dim=1).requires_grad_()
    contrastive_loss(points, torch.tensor([0, 0, 1, 1])).backward()
    assert points.grad.isfinite().all()


def negatives_by_loops(distances, margin, choose):
    """The mean of the triplet loss over all ordered pairs of one class."""
    terms = []
    for i, j in itertools.permutations(range(7), 2):
        if LABELS[i] == LABELS[j]:
            others = [k for k in range(7) if LABELS[k] != LABELS[i]]
            row = {k: distances[i, k].item() for k in others}
            to_positive = distances[i, j].item()
            negative = choose(row, to_positive)
            terms.append(max(0, margin + to_positive - row[negative]))
    return sum(terms) / len(terms)


def hardest(row, to_positive):
    return min(row, key=row.get)


def semi_hard(row, to_positive):
    beyond = {k: d for k, d in row.items() if d > to_positive}
    return min(beyond, key=beyond.get) if beyond else max(row, key=row.get)


@pytest.mark.parametrize("margin", [0.2, 1.0])
@pytest.mark.parametrize(
    "mine, choose",
    [(hardest_negatives, hardest), (semi_hard_negatives, semi_hard)],
)
def test_triplet_loss_is_the_loop(embeddings, mine, choose, margin):
    distances = torch.cdist(embeddings, embeddings).square()
    ours = triplet_loss(embeddings, LABELS, mine=mine, margin=margin)
    expected = negatives_by_loops(distances, margin, choose)
    assert ours.item() == pytest.approx(expected)


def test_semi_hard_falls_back_where_every_negative_is_nearer():
    distances = torch.tensor([[0.0, 0.5, 0.1, 0.4]])
    candidates = torch.tensor([[False, False, True, True]])
    to_positive = torch.tensor([0.5])
    mined = semi_hard_negatives(distances, candidates, to_positive)
    assert mined.tolist() == [3]
    mined = semi_hard_negatives(distances, candidates, to_positive - 0.2)
    assert mined.tolist() == [3]
    mined = semi_hard_negatives(distances, candidates, to_positive - 0.45)
    assert mined.tolist() == [2]


def test_random_negatives_are_candidates_and_all_of_them():
    torch.manual_seed(0)
    candidates = torch.tensor([[True, False, True, True]]).expand(300, 4)
    drawn = random_negatives(torch.zeros(300, 4), candidates, None)
    assert drawn.unique().tolist() == [0, 2, 3]
    counts = drawn.bincount(minlength=4)
    assert counts[[0, 2, 3]].min() > 70


def test_triplet_loss_is_that_of_torch(embeddings):
    """One positive for each anchor, and torch is told the negatives."""
    labels = torch.tensor([0, 0, 1, 1])
    points, chosen = embeddings[:4], {}

    def remember(*arguments):
        chosen["negatives"] = semi_hard_negatives(*arguments)
        return chosen["negatives"]

    ours = triplet_loss(points, labels, mine=remember, margin=0.7)
    theirs = F.triplet_margin_with_distance_loss(
        points,
        points[[1, 0, 3, 2]],
        points[chosen["negatives"]],
        distance_function=lambda a, b: (a - b).square().sum(dim=1),
        margin=0.7,
    )
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("temperature", [0.1, 0.7])
def test_supervised_contrastive_loss_is_equation_2(embeddings, temperature):
    terms = []
    for i in range(7):
        others = [k for k in range(7) if k != i]
        weight = {
            k: math.exp(embeddings[i] @ embeddings[k] / temperature)
            for k in others
        }
        positives = [k for k in others if LABELS[k] == LABELS[i]]
        total = sum(weight.values())
        terms.append(
            -sum(math.log(weight[p] / total) for p in positives)
            / len(positives)
        )
    ours = supervised_contrastive_loss(
        embeddings, LABELS, temperature=temperature
    )
    assert ours.item() == pytest.approx(sum(terms) / 7)


def test_arcface_adds_its_margin_to_the_angle(embeddings):
    torch.manual_seed(1)
    loss = ArcFace(3, 4, margin=0.4, scale=5).double()
    directions = F.normalize(loss.weight.detach(), dim=1)
    logits = embeddings @ directions.T
    for row, label in enumerate(LABELS):
        angle = math.acos(logits[row, label])
        logits[row, label] = math.cos(angle + 0.4)
    expected = F.cross_entropy(5 * logits, LABELS)
    torch.testing.assert_close(loss(embeddings, LABELS), expected)
    plain = ArcFace(3, 4, margin=0, scale=5).double()
    plain.weight.data = loss.weight.data
    expected = F.cross_entropy(5 * embeddings @ directions.T, LABELS)
    torch.testing.assert_close(plain(embeddings, LABELS), expected)
    assert loss(embeddings, LABELS) > plain(embeddings, LABELS)


def test_arcface_has_a_gradient_where_the_angle_is_zero():
    loss = ArcFace(2, 3)
    points = F.normalize(loss.weight.detach(), dim=1).requires_grad_()
    loss(points, torch.tensor([0, 1])).backward()
    assert points.grad.isfinite().all()


@pytest.mark.parametrize("loss", ALL)
def test_steps_pull_classes_together_and_push_others_apart(loss):
    torch.manual_seed(0)
    points = torch.randn(12, 6, requires_grad=True)
    labels = torch.arange(4).repeat(3)
    optimizer = torch.optim.Adam([points], lr=0.05)
    for _ in range(200):
        optimizer.zero_grad()
        loss(F.normalize(points, dim=1), labels).backward()
        optimizer.step()
    distances = squared_distances(F.normalize(points, dim=1).detach())
    same = same_class(labels)
    different = labels[:, None] != labels
    assert distances[same].max() < distances[different].min()


@pytest.mark.parametrize("loss", ALL)
@pytest.mark.parametrize("labels", [[0, 0, 0, 0], [0, 1, 1, 2]])
def test_a_batch_without_both_kinds_of_pairs_is_refused(loss, labels):
    points = F.normalize(torch.randn(4, 4), dim=1)
    with pytest.raises(ValueError, match="has [13] classes, with [14]"):
        loss(points, torch.tensor(labels))


def test_every_loss_is_tested():
    public = {name for name in vars(metric_losses) if name.endswith("_loss")}
    tested = {getattr(loss, "func", loss).__name__ for loss in ALL}
    assert public == tested
