"""The bundled files: read, decompressed, and checked against SHA256SUMS."""

import gzip
import hashlib
import lzma
import zlib
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "datasets"
DECOMPRESS = {".gz": gzip.decompress, ".xz": lzma.decompress}
DAMAGED = (OSError, EOFError, zlib.error, lzma.LZMAError)


def read(name: str) -> bytes:
    """Decompressed content of a bundled file, checked by SHA-256.

    Raises:
        ValueError: the file is damaged; the message names it.
    """
    path = FOLDER / name
    content = path.read_bytes()
    try:
        content = DECOMPRESS.get(path.suffix, bytes)(content)
    except DAMAGED as error:
        raise ValueError(damaged(path, str(error))) from error
    found, expected = hashlib.sha256(content).hexdigest(), checksums()[name]
    if found != expected:
        reason = f"its content has SHA-256 {found}, not {expected}"
        raise ValueError(damaged(path, reason))
    return content


def damaged(path, reason):
    return f"{path} is damaged: {reason}. Restore it from the repository."


def checksums() -> dict[str, str]:
    """SHA-256 of the decompressed content of each bundled file."""
    lines = (FOLDER / "SHA256SUMS").read_text().splitlines()
    return {name: digest for digest, name in map(str.split, lines)}
