"""Losses that pull embeddings of one class together and push others apart.

Embeddings (B, D) have length 1 and come with labels (B,); a batch holds
several examples of each class. Squared distances of such embeddings lie
between 0 and 4 and are 2 - 2 cos of the angle between them.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def squared_distances(embeddings: Tensor) -> Tensor:
    """Squared Euclidean distances (B, B) of embeddings of length 1."""
    return (2 - 2 * embeddings @ embeddings.T).clamp_min(0)


def same_class(labels: Tensor) -> Tensor:
    """Whether two examples (B, B) have one label; no example with itself."""
    same = labels[:, None] == labels
    return same & ~torch.eye(len(labels), dtype=torch.bool).to(same.device)


def check_classes(labels: Tensor) -> None:
    """Refuse a batch with one class only, or with one example of a class."""
    counts = labels.unique(return_counts=True)[1].tolist()
    if len(counts) < 2 or min(counts) < 2:
        raise ValueError(
            f"this batch has {len(counts)} classes, with {min(counts)} or "
            "more examples each: draw two classes, and two examples of each"
        )


def contrastive_loss(embeddings, labels, *, margin: float = 1.2) -> Tensor:
    """Sum over all pairs of the batch, per pair of one class.

    A pair of one class costs its squared distance, a pair of two classes
    the square of what its distance lacks to `margin`. (Hadsell, Chopra and
    LeCun, 2006, equation 4.)
    """
    check_classes(labels)
    first, second = torch.triu_indices(
        len(labels), len(labels), offset=1, device=embeddings.device
    )
    difference = embeddings[first] - embeddings[second]
    squared = difference.square().sum(dim=1)
    distance = squared.clamp_min(1e-12).sqrt()  # finite derivative at 0
    lacking = F.relu(margin - distance)
    same = labels[first] == labels[second]
    cost = torch.where(same, squared, lacking.square())
    return cost.sum() / same.sum()


def random_negatives(distances, candidates, to_positive) -> Tensor:
    """One candidate for each pair, drawn at random."""
    return torch.multinomial(candidates.float(), 1)[:, 0]


def hardest_negatives(distances, candidates, to_positive) -> Tensor:
    """The candidate that is nearest to the anchor of each pair."""
    return distances.masked_fill(~candidates, torch.inf).argmin(dim=1)


def semi_hard_negatives(distances, candidates, to_positive) -> Tensor:
    """The nearest candidate that is farther away than the positive.

    Where there is none, the farthest candidate. (Schroff, Kalenichenko and
    Philbin, 2015, section 3.2.)
    """
    beyond = candidates & (distances > to_positive[:, None])
    nearest = distances.masked_fill(~beyond, torch.inf).argmin(dim=1)
    farthest = distances.masked_fill(~candidates, -1).argmax(dim=1)
    return torch.where(beyond.any(dim=1), nearest, farthest)


def triplet_loss(
    embeddings, labels, *, mine=semi_hard_negatives, margin: float = 0.2
) -> Tensor:
    """Mean of max(0, margin + d(anchor, positive) - d(anchor, negative)).

    d is the squared distance. Every ordered pair (anchor, positive) of one
    class, P of them, gets one negative. `mine` chooses it: it receives the
    distances (P, B) of the anchors from all examples, which of those are
    candidates (P, B), and the distances (P,) from anchor to positive, and
    returns the numbers (P,) of the negatives. (Schroff, Kalenichenko and
    Philbin, 2015, equation 2.)
    """
    check_classes(labels)
    same = same_class(labels)
    anchors, positives = same.nonzero(as_tuple=True)
    distances = squared_distances(embeddings)
    to_positive = distances[anchors, positives]
    candidates = labels[anchors][:, None] != labels
    with torch.no_grad():
        negatives = mine(distances[anchors], candidates, to_positive)
    to_negative = distances[anchors, negatives]
    return F.relu(margin + to_positive - to_negative).mean()


def supervised_contrastive_loss(
    embeddings, labels, *, temperature: float = 0.1
) -> Tensor:
    """Cross-entropy of finding the examples of the same class in the batch.

    Logits are the cosines with all other examples over `temperature`, and
    the target is uniform over the examples of the same class. (Khosla and
    others, 2020, equation 2.)
    """
    check_classes(labels)
    same = same_class(labels)
    itself = torch.eye(len(labels), device=labels.device).bool()
    logits = embeddings @ embeddings.T / temperature
    targets = same.float() / same.sum(dim=1, keepdim=True)
    return F.cross_entropy(logits.masked_fill(itself, -1e9), targets)


class ArcFace(nn.Module):
    """Embeddings (B, features) and labels (B,) to a cross-entropy.

    Each class has a direction. The logits are the cosines of the embedding
    with all directions, times `scale`; to the angle with its own direction
    `margin` (radians) is added. (Deng, Guo, Xue and Zafeiriou, 2019,
    equation 3.)
    """

    def __init__(
        self,
        num_classes: int,
        features: int = 128,
        *,
        margin: float = 0.2,
        scale: float = 16.0,
    ):
        super().__init__()
        self.margin, self.scale = margin, scale
        self.weight = nn.Parameter(0.01 * torch.randn(num_classes, features))

    def forward(self, embeddings, labels):
        cosines = embeddings @ F.normalize(self.weight, dim=1).T
        own = cosines.gather(1, labels[:, None]).clamp(-0.9999, 0.9999)
        harder = (own.acos() + self.margin).cos()
        logits = cosines.scatter(1, labels[:, None], harder)
        return F.cross_entropy(self.scale * logits, labels)
