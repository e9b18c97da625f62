"""Runs of a chapter with other parameters, by papermill, beside its page.

A rehearsal runs every line of the full version in miniature. Seeds show how
far each number spreads. A full run is for a machine with a GPU.
"""

import os
import platform
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from importlib.metadata import version
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from tools.notebook.execute import QUIET, SHOWN, kernel_environment
from tools.notebook.files import (
    ROOT,
    chapter_names,
    notebook_text,
    read,
    read_json,
    write_json,
    write_text,
)
from tools.notebook.records import (
    experiment_hash,
    is_current,
    results,
    spread,
)

SEEDS = (1, 2, 3, 4)  # seed 0 is the page itself
FAILURES = (PapermillExecutionError, CellTimeoutError, DeadKernelError)


class RunFailedError(Exception):
    """A run ended with an error; the message says where."""


def seeds_path(root=ROOT) -> Path:
    """{chapter: {experiment, torch, seeds: {seed: {result: value}}}}"""
    return Path(root) / "appendix" / "seeds.json"


def full_path(root=ROOT) -> Path:
    """{chapter: {machine: {experiment, ..., results: {name: record}}}}"""
    return Path(root) / "appendix" / "full.json"


def rehearse(name, root=ROOT):
    """The notebook of a chapter after its rehearsal.

    Raises:
        RunFailedError: a cell ended with an error.
    """
    return _run(
        name,
        root,
        Path(root) / "_build" / "rehearsal" / f"{name}.ipynb",
        parameters={"quick": False, "seed": 11},  # a seed that pages forget
        environment=kernel_environment() | {"DLBOOK_REHEARSE": "1"},
    )


def run_seeds(names=(), *, seeds=SEEDS, jobs=1, root=ROOT) -> int:
    """Run chapters with other seeds, and keep and print what they measured.

    A run that is stored in `_build` and measured the same code is not
    repeated. Returns how many runs failed.
    """
    failed = 0
    for name in chapter_names(names, root):
        work = [repeat(name), repeat(root), seeds, range(len(seeds))]
        if jobs == 1:
            done = list(map(_run_seed, *work))
        else:
            with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
                done = list(pool.map(_run_seed, *work))
        failed += done.count(None)
        ran = dict(zip(seeds, done, strict=True))
        ran = {seed: ran[seed] for seed in ran if ran[seed] is not None}
        _keep_seeds(name, ran, root)
        page = read(name, root)
        committed = {0: page} if is_current(page) else {}
        print(*spread(page, committed | ran), sep="\n")
    return failed


def _run_seed(name, root, seed, position):
    """The notebook of a chapter after its run with a seed; None if it failed,
    which is printed."""
    path = Path(root) / "_build" / "seeds" / f"{name}-{seed}.ipynb"
    experiment = experiment_hash(read(name, root))
    if path.exists():
        stored = nbformat.read(path, as_version=4)
        if stored.metadata.dlbook.experiment == experiment:
            print(f"{name} with seed {seed}: is there already")
            return stored
    try:
        notebook = _run(
            name,
            root,
            path,
            parameters={"quick": True, "seed": seed},
            environment=kernel_environment() | {"DLBOOK_STRICT": "0"},
            position=position,
        )
    except RunFailedError as error:
        print(error)
        return None
    print(f"{name} with seed {seed}: {notebook.metadata.dlbook.seconds} s")
    return notebook


def _keep_seeds(name, ran, root):
    """Store the results of the runs {seed: notebook} beside those that the
    same code gave with other seeds."""
    stored, experiment = read_json(seeds_path(root)), None
    for seed, notebook in ran.items():
        experiment = notebook.metadata.dlbook.experiment
        entry = stored.get(name, {})
        if entry.get("experiment") != experiment:
            entry = {"experiment": experiment, "seeds": {}}
        entry["torch"] = notebook.metadata.dlbook.torch
        entry["seeds"][str(seed)] = {
            result: _six_digits(record["value"])
            for result, record in results(notebook).items()
        }
        stored[name] = entry
    write_json(seeds_path(root), stored)


def run_full(name, *, root=ROOT) -> bool:
    """Run the full version of a chapter and keep its results with the name
    of the machine. Whether it came to its end.

    It works in a folder of its own, where the checkpoints of a run that was
    interrupted are found again as long as the code is the same.
    """
    experiment = experiment_hash(read(name, root))
    folder = Path(root) / "_build" / "full" / f"{name}-{experiment}"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        notebook = _run(
            name,
            root,
            folder.with_suffix(".ipynb"),
            parameters={"quick": False, "seed": 0},
            environment=SHOWN | {"DLBOOK_STRICT": "0"},
            folder=folder,
        )
    except RunFailedError as error:
        print(error)
        return False
    records = results(notebook)
    device = next((r["device"] for r in records.values()), "cpu")
    stored = read_json(full_path(root))
    stored.setdefault(name, {})[machine(device)] = notebook.metadata.dlbook | {
        "device": device,
        "results": {
            result: {
                "value": _six_digits(record["value"]),
                "seconds": record["seconds"],
            }
            for result, record in records.items()
        },
    }
    write_json(full_path(root), stored)
    print(f"{name} in full: {notebook.metadata.dlbook.seconds} s")
    print(*spread(read(name, root), {0: notebook}), sep="\n")
    return True


def machine(device) -> str:
    """The name of the processor behind a device such as `cuda` or `cpu`."""
    if device.startswith("cuda"):
        import torch  # takes seconds, and most commands need none of it

        return torch.cuda.get_device_name(device)
    cpu = Path("/proc/cpuinfo")
    text = cpu.read_text() if cpu.exists() else ""
    model = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return model[1] if model else platform.processor() or platform.machine()


def _six_digits(value):
    return value if isinstance(value, str) else float(f"{value:.6g}")


def _run(
    name,
    root,
    output,
    *,
    parameters,
    environment,
    folder=None,
    position=0,
):
    """Run the stored chapter; the notebook after the run, kept as `output`,
    which is whole or not there: a run that failed is kept beside it.

    It works in `folder`, or else in an empty one, with `environment` added to
    that of this process. `position` is the line of its progress bar.

    Raises:
        RunFailedError: a cell ended with an error.
    """
    notebook = read(name, root)
    experiment, start = experiment_hash(notebook), time.monotonic()
    title = ", ".join(f"{key} = {parameters[key]}" for key in parameters)
    running = output.with_suffix(".running.ipynb")
    running.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as empty, patch.dict(os.environ, environment):
        try:
            notebook = papermill.execute_notebook(
                notebook,
                running,
                parameters=parameters,
                kernel_name="python3",
                cwd=folder or empty,
                extra_arguments=QUIET,
                progress_bar={
                    "desc": f"{name}, {title}",
                    "leave": False,
                    "mininterval": 0.5 if sys.stderr.isatty() else 30,
                    "position": position,
                },
            )
        except FAILURES as error:
            message = f"{name}, {title}: {_where(error)}; see {running}"
            raise RunFailedError(message) from error
    notebook.metadata["dlbook"] = {
        "date": date.today().isoformat(),
        "experiment": experiment,
        "seconds": round(time.monotonic() - start),
        "torch": version("torch").partition("+")[0],
    }
    write_text(output, notebook_text(notebook))
    running.unlink()
    return notebook


def _where(error):
    """In one line, which error ended a run, and in which cell."""
    if not isinstance(error, PapermillExecutionError):
        return f"{type(error).__name__}: {error}"
    begin = error.source.strip().partition("\n")[0]
    return f"{error.ename}: {error.evalue} (the cell begins {begin!r})"
