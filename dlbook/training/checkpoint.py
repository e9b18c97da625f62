"""Checkpoints: everything a training run needs to go on as if undisturbed."""

import os
import random
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import nn


class Run(NamedTuple):
    """What a training run moves on, and what stays the same meanwhile."""

    model: nn.Module
    loader: Iterable
    optimizer: torch.optim.Optimizer
    scheduler: torch.optim.lr_scheduler.LRScheduler | None = None
    clip: float | None = None


def save_checkpoint(path, run: Run, history: dict):
    """Write the state of `run`; the old file stays until the new is whole."""
    if path is None:
        return
    scheduler = run.scheduler
    state = {
        "settings": settings(run),
        "model": run.model.state_dict(),
        "optimizer": run.optimizer.state_dict(),
        "scheduler": scheduler.state_dict() if scheduler else None,
        "random": random_state(run.loader),
        "history": history,
    }
    path = Path(path)
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(partial, "wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def load_checkpoint(path, run: Run) -> dict:
    """Restore `run` in place and return its history; an empty one if new.

    Raises:
        ValueError: the file belongs to another model or other settings;
            nothing has been changed then.
    """
    if path is None or not Path(path).exists():
        return {"seconds": []}
    state = torch.load(path, map_location="cpu", weights_only=True)
    wanted = settings(run)
    for name, value in wanted.items():
        found = state["settings"].get(name)
        if found != value:
            raise ValueError(
                f"checkpoint {path} was written with {name} {found}, this "
                f"run has {value}; give this run another file name, or "
                "delete the file to start again"
            )
    for name in state["settings"].keys() - wanted:
        raise ValueError(
            f"checkpoint {path} holds {name}, which this model lacks; give "
            "this run another file name, or delete the file to start again"
        )
    run.model.load_state_dict(state["model"])
    run.optimizer.load_state_dict(state["optimizer"])
    if run.scheduler:
        run.scheduler.load_state_dict(state["scheduler"])
    restore_random_state(state["random"], run.loader)
    return state["history"]


def settings(run: Run) -> dict[str, str]:
    """What must be the same in the run that wrote and the run that reads."""
    optimizer = run.optimizer
    return {
        "optimizer": f"{type(optimizer).__name__} {optimizer.defaults}",
        "scheduler": type(run.scheduler).__name__,
        "clip": str(run.clip),
    } | {
        f"tensor {name} of shape": str(tuple(tensor.shape))
        for name, tensor in run.model.state_dict().items()
    }


def generators(loader) -> list[torch.Generator]:
    """The private random generators of a loader and of its samplers."""
    found = [getattr(loader, "generator", None)]
    for name in ("sampler", "batch_sampler"):
        if getattr(loader, name, None) is not None:
            found += generators(getattr(loader, name))
    return [generator for generator in found if generator is not None]


def random_state(loader) -> dict:
    """States of all generators that a run may draw from."""
    name, keys, *rest = np.random.get_state()
    state = {
        "python": random.getstate(),
        "numpy": (name, keys.tolist(), *rest),
        "torch": torch.get_rng_state(),
        "loader": [g.get_state() for g in generators(loader)],
    }
    if torch.cuda.is_available():
        state["cuda"] = torch.cuda.get_rng_state_all()
    return state


def restore_random_state(state: dict, loader):
    random.setstate(state["python"])
    np.random.set_state(state["numpy"])
    torch.set_rng_state(state["torch"])
    for generator, saved in zip(
        generators(loader), state["loader"], strict=True
    ):
        generator.set_state(saved)
    if "cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(state["cuda"])
