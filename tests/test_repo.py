"""The repository's own rules, as tests."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from service.cli import COMMANDS
from workers.settings import Settings

ROOT = Path(__file__).parents[1]
PACKAGES = ("renderer", "vlm", "workers", "service")
SOURCES = [path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]
MOST_LINES, MOST_FUNCTION_LINES = 400, 80

ALLOWED = {
    "renderer": {"renderer"},
    "vlm": {"vlm", "renderer"},
    "workers": {"workers", "vlm", "renderer"},
    "service": {"service", "workers", "vlm", "renderer"},
}
VALUES = {"track", "region", "layout", "evidence", "errors"}
"""What vlm may use of the renderer: values, nothing that opens or draws a file."""

MAKERS = {"simulate.py", "data.py", "evaluate.py"}
"""Modules that make training data; they draw and measure, and the service never imports them."""


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_one_way(package):
    for path in (ROOT / package).rglob("*.py"):
        for name in imports(path):
            top = name.partition(".")[0]
            assert top not in PACKAGES or top in ALLOWED[package], f"{path.relative_to(ROOT)} imports {name}"


def test_models_use_values_of_the_renderer_only():
    for path in (ROOT / "vlm").rglob("*.py"):
        for name in imports(path):
            if name.startswith("renderer.") and path.name not in MAKERS:
                assert name.split(".")[1] in VALUES, f"{path.relative_to(ROOT)} imports {name}"


def test_only_one_module_imports_pygenometracks():
    users = {path.name for path in SOURCES for name in imports(path) if name.partition(".")[0] == "pygenometracks"}
    assert {"pgt.py"} == users


@pytest.mark.parametrize("module", ["service.app", "service.cli", "workers.tasks"])
def test_web_command_line_and_supervisor_stay_light(module):
    heavy = ["pygenometracks", "pyBigWig", "pysam", "matplotlib", "torch", "transformers", "numpy"]
    code = f"import sys, {module}; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]" == found.stdout.strip()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_are_short(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MOST_FUNCTION_LINES, node.name


def tracked():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    return [
        ROOT / name
        for name in listed.stdout.splitlines()
        if (ROOT / name).suffix not in (".bw", ".png", ".safetensors")
    ]


def test_no_path_of_a_machine_and_no_registry_is_named():
    forbidden = re.compile("/" + "work/|/" + "root/|index-url *=|file:" + "//" + "/")
    for path in tracked():
        if path.is_file():
            assert not forbidden.search(path.read_text(encoding="utf-8")), path


def test_compose_and_readme_name_only_settings_that_exist():
    known = {variable for variable, *_ in Settings().table()}
    for name in ("compose.yaml", "README.md", "Dockerfile"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert set(re.findall(r"LOCUTION_[A-Z_]+[A-Z]", text)) <= known, name


def test_the_readme_has_the_two_commands_and_every_package():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for word in ("make demo", "make test", "locution read", *(f"{name}/" for name in PACKAGES)):
        assert word in text


def test_the_lock_covers_every_dependency():
    locked = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / "requirements.lock").read_text().splitlines()
    }
    wanted = re.findall(r'^    "([A-Za-z0-9_.-]+)', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    names = {name.lower().replace("_", "-") for name in wanted if not name.isupper()}
    assert {"torch", "celery", "flask"} <= locked
    assert (
        not {name for name in ("torch", "transformers", "celery", "flask", "pysam", "pybigwig") if name in names}
        - locked
    )


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command):
    locution = Path(sys.executable).parent / "locution"
    found = subprocess.run([locution, command, "--help"], capture_output=True, text=True, check=True)
    assert "Usage: locution" in found.stdout
    assert len(found.stdout.splitlines()) >= 5
