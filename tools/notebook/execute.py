"""Run a notebook in a clean kernel and keep of its output what is new."""

import os
import platform
import re
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from tqdm import tqdm

from tools.notebook.files import (
    ROOT,
    chapter_path,
    in_normal_form,
    read,
    write,
)
from tools.notebook.normal import code_hash, outputs_hash, tags
from tools.notebook.outputs import same_outputs
from tools.notebook.textform import mark_synced, newest

CELL_TIMEOUT = 3600  # seconds
QUIET = ["--log-level=ERROR"]  # a kernel says otherwise that it listens


# How figures and numbers are shown in a notebook that is kept.
SHOWN = {
    "DLBOOK_INTERACT": "static",
    "DLBOOK_REHEARSE": "0",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONHASHSEED": "0",
}


def kernel_environment() -> dict[str, str]:
    """The environment in which the committed outputs are made and tested.

    One thread (two are slower on small models), the quick version of the
    chapters (no GPU), no downloads, figures in the page, controls without a
    kernel.
    """
    return SHOWN | {
        "CUDA_VISIBLE_DEVICES": "",
        "DLBOOK_DEVICE": "cpu",
        "DLBOOK_OFFLINE": "1",
        "DLBOOK_STRICT": "1",
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
    }


def run_chapter(name, *, root=ROOT, fresh=False) -> bool:
    """Run one chapter as it was last edited and keep what is new; whether it
    came to its end. Its file changes only after the last cell."""
    path = chapter_path(name, root)
    found = path.read_bytes() if path.exists() else None
    stored = read(name, root) if found else None
    before = newest(name, root)
    try:
        after, cost = execute(before, name=name, folder=path.parent)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        cell = before.cells[error.cell_index]
        print(
            f"{name}: cell {error.cell_index + 1} ({cell.id}) failed; "
            f"{path.name} is as it was\n{error}"
        )
        return False
    after = in_normal_form(after, root)
    changed = keep_outputs(after, stored, fresh=fresh)
    record = after.metadata.get("dlbook", {})
    if changed or record.get("outputs") != outputs_hash(after):
        after.metadata["dlbook"] = run_record(after, cost)
    if found != (path.read_bytes() if path.exists() else None):
        print(f"{name}: {path} was changed while it ran; nothing is written")
        return False
    write(name, after, root)
    mark_synced(name, root)
    verdict = "new outputs" if changed else "the outputs are the same"
    print(f"{name}: {verdict}, {cost.seconds:.0f} s")
    return True


class Cost(NamedTuple):
    """What a kernel has used: seconds of processor time, bytes of memory.

    With one thread the seconds are those of a clock on a quiet machine, and
    on a busy one they hardly change.
    """

    seconds: float
    memory: int


def execute(notebook, *, name, folder):
    """(a copy of `notebook` run from the first cell to the last in `folder`,
    the `Cost` of its kernel)

    Raises what nbclient raises, with `cell_index` set on the error.
    """
    notebook = nbformat.from_dict(notebook)
    cost = Cost(0.0, 0)
    bar = tqdm(
        total=len(notebook.cells),
        desc=name,
        unit="cell",
        leave=False,
        mininterval=0.5 if sys.stderr.isatty() else 30,
    )

    def begin(cell, cell_index):
        bar.update(cell_index - bar.n)

    def look(cell, cell_index, execute_reply):
        nonlocal cost
        pid = client.km.provisioner.pid
        used = psutil.Process(pid).cpu_times()
        peak = max(cost.memory, memory(pid))
        cost = Cost(used.user + used.system, peak)

    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        extra_arguments=QUIET,
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=False,
        record_timing=False,
        on_cell_start=begin,
        on_cell_executed=look,
    )
    try:
        client.execute(env=os.environ | kernel_environment())
    except Exception as error:
        error.cell_index = bar.n
        raise
    finally:
        bar.close()
    return notebook, cost


def memory(pid) -> int:
    """Bytes of memory of a process: the most so far where Linux tells it,
    elsewhere those of now."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        return 1024 * int(re.search(r"VmHWM:\s*(\d+)", status.read_text())[1])
    return psutil.Process(pid).memory_info().rss


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


def run_record(notebook, cost: Cost) -> dict:
    """When, where and from which code the outputs of `notebook` came, and
    which they are."""
    cores = len(getattr(os, "sched_getaffinity", _all_cores)(0))
    return {
        "code": code_hash(notebook),
        "date": date.today().isoformat(),
        "machine": f"{cores} CPU core{'s'[: cores > 1]}, {platform.machine()}",
        "memory_gb": round(cost.memory / 1e9, 1),
        "outputs": outputs_hash(notebook),
        "python": platform.python_version(),
        "seconds": round(cost.seconds),
        "torch": version("torch").partition("+")[0],
    }


def _all_cores(process):
    return range(os.cpu_count())
