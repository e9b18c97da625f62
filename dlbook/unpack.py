"""Archives: unpacked as a whole, and only into their own folder."""

import contextlib
import gzip
import lzma
import os
import posixpath
import shutil
import stat
import tarfile
import zipfile
import zlib
from functools import partial
from pathlib import Path, PureWindowsPath

from dlbook.storing import Line, locked, storing

TAR = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2")
DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    lzma.LZMAError,
    zlib.error,
    EOFError,
)


def extract(archive, folder) -> list[Path]:
    """Unpack `archive` as `folder`, and return the paths of its files.

    Takes zip, tar (also gz, xz, bz2) and gz of one file. The folder appears
    when everything is in it; one that is there is kept as it is. A link
    becomes a copy of the file it names.

    Raises:
        ValueError: the archive is damaged or reaches out of the folder.
        FileExistsError: the folder is there, without the archive's files.
        OSError: the disk is full or read-only.
    """
    archive, folder = Path(archive), Path(folder).expanduser()
    try:
        with _opened(archive) as members:
            members = {_parts(name): rest for name, *rest in members}
            if members.get((), (0, None))[1]:
                _refuse(".", "is a file, which would take the folder's place")
            _unpack(members, folder)
    except DAMAGED as error:
        raise ValueError(
            f"{archive} is damaged or not what its name says ({error}). "
            "Delete it and download it again."
        ) from error
    files = [name for name, (_, source) in members.items() if source]
    return [folder.joinpath(*name) for name in files]


def _unpack(members, folder):
    """Write {parts of the name: (size, function that opens it or None)}."""
    if _is_unpacked(members, folder):
        return
    part = folder.with_name(folder.name + ".part")
    size = sum(size for size, _ in members.values()) or None
    with Line(folder.name) as line, storing(folder, size):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with locked(folder, line):
            if not _is_unpacked(members, folder):  # by another process
                _make(part, members, line)
                with contextlib.suppress(OSError):
                    folder.rmdir()  # if empty: Windows replaces no folder
                os.replace(part, folder)


def _make(part, members, line):
    """Write all members into the folder `part`, or leave none of it."""
    shutil.rmtree(part, ignore_errors=True)  # of a process that was killed
    try:
        for name, (_, source) in members.items():
            line.show(f"unpacking {'/'.join(name)}")
            _write(part.joinpath(*name), source)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _write(path, source):
    folder = path if source is None else path.parent
    folder.mkdir(parents=True, exist_ok=True)
    if source is not None:
        with source() as file, open(path, "wb") as copy:
            shutil.copyfileobj(file, copy)


def _is_unpacked(members, folder) -> bool:
    """Whether the folder has all members; an error if only other things."""
    if not folder.exists() or (folder.is_dir() and not os.listdir(folder)):
        return False
    for name in members:
        if not folder.joinpath(*name).exists():
            raise FileExistsError(
                f"{folder.absolute()} exists, but {'/'.join(name)} is not in "
                "it. Nothing is overwritten: choose another folder, or move "
                "this one away and run this again."
            )
    return True


@contextlib.contextmanager
def _opened(archive):
    """The members of an archive: (name, size, function that opens it)."""
    if archive.name.endswith(".zip"):
        with zipfile.ZipFile(archive) as file:
            yield _zip_members(file)
    elif archive.name.endswith(TAR):
        with tarfile.open(archive) as file:
            yield _tar_members(file)
    elif archive.suffix == ".gz":
        with gzip.open(archive) as file:
            yield [(archive.stem, 0, lambda: file)]
    else:
        known = ", ".join((".zip", *TAR, ".gz"))
        raise ValueError(f"{archive} is none of {known}.")


def _zip_members(archive):
    for info in archive.infolist():
        if stat.S_ISLNK(info.external_attr >> 16):
            _refuse(info.filename, "is a link, which a zip should not have")
        source = None if info.is_dir() else partial(archive.open, info)
        yield info.filename, info.file_size, source


def _tar_members(archive):
    for info in archive.getmembers():
        if info.issym() or info.islnk():
            folder = posixpath.dirname(info.name) if info.issym() else ""
            target = posixpath.join(folder, info.linkname)
            _parts(posixpath.normpath(target), f"{info.name} -> {target}")
            _check_link(archive, info)
        elif not (info.isfile() or info.isdir()):
            _refuse(info.name, "is neither a file nor a folder")
        source = None if info.isdir() else partial(archive.extractfile, info)
        yield info.name, info.size, source
    while archive.fileobj.read(2**20):
        pass  # a gz has its checksum behind the last member


def _check_link(archive, info):
    try:
        file = archive.extractfile(info)
    except (KeyError, RecursionError):
        file = None
    if file is None:
        _refuse(info.name, "is a link to no file of the archive")


def _parts(name, shown=None) -> tuple[str, ...]:
    """Folders and file of a member's name, as no system can misread them."""
    path = PureWindowsPath(name)  # knows C:, / and \
    if path.anchor or ".." in path.parts:
        _refuse(shown or name, "leaves the folder it is unpacked to")
    return path.parts


def _refuse(name, reason):
    raise ValueError(f"{name!r} {reason}; nothing was unpacked.")
