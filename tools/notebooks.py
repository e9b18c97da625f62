"""The notebooks of the book: run, check, edit as text, list the results.

run [names]    run chapters in a clean kernel and keep what is new
check [names]  say what is wrong with committed chapters
text names     write chapters/<name>.md to edit, or read it back
results        write appendix/results.md from the outputs
address URL    set the repository's address everywhere
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)

from tools.check import problems
from tools.execute import execute, keep_outputs, run_record
from tools.normal import (
    ROOT,
    address,
    chapter_names,
    chapter_path,
    normalise,
    notebook_text,
    outputs_hash,
    set_address,
    write_text,
)
from tools.results import results_path, results_text, write_results
from tools.textform import (
    mark_synced,
    newest,
    read_notebook,
    write_text_form,
)


def run(names=(), *, root=ROOT, fresh=False) -> int:
    """Run chapters and refresh the results page; returns how many failed."""
    wanted = chapter_names(names, root)
    failed = sum(not run_chapter(n, root=root, fresh=fresh) for n in wanted)
    if write_results(root):
        print(f"wrote {results_path(root)}")
    return failed


def run_chapter(name, *, root=ROOT, fresh=False) -> bool:
    """Run one chapter; its file changes only after the last cell."""
    path, start = chapter_path(name, root), time.monotonic()
    found = path.read_bytes() if path.exists() else None
    stored = read_notebook(name, root) if found else None
    before = newest(name, root)
    try:
        after, peak = execute(before, name=name, folder=path.parent)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        cell = before.cells[error.cell_index]
        print(
            f"{name}: cell {error.cell_index + 1} ({cell.id}) failed; "
            f"{path.name} is as it was\n{error}"
        )
        return False
    seconds = time.monotonic() - start
    after = normalise(after, url=address(root))
    changed = keep_outputs(after, stored, fresh=fresh)
    if changed or after.metadata.get("dlbook", {}).get(
        "outputs"
    ) != outputs_hash(after):
        after.metadata["dlbook"] = run_record(after, seconds, peak)
    if found != (path.read_bytes() if path.exists() else None):
        print(f"{name}: {path} was changed while it ran; nothing is written")
        return False
    write_text(path, notebook_text(after))
    mark_synced(name, root)
    verdict = "new outputs" if changed else "the outputs are the same"
    print(f"{name}: {verdict}, {seconds:.0f} s")
    return True


def check(names=(), *, root=ROOT) -> list[str]:
    """Print and return what is wrong with chapters and results page."""
    found = [p for n in chapter_names(names, root) for p in problems(n, root)]
    page = results_path(root)
    if not page.exists() or page.read_text() != results_text(root):
        found.append(f"{page.name}: is old; tools/notebooks.py results")
    print(*found, sep="\n", end="\n" if found else "")
    return found


def text(names, *, root=ROOT) -> None:
    """Make notebook and text form of chapters the same, the newer winning."""
    for name in chapter_names(names, root):
        notebook = notebook_text(newest(name, root))
        if write_text(chapter_path(name, root), notebook):
            print(f"wrote {chapter_path(name, root)}")
        print(f"edit {write_text_form(name, root)}")


def move_to(url, *, root=ROOT) -> None:
    """Set the repository's address in the configuration and all chapters."""
    set_address(url, root)
    for name in chapter_names(root=root):
        notebook = notebook_text(read_notebook(name, root))
        write_text(chapter_path(name, root), notebook)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "command", choices=["run", "check", "text", "results", "address"]
    )
    parser.add_argument("names", nargs="*", help="chapters, such as cnn")
    parser.add_argument(
        "--fresh", action="store_true", help="run: take every output anew"
    )
    arguments = parser.parse_args()
    names = arguments.names
    if arguments.command == "run":
        return bool(run(names, fresh=arguments.fresh))
    if arguments.command == "check":
        return bool(check(names))
    if arguments.command == "results":
        write_results(ROOT)
    elif arguments.command == "address":
        if len(names) != 1:
            parser.error("address takes one URL")
        move_to(names[0])
    elif not names:
        parser.error("text takes the names of chapters")
    else:
        text(names)
    return 0


if __name__ == "__main__":
    sys.exit(main())
