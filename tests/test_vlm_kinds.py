"""Kinds of claims: each has all it needs in one object, nothing elsewhere lists them, and one file adds one."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from renderer.values.evidence import Evidence, IntervalEvidence, Peak, SignalEvidence
from renderer.values.layout import Layout, TrackBox
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from vlm.claims import registry
from vlm.claims.checks import Case, Outcome, verdict
from vlm.claims.kind import Kind
from vlm.claims.registry import find, kinds, register, registered, unregister
from vlm.claims.subject import Subject
from vlm.claims.verify import judge
from vlm.models.measured import Measured
from vlm.prompted.prompts import build_prompt, parse_answer
from vlm.prompted.schema import answer_schema
from vlm.reader import tokens
from vlm.reading import read_figures
from vlm.rules.readings import READINGS
from vlm.score.facts import facts_of
from vlm.values.captioner import Figure
from vlm.values.claim import Claim
from vlm.words.caption import statement
from vlm.words.english.language import English

ROOT = Path(__file__).parents[1]
REGION = Region("chr1", 1_000_000, 1_200_000)
NAMES = [kind.name for kind in kinds()]

MAY_LIST = {
    "vlm/reader/tokens.py": "the words its weights were trained on, whatever kinds there are",
    "vlm/rules/observations.py": "of which assays signal along a gene says something",
}
"""Where else kinds stand in a table, and why. Those that put claims into words (vlm/words) may as well."""


def figure(summit: int = 1_050_000) -> Figure:
    peak = Peak(summit - 1_000, summit + 1_000, summit, 40.0, 1.0, 1.0, True)
    found = SignalEvidence("signal", 0.0, 40.0, 40.0, 2.0, 1.0, (peak,), (), True)
    track = Track(1, "K562 CTCF", "signal", "bigwig", Path("a.bw"))
    layout = Layout(1000, 400, REGION, (TrackBox(1, 0, 1000, 0, 100, 0.0, 40.0),))
    return Figure(Path("x.png"), layout, Scene(REGION, (track,)), (), Evidence(REGION, {1: found}))


# --- what ships


def test_the_order_of_kinds_is_fixed() -> None:
    """Prompts, records and calibrations follow it."""
    expected = "no_data flat noisy peak strongest_peak peak_count broad_domain coincide only_in higher_in "
    expected += "gene_count gene peak_at_tss peak_in_gene intergenic_peak covers_gene follows_exons on_strand "
    expected += "interval_count interval_at link domain_boundary"
    assert expected.split() == NAMES[:22]


@pytest.mark.parametrize("name", NAMES)
def test_a_kind_is_a_module_of_its_name(name: str) -> None:
    kind = find(name)
    assert kind and kind.__doc__
    homes = list((ROOT / "vlm" / "claims").glob(f"*/{name}.py"))
    assert 1 == len(homes)
    assert homes[0].read_text(encoding="utf-8").startswith(f'"""{name}: ')


@pytest.mark.parametrize("name", NAMES)
def test_a_kind_can_be_made_without_a_model(name: str) -> None:
    """From measurements, from what was said of several tracks, or from the annotation."""
    kind = find(name)
    assert kind
    assert kind.stated or kind.joined or kind.placed
    assert bool(kind.rests_on) == bool((kind.joined or kind.placed) and kind.asked)


def test_a_prompt_offers_every_kind_but_what_the_annotation_says_or_is_measured_beside_it() -> None:
    assert {"gene", "gene_count"} == {kind.name for kind in kinds() if not kind.asked and not kind.beside}


def test_every_word_of_the_reader_that_claims_something_has_one_kind_on_one_type_of_track() -> None:
    said = [(kind.tracks[0], token.word) for kind in kinds() for token in kind.tokens]
    assert len(said) == len(set(said))
    silent = {"signal", "few", "tiled", "dense", "plain", "domains"}
    assert tokens.WORDS - silent == {word for _, word in said}
    assert {kind for kind, _ in said} == set(tokens.QUESTIONS)


def test_readings_are_no_kinds() -> None:
    assert not set(READINGS) & set(NAMES)


