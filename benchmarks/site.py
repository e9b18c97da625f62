"""What Lighthouse, Chromium's own judge, says of the built pages.

They are served compressed, as any host does. It runs through npx; where npx
or Chromium is missing, a line says so.
"""

import functools
import gzip
import http.server
import json
import os
import shutil
import statistics
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path

from benchmarks.timing import Row

SITE = Path(__file__).parents[1] / "_build" / "html"
PAGES = ("intro.html", "chapters/cnn.html", "chapters/attention.html")
FORMS = {"desktop": ["--preset=desktop"], "telephone": []}
BOUNDS = {  # of 1; the telephone is simulated, a slow one on a slow line
    ("desktop", "performance"): 0.95,
    ("desktop", "accessibility"): 0.95,
    ("telephone", "performance"): 0.75,
    ("telephone", "accessibility"): 0.95,
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PACKED = (".png", ".webp", ".woff2", ".woff")


class Compressed(http.server.SimpleHTTPRequestHandler):
    """Files as a host sends them: compressed where that helps."""

    def log_message(self, format, *args):
        pass

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            return self.send_error(404)
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Cache-Control", "max-age=31536000")
        if path.suffix not in PACKED:
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def served(folder):
    """The address of a folder on this machine."""
    handler = functools.partial(Compressed, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def scores(address, options, *, browser) -> dict:
    """{category: score of 1} of one page, as one run of Lighthouse sees it."""
    command = [
        "npx", "--yes", "lighthouse@12", address, "--quiet", "--output=json",
        "--only-categories=performance,accessibility",
        "--chrome-flags=--headless=new --no-sandbox", *options,
    ]  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, text=True, check=True,
        env=os.environ | {"CHROME_PATH": browser},
    )  # fmt: skip
    categories = json.loads(done.stdout)["categories"]
    return {name: found["score"] for name, found in categories.items()}


def rows():
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None or shutil.which("npx") is None:
        print("Lighthouse was not run: it needs npx and Chromium")
        return
    if not SITE.exists():
        raise FileNotFoundError(f"{SITE} is not there: run `make book` first")
    with served(SITE) as address:
        for page in PAGES:
            for form, options in FORMS.items():
                runs = [
                    scores(f"{address}/{page}", options, browser=browser)
                    for _ in range(3)
                ]
                for category in ("performance", "accessibility"):
                    score = statistics.median(run[category] for run in runs)
                    what = f"Lighthouse, {page}, {form}: {category}"
                    bound = BOUNDS[form, category]
                    yield Row(what, score, at_least=bound)
