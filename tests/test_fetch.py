"""download against a real server that misbehaves in every way we know."""

import contextlib
import hashlib
import io
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import urllib.response
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

import pytest

from dlbook import fetch, mirror, storing

DATA = Random(0).randbytes(300_000)
SHA256 = hashlib.sha256(DATA).hexdigest()
OTHER = Random(1).randbytes(len(DATA))
PAGE = b"<!DOCTYPE html><title>Not found</title>"
HALF = len(DATA) // 2


class Answer(BaseHTTPRequestHandler):
    """Serves `server.answers[path]`: a dict of what is to go wrong.

    body, status, headers: what is sent; ranges: "honour", "ignore", "refuse"
    (416) or "wrong" (206 from byte 0); cuts: for each request the bytes after
    which the connection closes; length: whether to announce it; pause: seconds
    between ten pieces; gate: an event to wait for after half of the body;
    linger: an event to wait for before the connection is closed.
    """

    def do_GET(self):
        asked = self.headers.get("Range")
        assert self.headers["User-Agent"] == "dlbook"  # some refuse Python
        self.server.requests.append((self.path, asked))
        answer = self.server.answers[self.path]
        body, status = answer.get("body", DATA), answer.get("status", 200)
        ranges, start = answer.get("ranges", "honour"), 0
        headers = dict(answer.get("headers", {}))
        if asked and status == 200 and ranges != "ignore":
            start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1])
            if ranges == "refuse" or start >= len(body):
                body, status, start = PAGE, 416, 0
            else:
                start, status = 0 if ranges == "wrong" else start, 206
                of = f"{start}-{len(body) - 1}/{len(body)}"
                headers["Content-Range"] = f"bytes {of}"
        if answer.get("length", True):
            headers["Content-Length"] = len(body) - start
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        cuts = answer.get("cuts")
        self.send(body[start : cuts.pop(0) if cuts else None], answer)

    def send(self, body, answer):
        if "gate" in answer:
            self.wfile.write(body[:HALF])
            answer["gate"].wait(10)
            body = body[HALF:]
        step = len(body) // 10 + 1
        for start in range(0, len(body), step):
            self.wfile.write(body[start : start + step])
            time.sleep(answer.get("pause", 0))
        if "linger" in answer:
            answer["linger"].wait(10)

    def log_message(self, *args):
        pass

    def handle(self):
        with contextlib.suppress(ConnectionError):  # a client was killed
            super().handle()


