"""The notebooks of the book: run, check, edit as text, list the results.

run [names]       run chapters in a clean kernel and keep what is new
check [names]     say what is wrong with committed chapters
text names        write chapters/<name>.md to edit, or read it back
rehearse [names]  run every line of the full versions, in miniature
seeds [names]     run chapters with other seeds and keep their results
full names        run the full versions and keep their results
homework names    write chapters without their solutions
results           write appendix/results.md from all of these
address URL       set the repository's address everywhere
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.notebook import runs
from tools.notebook.check import problems
from tools.notebook.execute import run_chapter
from tools.notebook.files import (
    ROOT,
    chapter_names,
    chapter_path,
    read,
    set_address,
    write,
)
from tools.notebook.homework import write_homework
from tools.notebook.textform import newest, write_text_form
from tools.site.results import results_path, results_text, write_results


def run(names=(), *, root=ROOT, fresh=False) -> int:
    """Run chapters and refresh the results page; returns how many failed."""
    wanted = chapter_names(names, root)
    failed = sum(not run_chapter(n, root=root, fresh=fresh) for n in wanted)
    refresh_results(root)
    return failed


def refresh_results(root=ROOT) -> None:
    """Write the results page, and say so if it changed."""
    if write_results(root):
        print(f"wrote {results_path(root)}")


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
        if write(name, newest(name, root), root):
            print(f"wrote {chapter_path(name, root)}")
        print(f"edit {write_text_form(name, root)}")


def rehearse(names=(), *, root=ROOT) -> int:
    """Rehearse chapters; returns how many failed."""
    failed = 0
    for name in chapter_names(names, root):
        try:
            seconds = runs.rehearse(name, root).metadata.dlbook.seconds
            print(f"{name}: rehearsed in {seconds} s")
        except runs.RunFailedError as error:
            failed += 1
            print(error)
    return failed


def seeds(names=(), *, root=ROOT, **options) -> int:
    """Run chapters with other seeds and refresh the results page; returns
    how many runs failed. The options are those of `runs.run_seeds`."""
    failed = runs.run_seeds(names, root=root, **options)
    refresh_results(root)
    return failed


def full(names, *, root=ROOT) -> int:
    """Run full versions and refresh the results page; how many failed."""
    failed = sum(
        not runs.run_full(name, root=root)
        for name in chapter_names(names, root)
    )
    refresh_results(root)
    return failed


def homework(names, *, root=ROOT) -> None:
    """Write chapters without solutions, to hand out."""
    for name in chapter_names(names, root):
        print(f"wrote {write_homework(name, root)}")


def move_to(url, *, root=ROOT) -> None:
    """Set the repository's address in the configuration and all chapters."""
    set_address(url, root)
    for name in chapter_names(root=root):
        write(name, read(name, root), root)


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(metavar="command", required=True)
    for function in (run, check, text, rehearse, seeds, full, homework):
        command = commands.add_parser(function.__name__)
        count = "+" if function in (text, full, homework) else "*"
        command.add_argument("names", nargs=count, help="such as cnn")
        command.set_defaults(function=function)
        if function is run:
            again = "take every output anew"
            command.add_argument("--fresh", action="store_true", help=again)
        if function is seeds:
            command.add_argument(
                "--seeds", type=int, nargs="+", default=runs.SEEDS
            )
            command.add_argument(
                "--jobs", type=int, default=1, help="how many runs at once"
            )
    command = commands.add_parser("results")
    command.set_defaults(function=refresh_results)
    command = commands.add_parser("address")
    command.add_argument("url")
    command.set_defaults(function=move_to)
    options = vars(parser.parse_args(arguments))
    return bool(options.pop("function")(**options))


if __name__ == "__main__":
    sys.exit(main())
