"""What the documents say of the code is so: every path they name exists, and the rooms are those that are there."""

import importlib.util
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import locution

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("CONTRIBUTING.md", "docs/architecture.md", "README.md")
PAGES = (*DOCUMENTS, "docs/python.md", "docs/cli.md")
PACKAGES = ("renderer", "vlm", "workers", "service")
ADDED = ("format", "claim kind", "language", "model", "page")


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_path_that_is_named_exists(name):
    paths = re.findall(rf"\b(?:{'|'.join((*PACKAGES, 'tests', 'docs', 'benchmarks'))})/[\w/.-]*\w", text_of(name))
    assert paths
    assert [] == [path for path in paths if not (ROOT / path).exists()]


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name):
    links = re.findall(r"\]\(([^)#:]+)\)", text_of(name))
    assert [] == [link for link in links if not ((ROOT / name).parent / link).exists()]


@pytest.mark.parametrize("what", ADDED)
def test_adding_is_said_in_five_lines_with_a_file_to_copy(what):
    section = re.search(rf"^## An? {what}\n\n((?:\d\. .*\n)+)", text_of("CONTRIBUTING.md"), re.MULTILINE)
    lines = section[1].splitlines()
    assert [f"{number}." for number in range(1, 6)] == [line.split(" ")[0] for line in lines]
    assert lines[0].startswith("1. Copy ")


@pytest.mark.parametrize("package", PACKAGES)
def test_the_order_of_rooms_names_every_room(package):
    line = re.search(rf"^    {package}  +(.*<.*)$", text_of("docs/architecture.md"), re.MULTILINE)[1]
    rooms = {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
    assert rooms <= set(re.split(r" < |, ", line))


@pytest.mark.parametrize("package", PACKAGES)
def test_the_tree_of_the_readme_names_every_room(package):
    tree = text_of("README.md").split("## The tree", 1)[1]
    part = re.search(rf"^    {package}/ .*\n((?:      .*\n)*)", tree, re.MULTILINE)[1]
    rooms = {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
    assert rooms == set(re.findall(r"^      (\w+)/", part, re.MULTILINE))


def writer_of(name):
    """The script that writes a page of the documents."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    return writer


def test_the_page_on_the_prompt_is_what_a_model_is_asked_today(tmp_path):
    writer = writer_of("write_prompt")
    figure = writer.draw(tmp_path)
    assert text_of("docs/prompt.md") == writer.page(figure), "run: make docs"
    with Image.open(ROOT / "docs" / "prompt.png") as picture:
        assert (figure.layout.width, figure.layout.height) == picture.size


def test_the_page_of_the_command_line_is_what_its_help_says():
    assert writer_of("write_cli").reference() == text_of("docs/cli.md"), "an option has changed: make docs"


def test_the_page_for_python_names_every_argument():
    arguments = set(inspect.signature(locution.read).parameters)
    assert set() == arguments - set(re.findall(r"\b\w+\b", text_of("docs/python.md")))


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("locution rea", {"plain,read", "plain,reader"}), ("locution read --theme ", {"plain,ucsc", "plain,washu"})],
)
def test_tab_completes_commands_and_choices(typed, offered):
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" ")), "_LOCUTION_COMPLETE": "bash_complete"}
    done = subprocess.run(
        [Path(sys.executable).parent / "locution"], env={**os.environ, **words}, capture_output=True, text=True
    )
    assert offered == set(done.stdout.split())
