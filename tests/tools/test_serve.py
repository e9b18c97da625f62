"""The web server of tests and benchmarks, and the browser that they find."""

import gzip
import urllib.error
import urllib.request

import pytest

from tools import serve


def test_the_site_is_served_compressed(tmp_path):
    (tmp_path / "page.html").write_text("loss " * 1000)
    (tmp_path / "dot.png").write_bytes(b"dot")
    with serve.served(tmp_path) as address:
        page = urllib.request.urlopen(f"{address}/page.html")
        dot = urllib.request.urlopen(f"{address}/dot.png")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{address}/nowhere.html")
    assert page.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(page.read()) == b"loss " * 1000
    assert dot.headers["Content-Encoding"] is None
    assert dot.read() == b"dot"


def test_the_first_browser_that_is_there_is_found(monkeypatch):
    there = {"google-chrome": "/bin/b", "chrome": "/bin/c"}
    monkeypatch.setattr("shutil.which", there.get)
    assert serve.find_browser() == "/bin/b"
    there.clear()
    assert serve.find_browser() is None