@pytest.mark.parametrize("odd", [None, 3, [], {}, ("peak",), "", "Peak", "peaks"])
def test_what_is_no_kind_is_none_and_never_an_error(odd: object) -> None:
    assert find(odd) is None
    claim = Claim(odd, (1,), 1, 2)  # type: ignore[arg-type] - what a model may say
    assert (None, False, False) == (registry.points(claim), registry.of_window(claim), registry.can_say(claim, "not"))


def test_a_kind_tells_facts_of_its_own_type_of_track_only() -> None:
    assert [] == facts_of(IntervalEvidence(0, (), "none"), REGION)


# --- nothing elsewhere lists them


def _listed(tree: ast.AST) -> Iterator[set[str]]:
    """Names of kinds in each literal collection, set of arguments, or keys of a dict."""
    for node in ast.walk(tree):
        parts = {
            ast.Tuple: "elts",
            ast.List: "elts",
            ast.Set: "elts",
            ast.Dict: "keys",
            ast.Call: "args",
        }.get(type(node))
        items = getattr(node, parts) if parts else ()
        yield {item.value for item in items if isinstance(item, ast.Constant) and item.value in NAMES}


def test_nothing_but_the_kinds_themselves_and_their_wording_lists_kinds() -> None:
    files = [path for room in ("vlm", "workers", "service") for path in (ROOT / room).rglob("*.py")]
    names = {path.relative_to(ROOT).as_posix(): path for path in files}
    listing = {
        name
        for name, path in names.items()
        if not name.startswith(("vlm/claims/", "vlm/words/"))
        and any(len(found) > 2 for found in _listed(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert set(MAY_LIST) >= listing


# --- one that is added


def check(case: Case) -> Outcome:
    top = case.signal().strongest
    half = (case.region.start + case.region.end) // 2
    return Outcome(verdict(top is not None and top.summit < half), {"summit": top.summit if top else None})


def stated(subject: Subject) -> Iterator[Claim]:
    if subject.signal.strongest:
        yield subject.whole("has_summit_in_first_half")


TOY = Kind(
    "has_summit_in_first_half",
    ("signal",),
    check,
    stated=stated,
    words={"en": "{track}: its summit lies in the first half", "zh": "{track}：最高峰位于前半段"},
)


def test_a_kind_is_known_as_long_as_it_is_registered() -> None:
    with registered(TOY):
        assert TOY == find(TOY.name) == kinds()[-1]
        with pytest.raises(ValueError, match="already"):
            register(TOY)
    assert find(TOY.name) is None
    with pytest.raises(KeyError):
        unregister(TOY.name)


@pytest.mark.parametrize(("summit", "expected"), [(1_050_000, "supported"), (1_150_000, "contradicted")])
def test_an_added_kind_is_stated_judged_worded_and_recorded(summit: int, expected: str) -> None:
    with registered(TOY):
        (record,) = read_figures(Measured(), [figure(summit)])
    (claim,) = [one for one in record["claims"] if one["kind"] == TOY.name]
    assert (expected, {"summit": summit}) == (claim["verdict"], claim["measured"])
    assert {"en": "K562 CTCF: its summit lies in the first half", "zh": "K562 CTCF：最高峰位于前半段"} == claim["text"]


def test_an_added_kind_is_asked_for_and_read() -> None:
    shown = figure()
    answer = {"sentences": [{"text": "Left.", "claims": [{"kind": TOY.name, "tracks": [1]}]}]}
    with registered(TOY):
        assert f"\n- {TOY.name} [" in build_prompt(shown)
        jsonschema.validate(answer, answer_schema(shown))
        raw = parse_answer(json.dumps(answer), shown)
    assert (Claim(TOY.name, (1,), REGION.start, REGION.end),) == raw.claims
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(answer, answer_schema(shown))


def test_a_malformed_claim_of_an_added_kind_has_words_and_a_verdict() -> None:
    scene, evidence = figure().scene, figure().evidence
    assert evidence
    with registered(TOY):
        for claim in (Claim(TOY.name, (), 0, 0), Claim(TOY.name, (1, 2), 0, 0), Claim(TOY.name, (7,), 0, 0)):
            assert "contradicted" == judge(claim, evidence, scene).verdict
            assert "first half" in English(REGION).entry(statement(claim, scene))
