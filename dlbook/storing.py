"""What keeps a half-written file from being taken for a whole one."""

import contextlib
import os
import sys
import time
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt


@contextlib.contextmanager
def storing(path: Path, size: int | None = None):
    """Add to an error of the disk what it hit: folder and bytes needed."""
    try:
        yield
    except OSError as error:
        if error.errno is None:  # not from the disk: a damaged gz, say
            raise
        need = "" if size is None else f", which needs {size:,} bytes"
        raise OSError(
            error.errno,
            f"{error.strerror}: cannot store {path.name}{need} in "
            f"the folder {path.absolute().parent}. Make room or allow to "
            "write there, or choose another folder, and run this again.",
        ) from error


@contextlib.contextmanager
def locked(path: Path, line):
    """Be the only process that makes `path`; wait for the one that does.

    The lock is on `<path>.lock`, a file of its own because Windows renames
    no open file. The system frees it when its holder ends, even if killed.
    """
    lock = path.with_name(path.name + ".lock")
    while True:
        with open(lock, "ab") as file:
            if _try_to_lock(file) and _is_at(file, lock):
                try:
                    yield
                finally:  # while it is locked, or it may be another's
                    with contextlib.suppress(OSError):  # Windows keeps it
                        lock.unlink()
                return
        line.show("waiting for another process")
        time.sleep(0.1)


def _try_to_lock(file) -> bool:
    try:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _is_at(file, path) -> bool:
    """Whether the open file still has the name `path`."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except FileNotFoundError:
        return False


class Line:
    """A line on stderr that rewrites itself, once a second has passed."""

    def __init__(self, name: str, visible: bool = True):
        self.name, self.visible = name, visible
        self.text, self.width = "", 0
        self.due = time.monotonic() + 1

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.width:
            self.draw()
            print(file=sys.stderr)

    def show(self, text: str):
        self.text = f"{self.name}: {text}"
        if self.visible and time.monotonic() > self.due:
            self.draw()

    def draw(self):
        """Write the text over the one before."""
        text = self.text.ljust(self.width)
        print(f"\r{text}", end="", file=sys.stderr, flush=True)
        self.width = len(self.text)
        self.due = time.monotonic() + 0.2
