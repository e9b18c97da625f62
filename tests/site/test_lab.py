"""An interactive figure in a real JupyterLab: live, and stored as HTML."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import browsing
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).parents[2]
CODE = """import os
import matplotlib.pyplot as plt
from dlbook.interactive import interact as module
{mode}
@module.interact(alt="{name} at {{lr}}", lr=[0.1, 0.5, 0.9])
def draw(lr):
    figure, axes = plt.subplots()
    axes.plot([0, lr])
    print("slope", lr)
    return figure
"""
STATIC = 'os.environ["DLBOOK_INTERACT"] = "static"'


@contextmanager
def jupyter_lab(folder):
    """The address of a notebook in a JupyterLab of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(8)
    settings = {
        name: str(folder / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "HOME",
                     "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }  # fmt: skip
    environment = {**os.environ, **settings, "PYTHONPATH": str(ROOT)}
    environment.pop("DLBOOK_INTERACT", None)
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser",
               "--allow-root", f"--port={port}", "--ServerApp.port_retries=0",
               "--ip=127.0.0.1", f"--IdentityProvider.token={token}",
               f"--ServerApp.root_dir={folder}",
               "--LabApp.extension_manager=readonly",
               "--LabApp.news_url=None"]  # fmt: skip
    with (folder / "lab.log").open("w") as log:
        server = subprocess.Popen(
            command, env=environment, stdout=log, stderr=log
        )
    try:
        wait_for(f"{address}/api", server, folder / "lab.log")
        yield f"{address}/lab/tree/trial.ipynb?token={token}"
    finally:
        server.terminate()
        server.wait(20)


def wait_for(address, server, log):
    for _ in range(120):
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(address):
                return
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"JupyterLab did not answer: {log.read_text()}")


def test_live_and_stored_figures_move_in_jupyterlab(tmp_path):
    pytest.importorskip("jupyterlab")
    cells = [
        new_code_cell(CODE.format(mode="", name="Live")),
        new_code_cell(CODE.format(mode=STATIC, name="Stored")),
    ]
    kernel = {"name": "python3", "display_name": "Python 3"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, tmp_path / "trial.ipynb")
    with browsing.chromium() as browser, jupyter_lab(tmp_path) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 1400})
        page.set_default_timeout(60_000)
        page.goto(address)
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator("[data-command='runmenu:run-all']").click()
        page.get_by_role("img", name="Live at 0.5").wait_for()
        handle = page.locator(".noUi-handle")
        handle.press("ArrowRight")
        page.get_by_role("img", name="Live at 0.9").wait_for()
        page.locator(".dl-readout", has_text="slope 0.9").wait_for()
        stored = page.get_by_role("img", name="Stored at 0.5")
        before = stored.inner_html()
        slider = page.locator(".dl-interact input")
        slider.press("ArrowRight")
        moved = page.get_by_role("img", name="Stored at 0.9")
        assert moved.inner_html() != before
        assert slider.evaluate("e => e === document.activeElement")
