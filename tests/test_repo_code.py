"""The rules of the code, held by reading it: who imports whom, how long things may be, what must not stand in files."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("renderer", "vlm", "workers", "service")

MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 80

MAY_IMPORT = {
    "renderer": {"renderer"},
    "vlm": {"vlm", "renderer"},
    "workers": {"workers", "vlm", "renderer"},
    "service": {"service", "workers", "vlm", "renderer"},
}
"""Imports go one way."""

VALUES = {"errors", "evidence", "layout", "region", "track"}
"""What a model may know of the renderer: values, not how they come about."""

DRAW_TRAINING_DATA = ("vlm/reader/simulate.py", "vlm/reader/simulate_rows.py")
"""The exceptions: they draw and measure the strips the builtin model learns from, and no reading imports them."""

HEAVY = ("pygenometracks", "pyBigWig", "pysam", "matplotlib", "torch", "transformers", "scipy")
"""What the web server must do without: slow to load, able to crash it, or both."""

FOREIGN = re.compile(
    r"/(?:work|farm|root)/[a-z.]|/home/\w|/opt/(?:wheels|pypi)"  # places on one machine
    r"|(?:pypi|pythonhosted|pytorch)\.org|npmjs\.(?:com|org)|deb\.debian"  # registries: pip, apt and npm know theirs
)
"""What no file may name, this one apart."""


def sources() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tracked() -> list[Path]:
    """Every file under version control; skips in a copy without it."""
    if not (ROOT / ".git").exists():
        pytest.skip("this copy is not under version control, so there is no list of its files")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def imported(path: Path) -> Iterator[str]:
    """Dotted names of all imports of a file, also those inside functions; `from a import b` gives a.b."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: relative imports hide which package is meant"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_packages_import_one_way():
    wrong = [
        f"{name_of(path)} imports {name}"
        for path in sources()
        for name in imported(path)
        if (top := name.partition(".")[0]) in PACKAGES and top not in MAY_IMPORT[path.relative_to(ROOT).parts[0]]
    ]
    assert [] == wrong


def test_vlm_uses_the_renderers_values_only():
    wrong = [
        f"{name_of(path)} imports {name}"
        for path in sources()
        if path.is_relative_to(ROOT / "vlm") and name_of(path) not in DRAW_TRAINING_DATA
        for name in imported(path)
        if name.startswith("renderer.") and name.split(".")[1] not in VALUES
    ]
    assert [] == wrong


@pytest.mark.parametrize("exception", DRAW_TRAINING_DATA)
def test_only_training_imports_the_exceptions(exception):
    inner = exception.removesuffix(".py").replace("/", ".")
    users = [name_of(p) for p in sources() if any(f"{name}.".startswith(f"{inner}.") for name in imported(p))]
    assert users
    assert [] == [user for user in users if not user.startswith(("vlm/reader/", "service/reader"))]


def test_only_one_place_imports_pygenometracks():
    users = {name_of(p) for p in sources() if any(name.startswith("pygenometracks") for name in imported(p))}
    assert users <= {"renderer/figure/rows/pgt.py", "renderer/figure/draw.py"}


@pytest.mark.parametrize(
    "module", ["service.app", "service.api.jobs", "service.web.pages", "service.cli", "workers.queue.tasks"]
)
def test_the_web_server_loads_nothing_heavy(module, tmp_path):
    """Neither directly nor through anything it imports."""
    look = f"import sys, {module}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", look], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "" == loaded.stdout.strip()


def test_files_stay_short_enough_to_read():
    python = [path for path in tracked() if path.suffix == ".py"]
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python}
    assert {} == {name: count for name, count in lines.items() if count > MOST_FILE_LINES}


def test_functions_stay_short_enough_to_read():
    long = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MOST_FUNCTION_LINES
    ]
    assert [] == long


def test_every_module_says_what_it_is():
    silent = [name_of(p) for p in sources() if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]
    assert [] == silent


def test_nothing_swallows_every_exception_unnamed():
    bare = [
        f"{name_of(path)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert [] == bare


def test_no_file_names_a_place_of_one_machine_or_a_registry():
    found = []
    for path in tracked():
        if path == Path(__file__):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures, weights, bigWigs
        found += [f"{name_of(path)}: {match[0]}" for match in FOREIGN.finditer(text)]
    assert [] == found
