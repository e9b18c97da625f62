"""Run all benchmarks and print one table, with the machine and versions.

A row is a ratio of two times taken in turn on this machine, beside the bound
that the book keeps to. Exit status 1 if a bound is broken.
"""

import importlib
import os
import pkgutil
import platform
import sys

import torch
import torchvision

import benchmarks


def machine() -> str:
    """The machine and the versions, in words."""
    chip = "CPU only"
    if torch.cuda.is_available():
        chip = torch.cuda.get_device_name()
    return (
        f"{os.cpu_count()} CPU cores ({platform.machine()}), {chip}, "
        f"{torch.get_num_threads()} threads; Python "
        f"{platform.python_version()}, torch {torch.__version__}, "
        f"torchvision {torchvision.__version__}"
    )


def main(names) -> int:
    known = sorted(
        module.name
        for module in pkgutil.iter_modules(benchmarks.__path__)
        if not module.name.startswith("_") and module.name != "timing"
    )
    unknown = set(names) - set(known)
    if unknown:
        print(f"no benchmark {sorted(unknown)}, only {known}")
        return 2
    print(machine())
    print(f"{'what':<56} {'ratio':>8}   bound")
    broken = 0
    for name in names or known:
        for row in importlib.import_module(f"benchmarks.{name}").rows():
            broken += not row.kept
            print(row, flush=True)
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
