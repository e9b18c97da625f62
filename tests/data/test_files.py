import gzip
import hashlib
import shutil

import pytest

from dlbook.data import files
from dlbook.data.texts import movie_snippets


def test_every_bundled_file_has_a_checksum_and_its_content():
    names = {
        path.relative_to(files.FOLDER).as_posix()
        for path in files.FOLDER.rglob("*")
        if path.is_file() and path.name not in ("README.md", "SHA256SUMS")
    }
    assert names == set(files.checksums())
    for name in names:
        files.read(name)
    notice = (files.FOLDER / "README.md").read_text()
    for name in names:
        assert name.split("/")[0] in notice


@pytest.mark.parametrize("damage", ["flip", "cut", "page", "content"])
def test_a_damaged_file_is_named(tmp_path, monkeypatch, damage):
    name = "movie-snippets.tsv.gz"
    shutil.copy(files.FOLDER / "SHA256SUMS", tmp_path)
    content = bytearray((files.FOLDER / name).read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 1
    if damage == "cut":
        content = content[:-1000]
    if damage == "page":
        content = b"<html>404 Not Found</html>"
    if damage == "content":  # a whole archive of something else
        content = gzip.compress(b"1.0\tfine\n")
    (tmp_path / name).write_bytes(content)
    monkeypatch.setattr(files, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=f"{name} is damaged"):
        movie_snippets()


def test_read_names_both_checksums(tmp_path, monkeypatch):
    (tmp_path / "SHA256SUMS").write_text("0" * 64 + "  note.txt\n")
    (tmp_path / "note.txt").write_text("hello")
    monkeypatch.setattr(files, "FOLDER", tmp_path)
    found = hashlib.sha256(b"hello").hexdigest()
    with pytest.raises(ValueError, match=f"{found}, not {'0' * 64}"):
        files.read("note.txt")
