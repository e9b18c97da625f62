"""One environment for all tests, nbval with the book's judgement, the order.

nbval compares every digit of an output and the first state of a display that
is updated. Here it compares the last state, with `tools.notebook.outputs`,
in the environment in which the outputs were made.
"""

import difflib
import json
import os
import re
import shutil
from unittest.mock import patch

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported
os.environ["DLBOOK_INTERACT"] = "static"
os.environ.pop("MPLBACKEND", None)

import pytest
import small_books
from nbformat import from_dict
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell, IPyNbFile
from xdist.scheduler import LoadScopeScheduling

from tools.notebook.execute import kernel_environment
from tools.notebook.outputs import same_outputs, tidy, words


def pytest_configure(config):
    if config.getoption("nbval", default=False):
        IPyNbFile.setup = in_kernel_environment(IPyNbFile.setup)
        IPyNbFile.get_kernel_message = with_updates(
            IPyNbFile.get_kernel_message
        )
        IPyNbCell.compare_outputs = compare_outputs
        RunningKernel.execute_cell_input = execute_cell_input


def pytest_collection_modifyitems(items):
    items.sort(key=expected_seconds, reverse=True)


def expected_seconds(item):
    """Long ones first: chapters, as they last ran, rehearsals, browsers."""
    if isinstance(item, IPyNbCell):
        record = item.parent.nb.metadata.get("dlbook", {})
        return 100 + record.get("seconds", 0)
    if item.get_closest_marker("slow"):
        return 60
    return 30 if item.path.parent.name == "site" else 0


class WholeChaptersApart(LoadScopeScheduling):
    """Tests of a file go to one process, but rehearsals to any."""

    def _split_scope(self, nodeid):
        one_chapter = "::test_the_rehearsal_of" in nodeid
        return nodeid if one_chapter else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False  # keep the long ones first
    return WholeChaptersApart(config, log)


def in_kernel_environment(setup):
    def setup_kernel(self):
        with patch.dict(os.environ, kernel_environment()):
            setup(self)

    return setup_kernel


def with_updates(get_kernel_message):
    """Let `update_display_data` change the output that it is about."""

    def get_message(self, timeout=None, stream="iopub"):
        displayed = vars(self).setdefault("displayed", {})
        while True:
            message = get_kernel_message(self, timeout=timeout, stream=stream)
            content = message["content"]
            shown_as = (content.get("transient") or {}).get("display_id")
            if message["msg_type"] != "update_display_data":
                if shown_as:
                    content["data"] = from_dict(content["data"])
                    displayed[shown_as] = content["data"]
                return message
            if shown_as in displayed:
                displayed[shown_as].clear()
                displayed[shown_as].update(content["data"])

    return get_message


def execute_cell_input(self, cell_input, allow_stdin=None):
    """With a history: without one, `;` at the end does not hide a value."""
    return self.kc.execute(
        cell_input, allow_stdin=allow_stdin, stop_on_error=False
    )


def compare_outputs(self, test, ref, skip_compare=None):
    if same_outputs(test, ref):
        return True
    committed, now = described(ref), described(test)
    self.comparison_traceback = list(
        difflib.unified_diff(committed, now, "committed", "now", lineterm="")
    )
    return False


def described(outputs):
    """The outputs as lines of text, pictures only by their name."""
    lines = []
    for output in tidy(outputs):
        lines.append(f"[{output.get('name', output.output_type)}]")
        lines += output.get("text", "").splitlines()
        if "ename" in output:
            lines.append(f"{output.ename}: {output.evalue}")
        for mime, value in output.get("data", {}).items():
            if mime.startswith("image/"):
                value = "..."
            elif mime == "text/html":  # a line for each tag, rule and frame
                value = re.sub(r"(?<=[>;,}])", "\n", words(value))
            elif not isinstance(value, str):
                value = json.dumps(value, indent=1, sort_keys=True)
            lines += [f"[{mime}]", *value.splitlines()]
    return lines


@pytest.fixture(scope="session")
def ran_once(tmp_path_factory):
    return small_books.make_book(tmp_path_factory.mktemp("book"))


@pytest.fixture
def ran(ran_once, tmp_path):
    """The folder of a small book whose chapter, trial, has been run."""
    return shutil.copytree(ran_once, tmp_path / "book")


@pytest.fixture
def shown(monkeypatch):
    """What a static interactive figure displayed, newest last."""
    bundles = []
    monkeypatch.setenv("DLBOOK_INTERACT", "static")
    monkeypatch.setattr(
        "dlbook.interactive.interact.display",
        lambda bundle, raw: bundles.append(bundle),
    )
    return bundles
