"""Rules of the book that a reviewer should not have to check by eye."""

import ast
import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = sorted((ROOT / "dlbook").rglob("*.py"))
TOOLS = sorted((ROOT / "tools").rglob("*.py"))
CODE = PACKAGE + TOOLS + sorted(
    path for folder in ("tests", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
)  # fmt: skip
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
COMPARISONS = {"keras"}  # pages about libraries, which need no own code

# Which rooms a room may import, beside itself; the bottom imports nothing.
ROOMS = {
    "runtime": set(),
    "report": {"runtime"},
    "data": {"runtime"},
    "training": {"runtime"},
    "layers": set(),
    "models": {"layers"},
    "vision": {"runtime", "data", "layers"},
    "language": {"runtime", "data", "layers"},
    "audio": {"runtime", "data", "layers"},
    "figures": {"runtime"},
    "interactive": {"runtime"},
}
OUTSIDE = {"torch", "torchvision", "matplotlib", "ipywidgets", "IPython",
           "numpy", "PIL", "pooch", "requests"}  # fmt: skip


def name(path):
    return path.relative_to(ROOT).as_posix()


def room(path):
    """The room of a file of the package: its folder, or the file itself."""
    return path.relative_to(ROOT / "dlbook").parts[0].removesuffix(".py")


def imports(path):
    """(module, line) of every import statement of a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ".", node.lineno
        elif isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)


@pytest.mark.parametrize("path", PACKAGE, ids=name)
def test_each_file_of_the_package_is_in_a_room(path):
    assert room(path) in {"__init__", *ROOMS}


@pytest.mark.parametrize("path", PACKAGE, ids=name)
def test_each_module_has_a_test_file_of_its_name(path):
    room = path.relative_to(ROOT / "dlbook").parent
    mirrored = ROOT / "tests" / room / f"test_{path.name}"
    assert mirrored.exists() or path.name == "__init__.py"


@pytest.mark.parametrize("path", PACKAGE, ids=name)
def test_imports_of_the_package_point_one_way(path):
    for module, line in imports(path):
        top, _, rest = module.partition(".")
        if top == "dlbook":
            allowed = ROOMS[room(path)] | {room(path)}
            assert rest.split(".")[0] in allowed, f"line {line}: {module}"
        else:
            known = top in OUTSIDE or top in sys.stdlib_module_names
            assert known or top == "__main__", f"line {line}: {module}"


@pytest.mark.parametrize("path", TOOLS, ids=name)
def test_tools_do_without_the_package(path):
    assert "dlbook" not in {
        module.partition(".")[0] for module, _ in imports(path)
    }


@pytest.mark.parametrize("path", CODE, ids=name)
def test_files_are_small_and_narrow(path):
    text = path.read_text()
    lines = text.splitlines()
    assert "import" + " *" not in text
    assert max(map(len, lines), default=0) <= 79
    assert len(lines) <= 350, f"{len(lines)} lines"
    if path in PACKAGE + TOOLS:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[bool(ast.get_docstring(node)) :]
                length = node.end_lineno - body[0].lineno + 1 if body else 0
                assert length <= 45, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", PACKAGE, ids=name)
def test_no_hidden_state(path):
    for node in ast.walk(ast.parse(path.read_text())):
        assert not isinstance(node, ast.Global), f"line {node.lineno}: global"
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert not called.endswith(".cuda"), f"line {node.lineno}"
            assert "rcParams" not in called, f"line {node.lineno}"
            if room(path) != "runtime":
                assert "seed" not in called, f"line {node.lineno}: {called}"


@pytest.mark.parametrize("path", PACKAGE, ids=name)
def test_public_names_have_docstrings(path):
    tree = ast.parse(path.read_text())
    if path.name != "__init__.py":
        assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            assert ast.get_docstring(node), node.name
        if isinstance(node, ast.FunctionDef) and len(node.body) > 5:
            assert ast.get_docstring(node), node.name


def definitions(source):
    """{name: code with its docstrings} of the defs and classes in source."""
    return {
        node.name: ast.dump(node)
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def cells(path, kind="code"):
    for cell in json.loads(path.read_text())["cells"]:
        if cell["cell_type"] == kind:
            yield "".join(cell["source"]), cell["metadata"].get("tags", [])


def drifted(source):
    """Names whose code on the page and in the package differ."""
    header = source.partition("\n")[0]
    module = ROOT / header.removeprefix("# ").strip()
    package = definitions(module.read_text())
    page = definitions(source)
    assert page, f"a cell headed {header} defines nothing"
    return [n for n, code in page.items() if package.get(n) != code]


def test_drifted_finds_a_changed_line():
    code = (ROOT / "dlbook/runtime.py").read_text()
    page = "# dlbook/runtime.py\n" + code[code.index("def count") :]
    assert drifted(page) == []
    assert drifted(page.replace("requires_grad", "is_leaf")) == [
        "count_parameters"
    ]
    assert drifted(page.replace("Number of", "How many")) == [
        "count_parameters"
    ]


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_pages_show_the_code_of_the_package(path):
    seen = path.stem in COMPARISONS
    for source, _ in cells(path):
        if source.startswith("# dlbook/"):
            assert drifted(source) == []
            seen += 1
    assert seen, "a chapter writes out at least one piece of the package"


def code_lines(source):
    """The lines of a cell that are neither empty nor in a docstring."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            text = node.body[0]
            if ast.get_docstring(node) is not None:
                for number in range(text.lineno, text.end_lineno + 1):
                    lines[number - 1] = ""
    return [line for line in lines if line.strip()]


def test_code_lines_leaves_docstrings_out():
    source = 'def f():\n    """One.\n\n    Two.\n    """\n\n    return "a"\n'
    assert code_lines(source) == ["def f():", '    return "a"']


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_cells_are_short_and_narrow(path):
    lengths = []
    for source, tags in cells(path):
        lines = code_lines(source)
        assert max(map(len, source.splitlines()), default=0) <= 79, source
        most = 45 if "check_parameters(quick" in source else 30  # imports
        assert len(lines) <= most, f"{len(lines)} lines: {source[:80]}"
        folded = {"setup", "remove-cell", "solution", "hide-input"}
        if not folded & set(tags):
            lengths.append(len(lines))
    short = sum(length <= 15 for length in lengths)
    assert short >= 0.9 * len(lengths), sorted(lengths)[-8:]


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_pages_follow_the_house_rules(path):
    prose = "\n".join(source for source, _ in cells(path, "markdown"))
    code = list(cells(path))
    assert prose.count("> **Mistake.**") >= 2
    assert sum("solution" in tags for _, tags in code) >= 3
    assert "report(" in "\n".join(source for source, _ in code)
    assert not re.findall(r"\b(simply|obviously|just)\b", prose, re.I)
    assert "import" + " *" not in "\n".join(source for source, _ in code)


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_every_bold_term_is_in_the_glossary(path):
    glossary = (ROOT / "appendix/glossary.md").read_text().lower()
    prose = "\n".join(source for source, _ in cells(path, "markdown"))
    terms = re.findall(r"(?<![*\w])\*\*([^*\n]+)\*\*", prose)
    labels = {"mistake.", "exercises", "summary"}
    missing = {
        term for term in map(str.lower, terms)
        if term not in labels and not term[0].isdigit()
        and f"**{term}**" not in glossary
    }  # fmt: skip
    assert not missing, f"not in appendix/glossary.md: {sorted(missing)}"


def test_the_oldest_versions_are_those_that_the_package_claims():
    claimed = re.findall(
        r'"([a-z]+)>=([\d.]+)",', (ROOT / "pyproject.toml").read_text()
    )
    oldest = (ROOT / "tests" / "oldest.txt").read_text().split()
    tested = dict(line.split("==") for line in oldest)
    assert tested.keys() == {name for name, _ in claimed}
    for name, version in claimed:
        assert f"{tested[name]}.".startswith(f"{version}."), name
