"""One address over HTTP: as much of its file as it gives, from any byte on."""

import http.client
import os
import urllib.error
import urllib.request

TIMEOUT = 30  # seconds without a byte before a connection is given up
CHUNK = 2**18
BROKEN = (OSError, http.client.HTTPException)


class MirrorError(Exception):
    """Why a mirror did not give the file."""


class CutError(MirrorError):
    """The connection broke; what had come by then is good."""


def append(url, file, *, size, line) -> int:
    """Add to `file` what it lacks; return the byte the answer began with."""
    response, start = _open(url, file.seek(0, os.SEEK_END))
    with response:
        total = size if response.length is None else start + response.length
        if size not in (None, total):
            raise MirrorError(f"offers {total:,} bytes instead of {size:,}")
        of_total = "" if total is None else f" of {total / 1e6:,.1f}"
        done = file.truncate(start)
        while total is None or done < total:
            chunk = _read(response)
            if not chunk:
                break
            done += len(chunk)
            file.write(chunk)
            line.show(f"{done / 1e6:,.1f}{of_total} MB")
    if total is not None and done < total:
        raise CutError(f"stopped after {done:,} of {total:,} bytes")
    return start


def _open(url, start):
    """The answer of `url` from byte `start` on, or from 0 if it cannot."""
    headers = {"User-Agent": "dlbook"}
    if start:
        headers["Range"] = f"bytes={start}-"
    try:
        request = urllib.request.Request(url, headers=headers)
        response = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        error.close()
        if start and error.code == 416:
            return _open(url, 0)
        raise MirrorError(f"HTTP {error.code} {error.reason}") from error
    except (*BROKEN, ValueError) as error:  # ValueError: a misspelt address
        raise MirrorError(_reason(error)) from error
    expected = {200: "", 206: f"bytes {start}-"}.get(response.status)
    found = response.headers.get("Content-Range", "")
    if expected is not None and found.startswith(expected):
        return response, start if response.status == 206 else 0
    response.close()
    if start:
        return _open(url, 0)
    raise MirrorError(f"unexpected answer: HTTP {response.status} {found}")


def _read(response) -> bytes:
    try:
        return response.read1(CHUNK)
    except BROKEN as error:
        raise CutError(_reason(error)) from error


def _reason(error) -> str:
    return str(getattr(error, "reason", None) or error)
