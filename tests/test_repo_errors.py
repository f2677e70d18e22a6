"""One tree of errors: what a person may meet is a LocutionError, drawn where that class is."""

import ast
import re
from pathlib import Path

from renderer.values import errors

ROOT = Path(__file__).parents[1]
PACKAGES = ("renderer", "vlm", "workers", "service")


def bases_by_class():
    """Every class of the packages that may be an error, with the names of its bases."""
    return {
        node.name: [base.id for base in node.bases if isinstance(base, ast.Name)]
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and node.bases and not node.name.startswith("_")
    }


def drawn_tree():
    """The tree of the docstring: class -> its parent."""
    parents, open_classes = {}, ["LocutionError"]
    for bars, name in re.findall(r"^    ([│├└─ ]+)(\w+) ", errors.__doc__ or "", re.MULTILINE):
        depth = len(bars) // 4
        open_classes[depth:] = [name]
        parents[name] = open_classes[depth - 1]
    return parents


def test_the_tree_that_is_drawn_is_the_tree_there_is():
    bases = bases_by_class()
    ours = {"LocutionError"}
    while more := {name for name, of in bases.items() if ours & set(of)} - ours:
        ours |= more
    there = {name: next(base for base in bases[name] if base in ours) for name in ours - {"LocutionError"}}
    assert there == drawn_tree()


def test_other_exceptions_are_signals_that_are_named():
    signals = {name for name, of in bases_by_class().items() if "Exception" in of} - {"LocutionError"}
    unnamed = [name for name in sorted(signals) if not re.search(rf"\b{name}\b", errors.__doc__ or "")]
    assert [] == unnamed