@pytest.fixture
def open_folder():
    """A folder that every user can reach, unlike tmp_path."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


@contextlib.contextmanager
def read_only(folder):
    """Take away the permission to write; root has to become nobody."""
    folder.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)
        folder.chmod(0o755)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("DLBOOK_OFFLINE", raising=False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    server.requests, server.answers = [], {}
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def get(server, tmp_path):
    """download(...) from this server to one path, quietly."""

    def get(*names, path=tmp_path / "set.bin", sha256=SHA256, **options):
        urls = [f"{server.url}/{name}" for name in names]
        options = {"size": len(DATA), "progress": False} | options
        return fetch.download(urls, path, sha256=sha256, **options)

    def answer(name, **options):
        server.answers[f"/{name}"] = options

    get.answer, get.path = answer, tmp_path / "set.bin"
    get.part = tmp_path / "set.bin.part"
    get.ranges = lambda: [asked for _, asked in server.requests]
    answer("good")
    answer("missing", status=404, body=PAGE)
    return get


def is_whole(get):
    """The file is there, and nothing else."""
    names = [path.name for path in get.path.parent.iterdir()]
    return names == ["set.bin"] and get.path.read_bytes() == DATA


@pytest.mark.parametrize("size", [None, len(DATA)])
@pytest.mark.parametrize("length", [True, False])
def test_stores_the_file_and_asks_once(get, size, length):
    get.answer("a", length=length)
    assert get("a", size=size) == get.path
    assert is_whole(get)
    assert get("a", size=size, sha256=SHA256.upper()) == get.path
    assert get.ranges() == [None]


def test_takes_one_address_and_makes_folders(get, server, tmp_path):
    path = tmp_path / "new" / "folder" / "x"
    url = f"{server.url}/good"
    assert fetch.download(url, str(path), sha256=SHA256) == path
    assert path.read_bytes() == DATA


def test_every_mirror_is_tried_and_named(get, server):
    get.answer("page", body=PAGE)
    get.answer("cut", cuts=[10, 20, 30])
    get.answer("ftp", status=302, headers={"Location": "ftp://127.0.0.1:1/x"})
    with pytest.raises(ConnectionError) as error:
        get("missing", "page", "cut", "ftp", "bad name")
    lines = str(error.value).splitlines()
    reasons = [line.partition(f"{server.url}/")[2] for line in lines[1:6]]
    assert reasons[0] == "missing: HTTP 404 Not Found"
    assert reasons[1] == "page: offers 39 bytes instead of 300,000"
    assert reasons[2] == "cut: stopped after 30 of 300,000 bytes"
    assert reasons[3].startswith("ftp: ")
    assert reasons[4].startswith("bad name: URL can't contain")
    for text in (SHA256, "300,000 bytes", str(get.path), "run this again"):
        assert text in lines[-1]
    assert not get.path.exists()
    get("missing", "good")
    assert is_whole(get)
    assert server.requests[-1] == ("/good", "bytes=30-")


def test_nobody_listens(get):
    with pytest.raises(ConnectionError, match=r"1/x: \[Errno \d+\] Conn.*ref"):
        fetch.download("http://127.0.0.1:1/x", get.path, sha256=SHA256)


@pytest.mark.parametrize("url", ["http://[half/x", "http://a..b/x"])
def test_a_misspelt_address_does_not_stop_the_others(get, server, url):
    urls = [url, f"{server.url}/good"]
    fetch.download(urls, get.path, sha256=SHA256)
    assert is_whole(get)


def test_an_answer_of_another_protocol_is_not_read(get, monkeypatch):
    """What urllib would bring from ftp, to which a server may redirect."""

    def urlopen(request, timeout):
        body = io.BytesIO(DATA)
        return urllib.response.addinfourl(body, {}, request.full_url)

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    with pytest.raises(ConnectionError, match="unexpected answer: HTTP None"):
        get("good")


def test_an_answer_that_is_no_file_is_refused(get):
    get.answer("empty", status=204, body=b"")
    with pytest.raises(ConnectionError, match="unexpected answer: HTTP 204"):
        get("empty")
    get.part.write_bytes(DATA[:HALF])
    get("empty", "good")
    assert get.ranges()[1:] == [f"bytes={HALF}-", None, f"bytes={HALF}-"]


@pytest.mark.parametrize("length", [True, False])
def test_an_open_connection_is_not_waited_for(get, monkeypatch, length):
    monkeypatch.setattr(mirror, "TIMEOUT", 0.2)
    get.answer("open", linger=threading.Event(), length=length)
    get("open")
    assert is_whole(get)
    assert get.ranges() == [None]


@pytest.mark.parametrize("length", [True, False])
@pytest.mark.parametrize(
    "body",
    [PAGE, OTHER, DATA[:-1], DATA + b"x"],
    ids=["page", "other", "short", "long"],
)
@pytest.mark.parametrize("size", [None, len(DATA)])
def test_another_content_is_never_stored(get, body, size, length):
    get.answer("other", body=body, length=length)
    with pytest.raises(ConnectionError) as error:
        get("other", size=size)
    assert not get.path.exists()
    if size is None:
        assert hashlib.sha256(body).hexdigest() in str(error.value)
        assert ("a web page?" in str(error.value)) == (body == PAGE)
    get("good")
    assert is_whole(get)


def test_a_wrong_size_is_refused_even_with_the_right_hash(get):
    get.answer("stream", length=False)
    with pytest.raises(ConnectionError, match=r"(?s)sent 300,000.* \(299,999"):
        get("stream", size=len(DATA) - 1)
    get.path.write_bytes(DATA)
    with pytest.raises(ValueError, match=r"300,000 bytes.* 299,999 bytes"):
        get("good", size=len(DATA) - 1)


def test_a_page_does_not_destroy_what_had_come(get):
    get.part.write_bytes(DATA[:HALF])
    get.answer("page", body=PAGE)
    get("page", "missing", "good")
    rest = f"bytes={HALF}-"
    assert get.ranges() == [rest, None, rest, rest]
    assert is_whole(get)


@pytest.mark.parametrize(
    ("ranges", "asked"),
    [
        ("honour", [f"bytes={HALF}-"]),
        ("ignore", [f"bytes={HALF}-"]),
        ("refuse", [f"bytes={HALF}-", None]),
        ("wrong", [f"bytes={HALF}-", None]),
    ],
)
def test_continues_a_part(get, ranges, asked):
    get.part.write_bytes(DATA[:HALF])
    get.answer("a", ranges=ranges)
    get("a")
    assert is_whole(get)
    assert get.ranges() == asked


@pytest.mark.parametrize(
    "part",
    [OTHER[:HALF], OTHER, OTHER + b"more", PAGE],
    ids=["half", "other", "long", "page"],
)
@pytest.mark.parametrize("size", [None, len(DATA)])
def test_a_wrong_part_costs_one_more_request(get, part, size):
    get.part.write_bytes(part)
    get("good", size=size)
    assert is_whole(get)
    assert get.ranges() == [f"bytes={len(part)}-", None]


def test_a_wrong_part_does_not_hide_that_the_mirror_is_wrong(get):
    get.part.write_bytes(OTHER[:HALF])
    get.answer("other", body=OTHER)
    with pytest.raises(ConnectionError, match="sent 300,000 bytes"):
        get("other")
    assert get.ranges() == [f"bytes={HALF}-", None]


def test_a_complete_part_needs_no_network(get):
    get.part.write_bytes(DATA)
    get("good")
    assert is_whole(get)
    assert get.ranges() == []


@pytest.mark.parametrize("length", [True, False])
def test_a_server_that_dies_half_way_is_asked_for_the_rest(get, length):
    get.answer("dying", cuts=[1000, 5000], length=length)
    get("dying")
    assert is_whole(get)
    assert get.ranges() == [None, "bytes=1000-", "bytes=5000-"]


def test_a_server_that_always_dies_is_given_up(get):
    get.answer("dying", cuts=[1000] * 9, ranges="ignore")
    with pytest.raises(ConnectionError, match="stopped after 1,000 of"):
        get("dying")
    assert get.ranges() == [None, *["bytes=1000-"] * (fetch.CUTS - 1)]


def test_broken_chunks_are_noticed(get):
    chunks = b"3e8\r\n" + DATA[:1000] + b"\r\n3e8\r\n" + DATA[1000:1500]
    headers = {"Transfer-Encoding": "chunked"}
    get.answer("chunks", body=chunks, headers=headers, length=False)
    with pytest.raises(ConnectionError, match="IncompleteRead"):
        get("chunks", size=None)
    assert not get.path.exists()


def test_silence_is_not_waited_for(get, monkeypatch):
    monkeypatch.setattr(mirror, "TIMEOUT", 0.05)
    get.answer("silent", gate=threading.Event(), ranges="ignore")
    with pytest.raises(ConnectionError, match="silent: timed out"):
        get("silent")
    assert get.part.read_bytes() == DATA[:HALF]
    assert get.ranges() == [None, *[f"bytes={HALF}-"] * (fetch.CUTS - 1)]
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/deaf"
        with pytest.raises(ConnectionError, match="deaf: timed out"):
            fetch.download(url, get.path, sha256=SHA256)


def test_a_correct_file_needs_no_network_and_no_permission(
    get, open_folder, monkeypatch
):
    monkeypatch.setenv("DLBOOK_OFFLINE", "1")
    path = open_folder / "set.bin"
    path.write_bytes(DATA)
    with read_only(open_folder):
        assert get("good", path=path) == path
    assert get.ranges() == []


def test_a_wrong_file_is_kept_and_named(get):
    get.path.write_bytes(OTHER)
    with pytest.raises(ValueError, match="move it away or delete") as error:
        get("good")
    for text in (SHA256, hashlib.sha256(OTHER).hexdigest(), str(get.path)):
        assert text in str(error.value)
    assert get.path.read_bytes() == OTHER
    assert get.ranges() == []


def test_offline_says_what_to_put_where(get, server, monkeypatch):
    monkeypatch.setenv("DLBOOK_OFFLINE", "1")
    with pytest.raises(FileNotFoundError) as error:
        get("good", "missing")
    for name in ("good", "missing"):
        assert f"{server.url}/{name}" in str(error.value)
    for text in (str(get.path), SHA256, "300,000 bytes", "DLBOOK_OFFLINE"):
        assert text in str(error.value)
    assert get.ranges() == []
    monkeypatch.setenv("DLBOOK_OFFLINE", "0")
    get("good")


@pytest.mark.parametrize(
    ("urls", "sha256", "message"),
    [
        ([], SHA256, "at least one"),
        ("file:///etc/passwd", SHA256, "no http:// or https://"),
        (["http://a/b", "ftp://a/b"], SHA256, "'ftp://a/b' is no http"),
        ("http://a/b", SHA256[1:], "64 hexadecimal"),
        ("http://a/b", "g" * 64, "64 hexadecimal"),
    ],
)
def test_wrong_arguments_are_named(tmp_path, urls, sha256, message):
    with pytest.raises(ValueError, match=message):
        fetch.download(urls, tmp_path / "x", sha256=sha256)


@pytest.mark.parametrize("inside", [".", "new/folder"])
def test_a_read_only_folder_is_named(get, open_folder, inside):
    path = open_folder / inside / "set.bin"
    with read_only(open_folder), pytest.raises(PermissionError) as error:
        get("good", path=path)
    assert "300,000 bytes" in str(error.value)
    assert f"in the folder {path.parent}" in str(error.value)
    assert list(open_folder.iterdir()) == []
    assert get.ranges() == []


DOWNLOAD = """
import resource, sys
from dlbook.fetch import download
url, path, sha256, limit = sys.argv[1:]
if int(limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), -1))
print("begins", flush=True)
download(url, path, sha256=sha256, size=300_000)
"""


@pytest.fixture
def start(get, server):
    """Start a process that downloads /a to the path of `get`."""
    processes = []

    def start(limit=0):
        arguments = [f"{server.url}/a", get.path, SHA256, str(limit)]
        process = subprocess.Popen(
            [sys.executable, "-c", DOWNLOAD, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(fetch.__file__).parents[1],
        )
        processes.append(process)
        assert process.stdout.readline() == "begins\n"
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def wait_for(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_full_disk_names_the_folder_and_what_it_needs(get, start):
    get.answer("a")
    process = start(limit=100_000)
    _, error = process.communicate()
    assert process.returncode == 1
    assert "File too large: cannot store set.bin, which needs 300,000" in error
    assert f"in the folder {get.path.parent}" in error
    assert [path.name for path in get.path.parent.iterdir()] == [get.part.name]
    get("a")
    assert is_whole(get)
    assert get.ranges() == [None, "bytes=100000-"]


def test_a_second_process_waits_and_finds_the_file(get, start):
    gate = threading.Event()
    get.answer("a", gate=gate)
    first, second = start(), start()
    wait_for(get.ranges)
    time.sleep(1.3)
    assert first.poll() is None
    assert second.poll() is None
    gate.set()
    errors = [p.communicate()[1] for p in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0)
    assert "set.bin: waiting for another process" in "".join(errors)
    assert is_whole(get)
    assert get.ranges() == [None]


def test_the_heir_of_a_killed_process_continues_its_part(get, start):
    gate = threading.Event()
    get.answer("a", gate=gate)
    first = start()
    wait_for(lambda: get.part.exists() and get.part.stat().st_size == HALF)
    second = start()
    time.sleep(0.2)
    assert get.ranges() == [None]
    first.send_signal(signal.SIGKILL)
    get.answer("a")
    assert second.communicate() == ("", "")
    assert second.returncode == 0
    assert is_whole(get)
    assert get.ranges() == [None, f"bytes={HALF}-"]
    gate.set()


def test_a_process_that_waited_checks_what_it_finds(get, monkeypatch):
    """Two pages that disagree on the hash do not get each other's file."""

    @contextlib.contextmanager
    def locked(path, line):
        path.write_bytes(OTHER)
        yield

    monkeypatch.setattr(fetch, "locked", locked)
    with pytest.raises(ValueError, match=SHA256):
        get("good")
    assert get.path.read_bytes() == OTHER


