"""What Lighthouse, Chromium's own judge, says of the built pages.

They are served compressed, as any host does. It runs through npx; where npx
or Chromium is missing, a line says so.
"""

import json
import os
import shutil
import statistics
import subprocess
from pathlib import Path

from benchmarks.timing import Row
from tools.serve import find_browser, served

SITE = Path(__file__).parents[1] / "_build" / "html"
PAGES = ("intro.html", "chapters/cnn.html", "chapters/attention.html")
FORMS = {"desktop": ["--preset=desktop"], "telephone": []}
BOUNDS = {  # of 1; the telephone is simulated, a slow one on a slow line
    ("desktop", "performance"): 0.95,
    ("desktop", "accessibility"): 0.95,
    ("telephone", "performance"): 0.75,
    ("telephone", "accessibility"): 0.95,
}


def scores(address, options, *, program) -> dict:
    """{category: score of 1} of one page, as one run of Lighthouse sees it."""
    command = [
        "npx", "--yes", "lighthouse@12", address, "--quiet", "--output=json",
        "--only-categories=performance,accessibility",
        "--chrome-flags=--headless=new --no-sandbox", *options,
    ]  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, text=True, check=True,
        env=os.environ | {"CHROME_PATH": program},
    )  # fmt: skip
    categories = json.loads(done.stdout)["categories"]
    return {name: found["score"] for name, found in categories.items()}


def rows():
    program = find_browser()
    if program is None or shutil.which("npx") is None:
        print("Lighthouse was not run: it needs npx and Chromium")
        return
    if not SITE.exists():
        raise FileNotFoundError(f"{SITE} is not there: run `make book` first")
    with served(SITE) as address:
        for page in PAGES:
            for form, options in FORMS.items():
                runs = [
                    scores(f"{address}/{page}", options, program=program)
                    for _ in range(3)
                ]
                for category in ("performance", "accessibility"):
                    score = statistics.median(run[category] for run in runs)
                    what = f"Lighthouse, {page}, {form}: {category}"
                    bound = BOUNDS[form, category]
                    yield Row(what, score, at_least=bound)
