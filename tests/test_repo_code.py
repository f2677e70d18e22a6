"""The rules of the code, held by reading it: who imports whom, how long things may be, what must not stand in files."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("renderer", "vlm", "workers", "service")

MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 80
MOST_MODULES = 15
"""In one folder: more than this nobody keeps in mind."""

ROOMS = (
    *(
        "renderer.values",
        "renderer.assays",
        "renderer.arrays",
        "renderer.plugins",
        "renderer.formats",
        "renderer.window",
    ),
    *(
        "renderer.annotation",
        "renderer.prepare",
        "renderer.measure",
        "renderer.figure",
        "renderer.tracklists",
        "renderer.sandbox",
    ),
    *("vlm.values", "vlm.claims", "vlm.rules", "vlm.words", "vlm.reader", "vlm.prompted", "vlm.models", "vlm.reading"),
    *("vlm.score", "vlm.reader.training"),
    *(
        "workers.errors",
        "workers.settings",
        "workers.crew",
        "workers.store",
        "workers.sandboxes",
        "workers.known_annotation",
    ),
    *("workers.pipeline", "workers.provenance", "workers.requests", "workers.queue"),
    *("service.batch", "service.outputs", "service.http", "service.api", "service.web", "service.app", "service.run"),
    *("service.notebook", "service.commands", "service.cli", "locution"),
)
"""Every room of the house: a folder, or a module that stands alone. A room imports itself and rooms before it."""

SHARED_ROOMS = ("renderer.values", "renderer.assays", "renderer.arrays")
"""What vlm may know of the renderer: values, names and definitions, not how files are read."""

INK, OF_COLUMNS = "vlm.reader.ink.", "renderer.measure"
"""What measures the heights that are traced in a picture, with the measure of columns that files are put through."""

TRAINING = "vlm.reader.training"
"""The exception: it draws and measures what the builtin model learns from, and no reading imports it."""

HEAVY = ("pygenometracks", "pyBigWig", "pysam", "matplotlib", "torch", "transformers", "scipy")
"""What the web server must do without: slow to load, able to crash it, or both."""

FOREIGN = re.compile(
    r"/(?:work|farm|root)/[a-z.]|/home/\w|/opt/(?:wheels|pypi)"  # places on one machine
    r"|(?:pypi|pythonhosted|pytorch)\.org|npmjs\.(?:com|org)|deb\.debian"  # registries: pip, apt and npm know theirs
)
"""What no file may name, this one apart."""

FIGHT = re.compile(r"#\s*fmt:\s*(?:skip|off)")


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def sources() -> list[Path]:
    return sorted([ROOT / "locution.py", *(path for one in PACKAGES for path in (ROOT / one).rglob("*.py"))])


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
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: relative imports hide which package is meant"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room_of(name: str) -> str | None:
    """The innermost room of a dotted name."""
    return max((room for room in ROOMS if f"{name}.".startswith(f"{room}.")), key=len, default=None)


def own_imports() -> list[tuple[str, str]]:
    """(module, dotted name it imports) within the house, functions and TYPE_CHECKING included."""
    return [
        (module_of(path), name)
        for path in sources()
        for name in imported(path)
        if name.partition(".")[0] in PACKAGES and name not in PACKAGES
    ]


def test_every_module_is_in_a_room():
    rooms = {module_of(path): room_of(module_of(path)) for path in sources() if module_of(path) not in PACKAGES}
    assert [] == [module for module, room in rooms.items() if room is None]
    assert set(ROOMS) == set(rooms.values())


def test_imports_go_one_way_between_rooms():
    places = {room: place for place, room in enumerate(ROOMS)}
    wrong = [
        f"{module} imports {name}"
        for module, name in own_imports()
        if (own := room_of(module)) is None or (other := room_of(name)) is None or places[other] > places[own]
    ]
    assert [] == wrong


def test_no_modules_import_one_another_in_a_circle():
    modules = {module_of(path) for path in sources()}
    graph: dict[str, set[str]] = {module: set() for module in modules}
    for module, name in own_imports():
        graph[module].add(name if name in modules else name.rpartition(".")[0])
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {' -> '.join(error.args[1])}")


def test_vlm_uses_the_renderers_values_and_assays_only():
    wrong = [
        f"{module} imports {name}"
        for module, name in own_imports()
        if module.startswith("vlm.") and room_of(module) != TRAINING
        if name.startswith("renderer.") and room_of(name) not in SHARED_ROOMS
        if not (module.startswith(INK) and name.startswith(OF_COLUMNS))
    ]
    assert [] == wrong


def test_only_the_command_line_imports_the_training_of_the_reader():
    users = {module for module, name in own_imports() if room_of(name) == TRAINING != room_of(module)}
    assert {"service.commands.make_builtin"} == users


def test_only_one_place_imports_pygenometracks():
    users = {name_of(p) for p in sources() if any(name.startswith("pygenometracks") for name in imported(p))}
    assert users <= {"renderer/figure/rows/pgt.py", "renderer/figure/draw.py"}


def test_the_web_server_loads_nothing_heavy(tmp_path):
    """Neither directly nor through anything it imports."""
    modules = ("service.app", "service.api.jobs", "service.web.pages", "service.cli", "workers.queue.tasks")
    look = (
        "import importlib, sys\n"
        f"for name in {modules}:\n"
        "    importlib.import_module(name)\n"
        f"    print(*(f'{{name}} loads {{one}}' for one in {HEAVY} if one in sys.modules))"
    )
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
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MOST_FUNCTION_LINES
    ]
    assert [] == long


def folders() -> list[Path]:
    """The folders of modules; the steps of the database are scripts that alembic runs."""
    return sorted({path.parent for path in sources() if "migrations" not in path.parts} - {ROOT})


def test_folders_stay_small_enough_to_keep_in_mind():
    counts = {name_of(one): len([path for path in one.glob("*.py") if path.stem != "__init__"]) for one in folders()}
    assert {} == {name: count for name, count in counts.items() if count > MOST_MODULES}


def test_every_folder_says_what_lives_there_what_it_knows_and_what_it_may_import():
    for folder in folders():
        said = ast.get_docstring(parsed(folder / "__init__.py")) or ""
        lines = [line for line in said.splitlines() if line.strip()]
        assert (3, True) == (min(3, len(lines)), "import" in said.lower()), f"{name_of(folder)}: {said}"


def test_no_layout_fights_the_formatter():
    fights = [name_of(path) for path in tracked() if path.suffix == ".py" and FIGHT.search(path.read_text("utf-8"))]
    assert [] == fights


def test_every_module_says_what_it_is():
    silent = [name_of(p) for p in sources() if not ast.get_docstring(parsed(p))]
    assert [] == silent


def test_nothing_swallows_every_exception_unnamed():
    bare = [
        f"{name_of(path)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(parsed(path))
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