def test_a_lock_that_was_taken_away_does_not_count(tmp_path, monkeypatch):
    """Its holder may remove the file between our open and our lock."""
    path, lock = tmp_path / "x", tmp_path / "x.lock"
    real, tries = storing._try_to_lock, []

    def try_to_lock(file):
        if not tries:
            lock.unlink()
        tries.append(file)
        return real(file)

    monkeypatch.setattr(storing, "_try_to_lock", try_to_lock)
    with storing.locked(path, storing.Line("x")):
        assert len(tries) == 2
        with open(lock) as other:
            assert not real(other)
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_on_the_disk_before_it_gets_its_name(get, monkeypatch):
    calls = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)

        def noted(*args, name=name, real=real):
            calls.append(name)
            return real(*args)

        monkeypatch.setattr(os, name, noted)
    get("good")
    assert calls == ["fsync", "replace"]


def test_progress_is_one_line_after_a_second(get, capsys):
    get("good", progress=True)
    assert capsys.readouterr() == ("", "")
    get.path.unlink()
    get.answer("slow", pause=0.14)
    get("slow", progress=True)
    out, error = capsys.readouterr()
    assert out == ""
    assert error.count("\n") == 1
    lines = error.split("\r")
    assert 2 < len(lines) < 12
    assert re.fullmatch(r"set.bin: 0\.\d of 0\.3 MB", lines[1].rstrip())


