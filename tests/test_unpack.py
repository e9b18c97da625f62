"""extract: whole or not at all, and never outside of its folder."""

import gzip
import io
import os
import signal
import stat
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from pathlib import Path
from random import Random

import pytest

from dlbook import unpack
from dlbook.fetch import extract

FILES = {
    "set/b.txt": b"second",
    "set/a.txt": b"first" * 1000,
    "set/deep/er/c.bin": Random(0).randbytes(70_000),
}
TARS = {".tar": "w", ".tar.gz": "w:gz", ".tgz": "w:gz", ".tar.xz": "w:xz"}


def member(name, content=b"", **fields):
    """A member of a tar: (TarInfo, content); `type`, `linkname` as fields."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, io.BytesIO(content)


def tar(path, members, mode="w"):
    with tarfile.open(path, mode) as archive:
        for info, content in members:
            archive.addfile(info, content)
    return path


def link(name, target, hard=False):
    kind = tarfile.LNKTYPE if hard else tarfile.SYMTYPE
    return member(name, type=kind, linkname=target)


def zipped(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def pack(folder, suffix):
    """FILES and an empty folder as an archive of this kind."""
    path = folder / f"archive{suffix}"
    if suffix == ".zip":
        return zipped(path, {"set/empty/": b"", **FILES})
    members = [member("./set/empty", type=tarfile.DIRTYPE)]
    members += [member(f"./{name}", data) for name, data in FILES.items()]
    return tar(path, members, TARS[suffix])


def listing(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*"))


@pytest.mark.parametrize("suffix", [".zip", *TARS])
def test_files_and_folders_come_out(tmp_path, suffix):
    folder = tmp_path / "new" / "unpacked"
    paths = extract(str(pack(tmp_path, suffix)), str(folder))
    assert paths == [folder / name for name in FILES]
    assert [path.read_bytes() for path in paths] == list(FILES.values())
    assert (folder / "set/empty").is_dir()
    assert len(listing(folder)) == 7
    assert listing(folder.parent) == ["unpacked"] + [
        f"unpacked/{name}" for name in listing(folder)
    ]


def test_a_single_compressed_file(tmp_path):
    archive = tmp_path / "words.txt.gz"
    archive.write_bytes(gzip.compress(b"to be"))
    (path,) = extract(archive, tmp_path / "text")
    assert path == tmp_path / "text" / "words.txt"
    assert path.read_bytes() == b"to be"


def test_the_umask_decides_who_may_read(tmp_path):
    mask = os.umask(0o022)
    try:
        paths = extract(pack(tmp_path, ".zip"), tmp_path / "out")
    finally:
        os.umask(mask)
    modes = [stat.S_IMODE(p.stat().st_mode) for p in (paths[0].parent, *paths)]
    assert modes == [0o755, 0o644, 0o644, 0o644]


OUTSIDE = ["../x", "set/../../x", "/tmp/x", "C:\\x", "..\\x", "\\\\host\\s\\x"]


@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.parametrize("name", OUTSIDE)
def test_a_name_that_leaves_the_folder_is_refused(tmp_path, name, kind):
    path = tmp_path / f"bad.{kind}"
    if kind == "zip":
        zipped(path, {"good": b"1", name: b"2"})
    else:
        tar(path, [member("good", b"1"), member(name, b"2")])
    with pytest.raises(ValueError, match="leaves the folder") as error:
        extract(path, tmp_path / "out")
    assert repr(name) in str(error.value)
    assert listing(tmp_path) == [path.name]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ([link("l", "../../etc/passwd")], "'l -> ../../etc/passwd' leaves"),
        ([link("l", "/etc/passwd")], "leaves the folder"),
        ([link("set/l", "/good")], "leaves the folder"),
        ([link("l", "../good", hard=True)], "leaves the folder"),
        ([link("l", "/etc/passwd", hard=True)], "leaves the folder"),
        ([link("set/l", "../good", hard=True)], "leaves the folder"),
        ([link("l", "nothing")], "'l' is a link to no file"),
        ([link("l", "m"), link("m", "l")], "is a link to no file"),
        ([link("l", "."), member("l/x", b"2")], "is a link to no file"),
        ([member("pipe", type=tarfile.FIFOTYPE)], "'pipe' is neither"),
        ([member("null", type=tarfile.CHRTYPE)], "'null' is neither"),
    ],
)
def test_bad_members_are_refused_before_anything_is_written(
    tmp_path, monkeypatch, bad, message
):
    path = tar(tmp_path / "bad.tar", [member("good", b"1"), *bad])
    monkeypatch.setattr(unpack, "_write", None)
    with pytest.raises(ValueError, match=message):
        extract(path, tmp_path / "out")
    assert listing(tmp_path) == ["bad.tar"]


def test_a_link_in_a_zip_is_refused(tmp_path):
    info = zipfile.ZipInfo("l")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    path = zipped(tmp_path / "bad.zip", {"good": b"1", info: b"good"})
    with pytest.raises(ValueError, match="'l' is a link"):
        extract(path, tmp_path / "out")
    assert listing(tmp_path) == ["bad.zip"]


def test_a_link_inside_becomes_a_copy(tmp_path):
    links = [
        link("set/up", "../good"),
        link("set/hard", "good", hard=True),
        link("again", "set/up"),
    ]
    path = tar(tmp_path / "a.tar.gz", [member("good", b"1"), *links], "w:gz")
    paths = extract(path, tmp_path / "out")
    assert [p.read_bytes() for p in paths] == [b"1"] * 4
    assert [p.is_symlink() for p in paths] == [False] * 4
    assert {p.stat().st_nlink for p in paths} == {1}


@pytest.mark.parametrize("suffix", [".zip", *TARS, ".gz"])
@pytest.mark.parametrize("damage", ["cut", "page", "bit"])
def test_a_damaged_archive_is_named_and_leaves_nothing(
    tmp_path, suffix, damage
):
    if suffix == ".gz":
        path = tmp_path / "x.gz"
        path.write_bytes(gzip.compress(FILES["set/deep/er/c.bin"]))
    else:
        path = pack(tmp_path, suffix)
    content = path.read_bytes()
    middle = len(content) // 2
    wrong = content[:middle] + bytes([content[middle] ^ 1])
    wrong += content[middle + 1 :]
    bad = {"cut": content[:middle], "page": b"<html>" * 300, "bit": wrong}
    if (suffix, damage) == (".tar", "bit"):
        pytest.skip("a bare tar has no checksum of its contents")
    path.write_bytes(bad[damage])
    with pytest.raises(ValueError, match="download it again") as error:
        extract(path, tmp_path / "out")
    assert str(path) in str(error.value)
    assert listing(tmp_path) == [path.name]


def test_a_broken_block_is_a_damage(tmp_path):
    content = bytearray(gzip.compress(b"to be"))
    content[10] = 0b111  # behind the header: a last block of no known kind
    (tmp_path / "x.gz").write_bytes(content)
    with pytest.raises(ValueError, match=r"invalid block.*download it again"):
        extract(tmp_path / "x.gz", tmp_path / "out")
    assert listing(tmp_path) == ["x.gz"]


@pytest.mark.parametrize("suffix", [".zip", *TARS, ".gz"])
def test_an_archive_that_is_not_there_is_named(tmp_path, suffix):
    with pytest.raises(FileNotFoundError, match=f"'.*/x{suffix}'"):
        extract(tmp_path / f"x{suffix}", tmp_path / "out")


def test_an_unknown_kind_lists_the_known(tmp_path):
    with pytest.raises(ValueError, match=r"x\.rar is none of \.zip, \.tar"):
        extract(tmp_path / "x.rar", tmp_path / "out")


def test_a_folder_that_is_there_is_kept(tmp_path, monkeypatch):
    archive, folder = pack(tmp_path, ".zip"), tmp_path / "out"
    paths = extract(archive, folder)
    monkeypatch.setattr(unpack, "locked", None)  # it may be read-only
    paths[0].write_bytes(b"edited")
    (folder / "note").write_bytes(b"mine")
    assert extract(archive, folder) == paths
    assert paths[0].read_bytes() == b"edited"
    paths[1].unlink()
    before = listing(tmp_path)
    with pytest.raises(FileExistsError, match=r"set/a\.txt is not in it"):
        extract(archive, folder)
    assert listing(tmp_path) == before


def test_an_empty_folder_is_filled(tmp_path, monkeypatch):
    real = os.replace

    def replace(old, new):
        assert not new.exists()  # Windows replaces no folder
        real(old, new)

    monkeypatch.setattr(os, "replace", replace)
    (tmp_path / "out").mkdir()
    paths = extract(pack(tmp_path, ".tar"), tmp_path / "out")
    assert paths[0].read_bytes() == b"second"


def test_a_file_of_that_name_is_kept(tmp_path):
    (tmp_path / "out").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        extract(pack(tmp_path, ".tar"), tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"mine"


KILLED = """
import os, signal, sys
from dlbook import unpack
write = unpack._write

