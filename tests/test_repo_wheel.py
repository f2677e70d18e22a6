"""What is installed: a wheel, in an environment of its own that sees our requirements but not this folder."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from service.run.example import FOLDER

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built offline, by the back end that is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    build = ["wheel", "--no-deps", "--no-build-isolation", "--no-index", "-q", "-w", folder, ROOT]
    pip(sys.executable, *build)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of programs of an environment that holds the wheel, and finds what it needs where we do."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    pip(sys.executable, "--python", python, "install", "--no-deps", "--no-index", "-q", wheel)
    (site,) = folder.glob("lib/python*/site-packages")
    # A .pth file of another folder's is not read, so our editable install is not seen there.
    (site / "requirements.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return python.parent


def pip(python, *words):
    run(python, "-m", "pip", "--disable-pip-version-check", *words)


def run(*command, cwd=None):
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=clean, capture_output=True, text=True, timeout=600)
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout


def test_every_file_of_the_packages_is_in_it(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    packages = ("renderer", "vlm", "workers", "service")
    ours = {
        path.relative_to(ROOT).as_posix()
        for package in packages
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {"locution.py", "locution-stubs/__init__.pyi", "vlm/reader/weights/model.safetensors"} <= names
    assert {"service/notebook/locution.pyi"} == ours - names  # the stubs: they stand elsewhere
    assert {f"{package}/py.typed" for package in packages} <= names


def test_the_installed_command_line_reads_with_the_weights_inside(installed, tmp_path):
    read = [installed / "locution", "read", FOLDER / "H3K4me3.bw", FOLDER / "genes.gtf", "--region", "CORVAX"]
    record = json.loads(run(*read, "--json", cwd=tmp_path))
    assert ("builtin", "done") == (record["model"]["name"], record["status"])
    assert "locution.reading/2" == json.loads(run(installed / "locution", "schema", cwd=tmp_path))["title"]


LOOK = """
import sys
import locution
(one,) = locution.read([sys.argv[1], sys.argv[2]], "CORVAX", assembly="simulated")
print(locution.__file__, one.record["model"]["name"], len(one.values), "<img " in one._repr_html_(), sep="\\n")
"""


def test_the_installed_module_reads(installed, tmp_path):
    place, model, values, shown = run(
        installed / "python", "-c", LOOK, FOLDER / "H3K4me3.bw", FOLDER / "genes.gtf", cwd=tmp_path
    ).split()
    assert Path(place).is_relative_to(installed.parent)
    assert ("builtin", "1000", "True") == (model, values, shown)


USE = """
import locution
readings = locution.read("a.bw", "JAK2")
reveal_type(readings[0].caption)
reveal_type(readings[0].record["warnings"])
locution.read("a.bw", "JAK2", scale="wide")
"""


def test_a_type_checker_knows_the_installed_module(installed, tmp_path):
    (tmp_path / "use.py").write_text(USE, encoding="utf-8")
    quick = "".join(f"[mypy-{name}.*]\nfollow_imports = skip\n" for name in ("pandas", "numpy", "PIL", "sqlalchemy"))
    (tmp_path / "mypy.ini").write_text(f"[mypy]\nfollow_imports = silent\n{quick}", encoding="utf-8")
    check = [
        sys.executable,
        "-m",
        "mypy",
        "--python-executable",
        installed / "python",
        "--cache-dir",
        tmp_path / "kept",
    ]
    done = subprocess.run([*map(str, check), "use.py"], cwd=tmp_path, capture_output=True, text=True, timeout=600)
    said = done.stdout
    assert 1 == done.returncode, said
    assert 'Revealed type is "str"' in said.replace("builtins.", "")
    assert 'Revealed type is "list[str]"' in said.replace("builtins.", "")
    assert 'error: Argument "scale" has incompatible type' in said
    assert "Found 1 error" in said