def test_a_line_waits_covers_what_it_had_and_ends(capsys, monkeypatch):
    seconds = [0, 0.9, 1.1, 1.2, 1.4, 1.45]
    clock = iter([t for t in seconds for _ in range(1 + (t in (1.1, 1.4)))])
    monkeypatch.setattr(storing.time, "monotonic", lambda: next(clock, 9))
    with storing.Line("x") as line:
        for text in ("early", "longer", "soon", "short", "end"):
            line.show(text)
    drawn = ["x: longer", "x: short ", "x: end  "]
    assert capsys.readouterr().err == "".join(f"\r{t}" for t in drawn) + "\n"


@pytest.mark.parametrize("visible", [True, False])
def test_a_quick_or_hidden_line_leaves_no_trace(capsys, monkeypatch, visible):
    if not visible:
        clock = itertools.count(0, 10)
        monkeypatch.setattr(storing.time, "monotonic", lambda: next(clock))
    with storing.Line("x", visible=visible) as line:
        line.show("something")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("progress", [True, False])
def test_progress_can_be_turned_off(get, monkeypatch, progress):
    lines = []

    def line(name, *, visible):
        lines.append(visible)
        return storing.Line(name, visible)

    monkeypatch.setattr(fetch, "Line", line)
    get("good", progress=progress)
    assert lines == [progress]
