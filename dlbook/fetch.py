"""Large files from elsewhere: fetched once, whole and verified.

The chapters need none of this, their data is in the package; it is for the
optional large sets. Nothing gets its final name before it is complete.
"""

import hashlib
import os
import string
from pathlib import Path
from typing import NamedTuple

from dlbook.mirror import CHUNK, CutError, MirrorError, append
from dlbook.storing import Line, locked, storing
from dlbook.unpack import extract

__all__ = ["download", "extract"]

CUTS = 3  # broken connections before a mirror is given up


class Content(NamedTuple):
    """What a file holds; no size means that any size is right."""

    sha256: str
    size: int | None

    def __str__(self):
        size = "" if self.size is None else f"{self.size:,} bytes with "
        return f"{size}SHA-256 {self.sha256}"

    def fits(self, wanted) -> bool:
        return wanted in (self, self._replace(size=None))


def download(
    urls, path, *, sha256: str, size: int | None = None, progress: bool = True
) -> Path:
    """Store the file with this SHA-256 as `path`, unless it is there already.

    Args:
        urls: an http(s) address, or several mirrors, tried in this order.
        size: bytes of the file; with it a wrong file is refused at once.
        progress: show a line that rewrites itself, after one second.

    An interrupted download stays as `<path>.part`; the next call continues
    it. A second process that wants the same file waits for the first.

    Raises:
        ValueError: an argument, or the file already at `path`, is wrong.
        FileNotFoundError: the file is missing and DLBOOK_OFFLINE is set.
        ConnectionError: no mirror gave the file; tells why, one by one.
        OSError: the folder is full or read-only.
    """
    urls = [urls] if isinstance(urls, str) else list(urls)
    wanted = Content(sha256.lower(), size)
    _check_arguments(urls, sha256)
    path = Path(path).expanduser()
    by_hand = (
        f"get it by other means from {' or '.join(urls)} and put it at "
        f"{path.absolute()} ({wanted})."
    )
    with Line(path.name, visible=progress) as line:
        if path.exists():
            return _checked(path, wanted, line)
        if os.environ.get("DLBOOK_OFFLINE", "0") not in ("", "0"):
            raise FileNotFoundError(
                f"{path.name} is missing, and DLBOOK_OFFLINE forbids to "
                f"download it. Unset DLBOOK_OFFLINE, or {by_hand}"
            )
        try:
            with storing(path, size):
                path.parent.mkdir(parents=True, exist_ok=True)
                with locked(path, line):
                    if path.exists():  # another process has brought it
                        return _checked(path, wanted, line)
                    part = path.with_name(path.name + ".part")
                    _fill(part, urls, wanted=wanted, line=line)
                    os.replace(part, path)
        except MirrorError as failure:
            raise ConnectionError(
                f"No address gave {path.name}:{failure}\nLook at the network "
                f"and run this again, or {by_hand}"
            ) from None
    return path


def _check_arguments(urls, sha256):
    if not urls:
        raise ValueError("urls is empty: give at least one address.")
    for url in urls:
        if not url.lower().startswith(("http://", "https://")):
            raise ValueError(f"{url!r} is no http:// or https:// address.")
    if len(sha256) != 64 or set(sha256) - set(string.hexdigits):
        raise ValueError(f"sha256={sha256!r} is not 64 hexadecimal digits.")


def _checked(path, wanted, line) -> Path:
    with open(path, "rb") as file:
        found = _content(file, line)
    if not found.fits(wanted):
        raise ValueError(
            f"{path.absolute()} has {found} instead of {wanted}. It is "
            "damaged or another version, and never overwritten: move it "
            "away or delete it, and run this again."
        )
    return path


def _content(file, line) -> Content:
    """Size and SHA-256 of an open file."""
    digest, size = hashlib.sha256(), file.seek(0)
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        line.show(f"checked {size / 1e6:,.1f} MB")
    return Content(digest.hexdigest(), size)


def _fill(part, urls, *, wanted, line):
    """Make `part` the whole and verified file, from the first good mirror."""
    failures = ""
    with open(part, "a+b") as file:
        if _content(file, line).fits(wanted):
            return  # complete, but its process was killed
        for url in urls:
            try:
                return _fill_from(url, file, wanted=wanted, line=line)
            except MirrorError as failure:
                failures += f"\n  {url}: {failure}"
    raise MirrorError(failures)


def _fill_from(url, file, *, wanted, line):
    """Bring what `file` lacks; ask again when that can help."""
    cuts = 0
    while True:
        try:
            start = append(url, file, size=wanted.size, line=line)
        except CutError:
            cuts += 1
            if cuts == CUTS:
                raise
            continue
        found = _content(file, line)
        if found.fits(wanted):
            return os.fsync(file.fileno())
        file.seek(0)
        page = file.read(64).lstrip().startswith(b"<")
        file.truncate(0)
        if start == 0:  # else the part was of another file: once more
            hint = " (a web page?)" if page else ""
            raise MirrorError(f"sent {found}{hint}")
