"""The files round the code do what they promise: Makefile, lock file, compose file, README, licence, settings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from renderer.annotation.known_genes import INSTALL
from workers.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
TARGETS = ("demo", "test", "lint", "lock", "clean", "help")
PIN = re.compile(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.]*")
ANSWER_SECONDS = 240


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def project():
    return tomllib.loads(read("pyproject.toml"))["project"]


def locked():
    """name -> version of every pin."""
    pins = [line.split("==") for line in read("requirements.lock").splitlines() if not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pins}


def make(*words, cwd=ROOT):
    if shutil.which("make") is None:
        pytest.skip("make is not on this machine")
    # The outer make, which runs these tests, must not hand its own settings down.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *words], cwd=cwd, capture_output=True, text=True, env=environment, timeout=ANSWER_SECONDS, check=False
    )


def test_the_lock_file_holds_exact_pins_only():
    """No hashes, no addresses, no build tags: one file for Python 3.11 and 3.12, for CPU and CUDA builds of torch."""
    lines = [line for line in read("requirements.lock").splitlines() if not line.startswith("#")]
    assert [] == [line for line in lines if not PIN.fullmatch(line)]
    assert [] == [line for line in lines if re.match(r"(nvidia|cuda|triton)", line, re.IGNORECASE)]
    assert len(lines) == len(locked())


def test_gene_models_are_pinned_and_installed_without_what_their_package_needs():
    pins = [line for line in read("annotation.lock").splitlines() if not line.startswith("#")]
    assert [INSTALL.rpartition(" ")[2]] == [pin.partition("==")[0] for pin in pins if PIN.fullmatch(pin)]
    for name in ("Makefile", "Dockerfile"):
        assert re.search(r"pip install .*--no-deps -r annotation\.lock", read(name)), name


@pytest.mark.parametrize("extra", [None, "dev", "postgres"])
def test_the_lock_file_covers_what_the_project_needs(extra):
    wanted = project()["optional-dependencies"][extra] if extra else project()["dependencies"]
    pins = locked()
    for text in wanted:
        need = Requirement(text)
        assert pins.get(canonicalize_name(need.name), "0") in need.specifier, f"{text} is not in requirements.lock"


def test_the_lock_file_holds_the_build_back_end():
    """So that installing the project itself asks nothing of the network."""
    build = [Requirement(text) for text in tomllib.loads(read("pyproject.toml"))["build-system"]["requires"]]
    assert all(locked().get(canonicalize_name(need.name), "0") in need.specifier for need in build)


def test_every_package_and_module_is_built_into_the_wheel():
    built = tomllib.loads(read("pyproject.toml"))["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {path.name for path in ROOT.glob("*.py")}
    assert found == set(built)


def test_the_project_cannot_be_uploaded_by_mistake():
    assert "Private :: Do Not Upload" in project()["classifiers"]


def test_make_lists_every_target():
    listed = make().stdout
    assert [] == [target for target in TARGETS if f"make {target} " not in listed]


def test_make_says_which_python_it_needs(tmp_path):
    for name in ("Makefile", "requirements.lock", "annotation.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    answer = make("install", "PYTHON=no-such-python", cwd=tmp_path)
    assert answer.returncode != 0
    assert "Python 3.11 or 3.12" in answer.stderr
    assert "no-such-python" in answer.stderr


def test_continuous_integration_runs_what_make_test_runs():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" == script.read_text(encoding="utf-8").splitlines()[-1]


def test_the_readme_names_both_commands():
    assert {"make demo", "make test"} <= set(re.findall(r"make \w+", read("README.md")))


def test_the_readme_shows_only_commands_that_exist():
    from service.cli import COMMANDS

    shown = set(re.findall(r"\blocution ([a-z]+)\b", read("README.md")))
    assert shown <= set(COMMANDS)


def test_files_the_readme_links_to_exist():
    links = re.findall(r"\]\(([^)#:]+)\)", read("README.md"))
    assert [] == [link for link in links if not (ROOT / link).exists()]


def test_the_licence_is_the_gpl():
    assert "GNU GENERAL PUBLIC LICENSE" in read("LICENSE")
    assert "Version 3, 29 June 2007" in read("LICENSE")
    assert "GPL-3.0-or-later" == project()["license"]


def test_compose_file_fits_the_schema():
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"]
    answer = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert 0 == answer.returncode, answer.stdout + answer.stderr


@pytest.mark.parametrize("name", ["compose.yaml", "Dockerfile", "Makefile", "README.md"])
def test_every_variable_named_is_a_setting(name):
    known = {row[0] for row in Settings.from_env({}).table()}
    assert set(re.findall(rf"\b{PREFIX}[A-Z_]+", read(name))) <= known


def test_every_setting_says_what_it_means():
    assert [] == [name for name, _, _, meaning in Settings.from_env({}).table() if len(meaning) < 15]


def test_the_settings_command_lists_every_setting(tmp_path):
    ask = [sys.executable, "-c", "from service.cli import main; main()", "settings"]
    answer = subprocess.run(ask, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert [] == [name for name, *_ in Settings.from_env({}).table() if f"{name}=" not in answer.stdout]
