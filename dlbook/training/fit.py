"""The training loop of the book: two functions that keep no state.

`fit` learns about the task from one argument, the *objective*: a function of
(model, batch) that returns the loss to minimise and a dict of metrics to
report. The rest is the same for a classifier, a language model, a detector.
"""

import time

from torch import nn

from dlbook.runtime import (
    default_device,
    limited,
    limited_batches,
    rehearsing,
    to_device,
)
from dlbook.training.checkpoint import Run, load_checkpoint, save_checkpoint
from dlbook.training.checks import Checks, check_loader
from dlbook.training.evaluate import RunningMean, evaluate, example_count
from dlbook.training.objectives import classification
from dlbook.training.progress import ProgressLine


def fit(
    model: nn.Module,
    train_loader,
    valid_loader=None,
    *,
    optimizer,
    epochs: int,
    objective=classification,
    scheduler=None,
    clip: float | None = None,
    device=None,
    checkpoint=None,
    progress: bool = True,
) -> dict[str, list[float]]:
    """Train `model` in place; return its history, one value per epoch.

    Args:
        optimizer: any torch optimizer over `model.parameters()`.
        objective: (model, batch) -> (loss, {name: value}), means over the
            batch. They are weighted by the length of the batch's first
            tensor, or by the entry "count" of the dict (tokens, boxes).
        scheduler: learning-rate schedule, advanced once per batch.
        clip: largest allowed norm of the whole gradient.
        checkpoint: path of a file rewritten after each epoch. If it exists,
            training goes on from there, up to `epochs` in all, and ends with
            the weights of an undisturbed run.

    Returns:
        {"train_loss": [...], "valid_loss": [...], ..., "seconds": [...]}.
        Training values are means while the weights move, validation values
        follow the epoch, and seconds count from the first batch.

    Raises:
        FloatingPointError: the loss is not finite; the weights are those
            before the step. On an accelerator this is noticed up to half a
            second late, and the weights are those of some batches before.
        ValueError: an empty loader, labels that do not fit the model, or a
            checkpoint of other settings.

    A rehearsal trains two batches of one epoch, without the checkpoint.
    """
    device = device or default_device()
    check_loader(train_loader, "training")
    model.to(device)
    if rehearsing():
        epochs, checkpoint = limited(epochs, 1), None
        train_loader = limited_batches(train_loader)
    run = Run(model, train_loader, optimizer, scheduler, clip)
    history = load_checkpoint(checkpoint, run)
    done = len(history["seconds"])
    before = history["seconds"][-1] if done else 0.0
    line = ProgressLine(epochs, len(train_loader), device, show=progress)
    start = time.perf_counter()
    for epoch in range(done, epochs):
        line.begin(epoch)
        results = train_epoch(
            model,
            train_loader,
            optimizer=optimizer,
            objective=objective,
            scheduler=scheduler,
            clip=clip,
            device=device,
            line=line,
        )
        if valid_loader is not None:
            valid = evaluate(
                model, valid_loader, objective=objective, device=device
            )
            results |= {f"valid_{name}": v for name, v in valid.items()}
        for name, value in results.items():
            history.setdefault(name, []).append(value)
        history["seconds"].append(before + time.perf_counter() - start)
        save_checkpoint(checkpoint, run, history)
        line.report(results)
    line.close(history)
    return history


def train_epoch(
    model,
    loader,
    *,
    optimizer,
    objective,
    scheduler,
    clip,
    device,
    line,
) -> dict[str, float]:
    """One pass over `loader`; the means of loss and metrics on the way."""
    model.train()
    checks, mean = Checks(device, line.place(), model), RunningMean()
    for batch in loader:
        batch = to_device(batch, device)
        loss, metrics = checks.call(objective, model, batch)
        checks.finite(loss, batch, optimizer)
        optimizer.zero_grad()
        loss.backward()
        if clip is not None:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
        mean.update(example_count(batch, metrics), loss=loss, **metrics)
        if line.advance():
            checks.look()
    checks.look()
    return {f"train_{name}": value for name, value in mean.result().items()}