def die(path, source):
    write(path, source)
    if path.name == "a.txt":
        os.kill(os.getpid(), signal.SIGKILL)

unpack._write = die
unpack.extract(*sys.argv[1:])
"""
FULL = """
import resource, sys
from dlbook import unpack
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, -1))
unpack.extract(*sys.argv[1:])
"""


def run(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        cwd=Path(unpack.__file__).parents[1],
    )


def test_a_killed_extraction_is_not_taken_for_a_whole_one(tmp_path):
    archive, folder = pack(tmp_path, ".tar.gz"), tmp_path / "out"
    assert run(KILLED, archive, folder).returncode == -signal.SIGKILL
    assert not folder.exists()
    (tmp_path / "out.part/set/stale").write_bytes(b"")
    paths = extract(archive, folder)
    assert [path.read_bytes() for path in paths] == list(FILES.values())
    assert sorted(os.listdir(tmp_path)) == [archive.name, "out"]
    assert not (folder / "set/stale").exists()


@pytest.mark.parametrize("suffix", [".zip", ".gz"])
def test_a_full_disk_names_the_folder_and_leaves_nothing(tmp_path, suffix):
    if suffix == ".gz":
        archive, need = tmp_path / "x.gz", ""
        archive.write_bytes(gzip.compress(bytes(30_000)))
    else:
        archive, need = pack(tmp_path, suffix), ", which needs 75,006 bytes"
    result = run(FULL, archive, tmp_path / "out")
    assert result.returncode == 1
    message = f"File too large: cannot store out{need} in the folder "
    assert f"{message}{tmp_path}." in result.stderr
    assert listing(tmp_path) == [archive.name]


def test_two_at_once_do_not_disturb_each_other(tmp_path, monkeypatch):
    archive, write, written = pack(tmp_path, ".zip"), unpack._write, []

    def slowly(path, source):
        written.append(path)
        time.sleep(0.02)
        write(path, source)

    monkeypatch.setattr(unpack, "_write", slowly)
    results = []
    threads = [
        threading.Thread(
            target=lambda: results.append(extract(archive, tmp_path / "out"))
        )
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 3
    assert all(result == results[0] for result in results)
    assert len(written) == 4
    assert sorted(os.listdir(tmp_path)) == [archive.name, "out"]
