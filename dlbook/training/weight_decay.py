"""Weight decay for the weights of a model and not for its biases."""


def decay_groups(model, weight_decay: float) -> list[dict]:
    """Parameter groups for an optimiser: weights decay, biases do not.

    Weights are the parameters with more than one axis. Those with one axis,
    biases and the scales and shifts of normalisation layers, do not decay.
    """
    weights = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    return [
        {"params": weights, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
