"""Run a notebook in a clean kernel and keep of its output what is new."""

import os
import platform
import re
import sys
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient

from tools.normal import code_hash, outputs_hash, tags
from tools.outputs import same_outputs

CELL_TIMEOUT = 3600  # seconds


def kernel_environment() -> dict[str, str]:
    """The environment in which the committed outputs are made and tested.

    One thread (two are slower on small models), the quick version of the
    chapters (no GPU), figures in the page, controls without a kernel.
    """
    return {
        "CUDA_VISIBLE_DEVICES": "",
        "DLBOOK_DEVICE": "cpu",
        "DLBOOK_INTERACT": "static",
        "DLBOOK_STRICT": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
        "PYTHONHASHSEED": "0",
    }


def execute(notebook, *, name, folder):
    """(a copy of `notebook` run from the first cell to the last in `folder`,
    the largest memory of its kernel in bytes)

    Raises what nbclient raises, with `cell_index` set on the error.
    """
    notebook = nbformat.from_dict(notebook)
    progress = Progress(name, len(notebook.cells))
    peak = 0

    def look(cell, cell_index, execute_reply):
        nonlocal peak
        peak = max(peak, memory(client.km.provisioner.pid))

    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=False,
        record_timing=False,
        on_cell_start=progress.draw,
        on_cell_executed=look,
    )
    try:
        client.execute(env=os.environ | kernel_environment())
    except Exception as error:
        error.cell_index = progress.cell_index
        raise
    finally:
        progress.clear()
    return notebook, peak


def memory(pid) -> int:
    """Bytes of memory of a process: the most so far where Linux tells it,
    elsewhere those of now."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        return 1024 * int(re.search(r"VmHWM:\s*(\d+)", status.read_text())[1])
    return psutil.Process(pid).memory_info().rss


class Progress:
    """`cnn: cell 12 of 60, 34 s`: rewritten in a terminal, sparse in a log."""

    def __init__(self, name, cells):
        self.name, self.cells = name, cells
        self.start = self.logged = time.monotonic()
        self.cell_index = 0
        self.terminal = sys.stderr.isatty()

    def draw(self, cell, cell_index):
        self.cell_index, now = cell_index, time.monotonic()
        line = (
            f"{self.name}: cell {cell_index + 1} of {self.cells}, "
            f"{now - self.start:.0f} s"
        )
        if self.terminal:
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
        elif now - self.logged > 5:
            self.logged = now
            print(line, file=sys.stderr, flush=True)

    def clear(self):
        if self.terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def keep_outputs(new, old, *, fresh=False) -> bool:
    """Put the outputs of `old` back into `new` where they say the same.

    Both are in normal form, cells belong together by their id. A cell tagged
    `nbval-ignore-output` keeps its output as long as its code is the same.
    Returns whether anything is new. With `fresh`, everything is.
    """
    if old is None or fresh:
        return True
    before = {cell.id: cell for cell in old.cells}
    record = old.metadata.get("dlbook", {}).get("code")
    trusted = record == code_hash(old)  # not edited since it last ran
    changed = record != code_hash(new)
    for cell in new.cells:
        if cell.cell_type == "code":
            stored = before.get(cell.id)
            if _keeps(cell, stored, trusted):
                cell.outputs = stored.outputs
                for output in cell.outputs:
                    if "execution_count" in output:
                        output.execution_count = cell.execution_count
            else:
                changed = True
    return changed


def _keeps(cell, stored, trusted):
    if stored is None or stored.get("execution_count") is None:
        return False
    if "nbval-ignore-output" in tags(cell) and trusted:
        return cell.source == stored.source
    return same_outputs(cell.outputs, stored.outputs, pictures=True)


def run_record(notebook, seconds, peak) -> dict:
    """When, where and from which code the outputs of `notebook` came, and
    which they are."""
    cores = len(getattr(os, "sched_getaffinity", _all_cores)(0))
    return {
        "code": code_hash(notebook),
        "date": date.today().isoformat(),
        "machine": f"{cores} CPU core{'s'[: cores > 1]}, {platform.machine()}",
        "memory_gb": round(peak / 1e9, 1),
        "outputs": outputs_hash(notebook),
        "python": platform.python_version(),
        "seconds": round(seconds),
        "torch": version("torch").partition("+")[0],
    }


def _all_cores(process):
    return range(os.cpu_count())
