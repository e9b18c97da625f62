"""Figures of sequences: gates over a text, beams, attention weights."""

import matplotlib.pyplot as plt
import torch


def plot_gates(gates, text: str):
    """How far the gates (T, units) are open at each letter of a text.

    Units are sorted by their mean, the most open one on top. Blue is open,
    white is closed.
    """
    order = gates.mean(dim=0).argsort(descending=True)
    figure, ax = plt.subplots(figsize=(6.4, 2.7))
    ax.imshow(gates[:, order].T, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    ax.set_xticks(range(len(text)), text.replace(" ", "·"), fontsize=8)
    ax.set(yticks=[], ylabel="units")
    ax.tick_params(length=0)
    return figure


def plot_beams(phrases, scores, *, size=(6.4, 2.2)):
    """Sequences that a beam search keeps, best first, with their scores.

    Bars are probabilities per token, exp(score).
    """
    figure, ax = plt.subplots(figsize=size)
    rows = range(len(phrases))
    probabilities = torch.as_tensor(scores).exp().tolist()
    ax.barh(rows, probabilities, height=0.7, alpha=0.35)
    for row, phrase in zip(rows, phrases, strict=True):
        ax.text(0.01, row, phrase, va="center", fontsize=9)
    ax.invert_yaxis()
    ax.set(xlim=(0, 1), yticks=[], xlabel="probability per token")
    return figure


def plot_weights(weights, sources, targets, *, ax=None):
    """Attention weights (T, S) as a heat map; row t belongs to target t.

    White is 0 and dark blue is 1.
    """
    ax = ax or plt.gca()
    ax.imshow(weights, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    ax.set_xticks(range(len(sources)), sources, rotation=45, ha="right")
    ax.set_yticks(range(len(targets)), targets)
    ax.tick_params(length=0)
    ax.set(xlabel="source", ylabel="target")
    return ax.figure
