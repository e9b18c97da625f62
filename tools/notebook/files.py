"""Where the chapters stand, and how they are read and written."""

import json
import os
import re
from pathlib import Path

import nbformat
import yaml

from tools.notebook.normal import normalise

ROOT = Path(__file__).resolve().parents[2]
_CONFIG_URL = re.compile(r"(^repository:.*\n(?:[ #].*\n)*?  url: *)\S+", re.M)


def chapter_path(name, root=ROOT) -> Path:
    """The notebook of a chapter given as `cnn` or `chapters/cnn.ipynb`."""
    return Path(root) / "chapters" / f"{Path(name).stem}.ipynb"


def chapter_names(names=(), root=ROOT) -> list[str]:
    """The chapters asked for, or all of them; one that is not there is an
    error."""
    folder = Path(root) / "chapters"
    known = {p.stem for p in folder.glob("*.ipynb")}
    texts = {p.stem for p in folder.glob("*.md")}
    wanted = [Path(name).stem for name in names] or sorted(known)
    for name in wanted:
        if name not in known | texts:
            raise SystemExit(
                f"there is no chapter {name!r}; there are: "
                + ", ".join(sorted(known | texts))
            )
    return wanted


def read(name, root=ROOT):
    """The notebook of a chapter, in normal form."""
    notebook = nbformat.read(chapter_path(name, root), as_version=4)
    return in_normal_form(notebook, root)


def write(name, notebook, root=ROOT) -> bool:
    """Store a notebook in normal form as a chapter; whether that is new."""
    return write_text(chapter_path(name, root), notebook_text(notebook))


def in_normal_form(notebook, root=ROOT):
    """A copy in normal form, which installs from this book's address."""
    return normalise(notebook, url=address(root))


def notebook_text(notebook) -> str:
    return nbformat.writes(notebook) + "\n"


def address(root=ROOT) -> str:
    """The repository's address, which stands once, in `_config.yml`."""
    config = yaml.safe_load((Path(root) / "_config.yml").read_text())
    return config["repository"]["url"]


def set_address(url, root=ROOT) -> None:
    """Write the repository's address into `_config.yml`."""
    if not re.fullmatch(r"https?://[^\s\"']+[^\s\"'/]", url):
        raise SystemExit(
            f"{url!r} is no address such as https://github.com/you/dlbook"
        )
    config = Path(root) / "_config.yml"
    text, found = _CONFIG_URL.subn(
        lambda match: match[1] + url, config.read_text()
    )
    if not found:
        raise SystemExit(f"{config} has no line `  url: ...` in `repository:`")
    write_text(config, text)


def read_json(path) -> dict:
    """What a file of records holds; nothing where there is none."""
    return json.loads(path.read_text()) if path.exists() else {}


def write_json(path, records) -> bool:
    """Store records so that a new number is one new line of a diff."""
    text = json.dumps(records, indent=1, sort_keys=True, ensure_ascii=False)
    return write_text(path, text + "\n")


def write_text(path, text) -> bool:
    """Write the file unless it says so already; never half of it."""
    path = Path(path)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
    return True
