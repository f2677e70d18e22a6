"""Languages: every clause has words in each, one file makes another, and nothing but a language knows any words."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import vlm.words
from renderer.values.evidence import Evidence, Peak, SignalEvidence
from renderer.values.layout import Layout
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from vlm.claims.registry import kinds
from vlm.models.measured import Measured
from vlm.prompted.ask import ReadOptions
from vlm.reading import read_figures
from vlm.values.captioner import Figure
from vlm.words import languages
from vlm.words.chinese.language import Chinese
from vlm.words.clauses.clause import Clause, NoOther
from vlm.words.english.language import English
from vlm.words.language import Language, method_of
from vlm.words.parts import Part, Tracks

REGION = Region("chr9", 5_000_000, 5_200_000)
ROOM = Path(vlm.words.__path__[0])
WORDING = ("english", "chinese")
"""Folders that put things into words."""

COMPOSERS = [
    path for path in sorted(ROOM.rglob("*.py")) if path.parent.name not in WORDING and path != ROOM / "language.py"
]
ONE = NoOther(Tracks(("H3K4me3",), 1))


def figure() -> Figure:
    """One track with one peak."""
    scene = Scene(REGION, (Track(1, "H3K4me3", "signal", "bigwig", Path("x.bw")),))
    peak = Peak(5_050_000, 5_051_500, 5_050_700, 40.0, 1.0, 0.9, True)
    evidence = Evidence(REGION, {1: SignalEvidence("signal", 0.0, 40.0, 40.0, 1.0, 1.0, (peak,), (), True)})
    return Figure(Path("x.png"), Layout(1000, 400, REGION, ()), scene, (), evidence)


def parts(kind: type[Part] = Part) -> Iterator[type[Part]]:
    """Every class of clauses and parts."""
    for one in kind.__subclasses__():
        yield one
        yield from parts(one)


@pytest.mark.parametrize("language", [English, Chinese])
def test_a_language_has_a_method_for_every_clause_and_words_for_every_kind_of_claim(language: type[Language]) -> None:
    for kind in parts():
        if kind is not Clause:
            method = getattr(language, method_of(kind))
            hint = list(inspect.signature(method).parameters.values())[1].annotation
            assert kind.__name__ == hint.rpartition(".")[2]
    assert {kind.name for kind in kinds()} <= set(language.statements)


TOY = '''
"""Every sentence is a clause's name and what it holds."""

from vlm.words import languages
from vlm.words.language import Language


@languages.register
class Toy(Language):
    code, name, own = "xx", "Toy", "Toy"
'''

PIRATE = '''
"""English, but for one clause."""

from vlm.words import languages
from vlm.words.english.language import English


@languages.register
class Pirate(English):
    code, name, own = "yy", "Pirate", "Arr"

    def single(self, one):
        return f"Behold, {self(one.who)} towers {self(one.place)}"
'''


@pytest.mark.parametrize(
    ("code", "source", "expected"),
    [
        ("xx", TOY, "Single Tracks H3K4me3 1 Place near 5050700."),
        ("yy", PIRATE, "Behold, H3K4me3 towers near 5.051 Mb."),
    ],
)
def test_a_locus_is_read_in_a_language_of_one_file(tmp_path: Path, code: str, source: str, expected: str) -> None:
    file = tmp_path / "toy.py"
    file.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("toy_language", file)
    assert spec and spec.loader
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    try:
        (record,) = read_figures(Measured(), [figure()], ReadOptions(language=code))
    finally:
        languages.forget(code)
    assert expected == record["sentences"][1]["text"][code]
    assert record["caption"][code].endswith(expected)
    for text in (record["caption"], record["claims"][0]["text"]):
        assert ["en", "zh", code] == list(text)
        assert all(text.values())


def test_a_language_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="en or zh"):
        ReadOptions(language="xx")
    with pytest.raises(ValueError, match="There are en, zh"):
        languages.named("xx")


def test_records_have_no_language_that_nobody_asked_for() -> None:
    (record,) = read_figures(Measured(), [figure()])
    assert ["en", "zh"] == list(record["caption"]) == list(record["sentences"][0]["text"])


def test_what_a_language_has_no_words_for_is_said_plainly() -> None:
    class Bare(Language):
        code, name, own = "bare", "Bare", "Bare"

    assert "NoOther Tracks H3K4me3 1." == Bare(REGION).sentence(ONE)


@pytest.mark.parametrize("path", COMPOSERS, ids=lambda path: path.name)
def test_no_composer_words_anything_or_asks_a_text_what_it_says(path: Path) -> None:
    """No sentence is made beside the languages: no text in pieces, none that is searched, cut or replaced."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert set() == names & {"en", "zh", "startswith", "endswith", "partition", "format"}
    imports = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert path.name == "languages.py" or set() == imports & {"English", "Chinese"}


def test_chinese_stands_in_the_folder_of_its_language_only() -> None:
    chinese = {path.parent.name for path in ROOM.rglob("*.py") if re.search("[\u4e00-\u9fff]", path.read_text("utf-8"))}
    assert {"chinese"} == chinese
