import hashlib
import io
import tarfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from dlbook.data.download import FILES, download

CONTENT = bytes(range(256)) * 40


@pytest.fixture
def server(monkeypatch):
    """A web server on this machine: `server.answers` maps path to bytes.

    It announces `server.announced` more bytes than it sends, and counts the
    requests.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.requests += 1
            content = self.server.answers.get(self.path)
            self.send_response(404 if content is None else 200)
            size = len(content or b"") + self.server.announced
            self.send_header("Content-Length", str(size))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *arguments):
            pass

    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.delenv("DLBOOK_OFFLINE", raising=False)
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # of the retries
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.answers, server.announced, server.requests = {}, 0, 0
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def registry(server, name, content=CONTENT):
    address = f"http://127.0.0.1:{server.server_address[1]}/{name}"
    return {name: (address, hashlib.sha256(content).hexdigest())}


def test_a_file_is_fetched_once(server, tmp_path):
    server.answers["/a.bin"] = CONTENT
    files = registry(server, "a.bin")
    for _ in range(2):
        path = download("a.bin", folder=tmp_path, files=files)
        assert path == tmp_path / "a.bin"
        assert path.read_bytes() == CONTENT
    assert server.requests == 1


def test_a_wrong_hash_is_refused_with_the_way_by_hand(server, tmp_path):
    server.answers["/a.bin"] = b"<html>Please log in</html>"
    files = registry(server, "a.bin")
    address, sha256 = files["a.bin"]
    with pytest.raises(ConnectionError) as caught:
        download("a.bin", folder=tmp_path, files=files)
    message = str(caught.value)
    assert f"get {address} by other means" in message
    assert f"put it at {tmp_path / 'a.bin'} (SHA-256 {sha256})" in message
    assert list(tmp_path.iterdir()) == []  # nothing half, nothing wrong


def test_a_cut_connection_is_tried_again_and_leaves_nothing(server, tmp_path):
    server.answers["/a.bin"], server.announced = CONTENT[:-1], 1
    files = registry(server, "a.bin")
    with pytest.raises(ConnectionError, match="could not be fetched"):
        download("a.bin", folder=tmp_path, files=files)
    assert server.requests == 3
    assert list(tmp_path.iterdir()) == []
    server.answers["/a.bin"], server.announced = CONTENT, 0
    path = download("a.bin", folder=tmp_path, files=files)
    assert path.read_bytes() == CONTENT


def test_a_damaged_file_is_fetched_anew(server, tmp_path):
    server.answers["/a.bin"] = CONTENT
    (tmp_path / "a.bin").write_bytes(CONTENT[:-1])
    path = download("a.bin", folder=tmp_path, files=registry(server, "a.bin"))
    assert path.read_bytes() == CONTENT


def test_without_a_network_it_says_what_to_do(server, tmp_path):
    files = registry(server, "a.bin")
    server.shutdown()
    server.server_close()
    with pytest.raises(ConnectionError, match="by other means"):
        download("a.bin", folder=tmp_path, files=files)


def test_the_beginning_of_a_hash_is_compared(server, tmp_path):
    server.answers["/a.bin"] = CONTENT
    address, sha256 = registry(server, "a.bin")["a.bin"]
    files = {"a.bin": (address, sha256[:8])}
    (tmp_path / "a.bin").write_bytes(CONTENT[:-1])  # damaged: fetched anew
    for _ in range(2):
        path = download("a.bin", folder=tmp_path, files=files)
        assert path.read_bytes() == CONTENT
    assert server.requests == 1
    server.answers["/a.bin"] = b"<html>Please log in</html>"
    path.unlink()
    with pytest.raises(ConnectionError, match="its SHA-256 is"):
        download("a.bin", folder=tmp_path, files=files)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stored", [None, CONTENT[:-1]])
def test_offline_nothing_is_asked_for(server, tmp_path, monkeypatch, stored):
    server.answers["/a.bin"] = CONTENT
    monkeypatch.setenv("DLBOOK_OFFLINE", "1")
    if stored is not None:
        (tmp_path / "a.bin").write_bytes(stored)
    files = registry(server, "a.bin")
    with pytest.raises(FileNotFoundError, match="DLBOOK_OFFLINE") as caught:
        download("a.bin", folder=tmp_path, files=files)
    assert f"put it at {tmp_path / 'a.bin'}" in str(caught.value)
    assert server.requests == 0


def test_offline_a_file_put_there_by_hand_will_do(
    server, tmp_path, monkeypatch
):
    monkeypatch.setenv("DLBOOK_OFFLINE", "1")
    (tmp_path / "a.bin").write_bytes(CONTENT)
    path = download("a.bin", folder=tmp_path, files=registry(server, "a.bin"))
    assert path == tmp_path / "a.bin"
    assert server.requests == 0


def archive(*names) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = len(CONTENT)
            tar.addfile(member, io.BytesIO(CONTENT))
    return buffer.getvalue()


def test_an_archive_is_unpacked_once(server, tmp_path):
    content = archive("set/one.bin", "set/two.bin")
    server.answers["/a.tar.gz"] = content
    files = registry(server, "a.tar.gz", content)
    folder = download("a.tar.gz", folder=tmp_path, files=files)
    assert folder == tmp_path / "a.tar.gz.untar"
    assert (folder / "set/two.bin").read_bytes() == CONTENT
    (folder / "set/one.bin").unlink()  # what the reader does there stays
    assert download("a.tar.gz", folder=tmp_path, files=files) == folder
    assert not (folder / "set/one.bin").exists()


def test_an_archive_cannot_write_outside_of_its_folder(server, tmp_path):
    content = archive("good.bin", "../outside.bin")
    server.answers["/a.tar.gz"] = content
    cache = tmp_path / "cache"
    with pytest.raises(tarfile.FilterError):
        download("a.tar.gz", folder=cache,
                 files=registry(server, "a.tar.gz", content))  # fmt: skip
    assert [path.name for path in cache.iterdir()] == ["a.tar.gz"]
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]


def test_an_unknown_name_is_told_the_known_ones():
    with pytest.raises(ValueError, match="'cifar'.*cifar-10-python.tar.gz"):
        download("cifar")


def test_the_environment_names_the_cache(server, tmp_path, monkeypatch):
    server.answers["/a.bin"] = CONTENT
    monkeypatch.setenv("DLBOOK_DATA", str(tmp_path / "mine"))
    path = download("a.bin", files=registry(server, "a.bin"))
    assert path == tmp_path / "mine" / "a.bin"


def test_the_registry_holds_addresses_and_hashes():
    for name, (address, sha256) in FILES.items():
        assert address.startswith("https://") and address.endswith(name)
        assert len(sha256) in (8, 64) and int(sha256, 16)
