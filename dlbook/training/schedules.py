"""Learning-rate schedules."""

import torch


def one_cycle(optimizer, steps: int):
    """A warm-up to the optimiser's own `lr` and a cosine down to nearly 0.

    `steps` counts batches: epochs * len(loader). The learning rate starts at
    lr / 25 and peaks after three tenths of the steps; momentum, or the first
    beta of Adam, moves the other way, from 0.95 to 0.85 and back.
    (Smith and Topin, 2018: Super-Convergence.)
    """
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=[group["lr"] for group in optimizer.param_groups],
        total_steps=steps,
    )
