"""Large files from elsewhere, fetched once and verified. No page needs them.

The registry below has the address and the SHA-256 of each file, or the first
digits of it where its publisher tells no more; pooch fetches and caches. With
DLBOOK_OFFLINE=1 nothing is fetched.
"""

import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pooch
from requests.exceptions import RequestException

from dlbook.runtime import is_set

TORCHVISION = "https://download.pytorch.org/models"
DETECTOR = "fasterrcnn_mobilenet_v3_large_320_fpn-907ea3f9.pth"
FILES = {  # name: (address, SHA-256 or how it begins)
    "cifar-10-python.tar.gz": (
        "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
        "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
    ),
    "mobilenet_v2-b0353104.pth": (
        f"{TORCHVISION}/mobilenet_v2-b0353104.pth",
        "b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889",
    ),
    DETECTOR: (f"{TORCHVISION}/{DETECTOR}", "907ea3f9"),
}


def download(name: str, *, folder=None, files=FILES) -> Path:
    """The verified file `name` of the registry, or its unpacked folder.

    It is fetched unless it lies in `folder` already (the user's cache, or
    what the environment variable DLBOOK_DATA names). A tar archive is
    unpacked beside itself, into `<name>.untar`.

    Raises:
        ValueError: there is no such name.
        FileNotFoundError: the file is missing or damaged, and DLBOOK_OFFLINE
            is set.
        ConnectionError: it could not be fetched whole. This and the error
            above say how to get the file by hand.
        tarfile.FilterError: a member would lie outside of the folder.
    """
    if name not in files:
        raise ValueError(f"there is no {name!r}, only {', '.join(files)}")
    address, sha256 = files[name]
    cache = pooch.create(
        path=folder or pooch.os_cache("dlbook"),
        base_url="",
        registry={name: f"sha256:{sha256}" if len(sha256) == 64 else None},
        urls={name: address},
        retry_if_failed=2,
        env=None if folder else "DLBOOK_DATA",
    )
    path = Path(cache.abspath) / name
    by_hand = f"get {address} by other means and put it at {path}"
    whole = path.exists() and pooch.file_hash(path).startswith(sha256)
    if not whole and is_set("DLBOOK_OFFLINE"):
        raise FileNotFoundError(
            f"{name} is missing or damaged, and DLBOOK_OFFLINE forbids to "
            f"fetch it; unset DLBOOK_OFFLINE, or {by_hand}"
        )
    if not whole:
        path.unlink(missing_ok=True)
    try:
        cache.fetch(name, progressbar=True)
        found = pooch.file_hash(path)
        if not found.startswith(sha256):
            path.unlink()
            raise ValueError(f"its SHA-256 is {found}")
    except (RequestException, ValueError) as error:
        raise ConnectionError(
            f"{name} could not be fetched: {error}\n"
            f"Run this again, or {by_hand} (SHA-256 {sha256})"
        ) from error
    return unpacked(path) if tarfile.is_tarfile(path) else path


def unpacked(path: Path) -> Path:
    """The folder `<path>.untar`, whole or not there at all."""
    folder = path.with_name(f"{path.name}.untar")
    if not folder.exists():
        with (
            tarfile.open(path) as archive,
            TemporaryDirectory(dir=path.parent) as partial,
        ):
            archive.extractall(f"{partial}/whole", filter="data")
            Path(partial, "whole").rename(folder)
    return folder
