"""The JSON schema of an answer: only what is in the figure can be written."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from renderer.values.evidence import Gene
from renderer.values.layout import Layout
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from vlm.claims import forms
from vlm.claims.compared import trend, value
from vlm.claims.registry import find, kinds
from vlm.prompted.answer import parse_answer
from vlm.prompted.prompts import build_prompt
from vlm.prompted.schema import MOST_SENTENCES_SHORT, MOST_TOKENS, answer_schema, needs_place, sayable
from vlm.values.captioner import Ask, Figure

REGION = Region("chr9", 5_000_000, 5_100_000)
TRACKS = (
    Track(1, "H3K4me3", "signal", "bigwig", Path("a")),
    Track(2, "H3K27ac", "signal", "bigwig", Path("b")),
    Track(3, "RefSeq", "genes", "gtf", Path("c")),
    Track(4, "peaks", "intervals", "bed", Path("d")),
    Track(5, "loops", "links", "bedpe", Path("e")),
    Track(6, "Hi-C", "contacts", "cool", Path("f")),
    Track(7, "broken", "signal", "bigwig", Path("g"), note="cannot be read"),
)
GENES = (Gene("JAK2", 4_985_000, 5_128_000, "+", (4_985_000,)),)


def figure(*tracks: Track, genes: tuple[Gene, ...] = GENES, ask: Ask = Ask()) -> Figure:  # noqa: B008 - frozen
    return Figure(Path("x.png"), Layout(10, 10, REGION, ()), Scene(REGION, tracks or TRACKS), genes, None, ask)


ASKED = [kind.name for kind in kinds() if kind.asked]
VALUES = {
    forms.COUNT: 3,
    forms.GENE: "JAK2",
    forms.FOLD: 2.5,
    value.FORM: {"maximum": 62},
    trend.WAY: "rises",
    forms.ANCHORS: [[0, 12], [900, 912]],
}


def example(name: str) -> dict[str, Any]:
    """A claim of this kind that the figure allows."""
    kind = find(name)
    assert kind
    numbers = {"signal": [1, 2], "genes": [3], "intervals": [4], "links": [5], "contacts": [6]}
    claim: dict[str, Any] = {"kind": name, "tracks": [numbers[type_].pop(0) for type_ in kind.tracks]}
    if needs_place(kind):
        claim |= {"x": [0, 1000]}
    return claim | ({"value": VALUES[kind.value]} if kind.value in VALUES else {})


def answer(*claims: dict[str, Any]) -> dict[str, Any]:
    return {"sentences": [{"text": "A sentence.", "claims": list(claims)}]}


@pytest.mark.parametrize("kind", ASKED)
def test_every_kind_can_be_written_and_is_read_back_as_a_claim_of_its_shape(kind: str) -> None:
    jsonschema.validate(answer(example(kind)), answer_schema(figure()))
    raw = parse_answer(json.dumps(answer(example(kind))), figure())
    assert (kind, len(example(kind)["tracks"]), ()) == (raw.claims[0].kind, len(raw.claims[0].tracks), raw.warnings)


@pytest.mark.parametrize(
    "change",
    [
        {"tracks": [9]},
        {"tracks": [3]},
        {"tracks": [7]},
        {"tracks": [1, 2]},
        {"x": [-1, 20]},
        {"x": [900, 1001]},
        {"x": [5]},
        {"start": 5_000_001, "end": 5_100_000},
        {"kind": "secret"},
        {"value": 5},
        {"note": "x"},
    ],
)
def test_what_is_not_in_the_figure_cannot_be_written(change: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(answer(example("peak") | change), answer_schema(figure()))


def test_a_gene_that_is_not_in_view_cannot_be_written() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(answer(example("peak_at_tss") | {"value": "MYC"}), answer_schema(figure()))


@pytest.mark.parametrize(
    ("tracks", "genes", "absent"),
    [
        (TRACKS[:1], (), {"coincide", "peak_at_tss", "intergenic_peak", "link", "interval_at", "domain_boundary"}),
        (TRACKS[:3], (), {"peak_at_tss", "peak_in_gene", "covers_gene"}),
        (TRACKS[3:4], GENES, {"peak", "flat", "peak_at_tss"}),
    ],
)
def test_kinds_without_their_tracks_or_genes_are_not_offered(
    tracks: tuple[Track, ...], genes: tuple[Gene, ...], absent: set[str]
) -> None:
    shown = figure(*tracks, genes=genes)
    assert not absent & set(sayable(shown))
    assert not [kind for kind in absent if f"\n- {kind} [" in build_prompt(shown)]


def test_a_shorter_answer_has_fewer_sentences_and_a_screenshot_no_claims() -> None:
    assert MOST_SENTENCES_SHORT == answer_schema(figure(ask=Ask(short=True)))["properties"]["sentences"]["maxItems"]
    screenshot = answer_schema(figure(ask=Ask(screenshot=True)))
    jsonschema.validate({"sentences": [{"text": "Two tracks."}]}, screenshot)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(answer(example("peak")), screenshot)


def tokens_at_most(text: str) -> int:
    """More than tokenizers of open models make of an answer: each digit, sign run and five letters count as one.

    Qwen 3, Gemma 3 and Llama 3.2 make 22, 23 and 17 of the first claim below, 24 by this.
    """
    return len(re.findall(r"\d|[A-Za-z]{1,5}|[\u4e00-\u9fff]|[^\sA-Za-z\d\u4e00-\u9fff]+", text))


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "H3K27ac peaks near TSS of JAK2 (4.985 Mb) "), ("zh", "峰在启动子处（4.9）")]
)
def test_an_answer_as_full_as_the_schema_allows_fits_the_token_budget(language: str, sentence: str) -> None:
    schema = answer_schema(figure(ask=Ask(language)))
    most = schema["properties"]["sentences"]
    fields = most["items"]["properties"]
    text = (sentence * 20)[: fields["text"]["maxLength"]]
    said = itertools.cycle(example(kind) for kind in ASKED)
    claims = [next(said) for _ in range(fields["claims"]["maxItems"])]
    full = {"sentences": [{"text": text, "claims": claims}] * most["maxItems"]}
    jsonschema.validate(full, schema)
    assert tokens_at_most(json.dumps(full, ensure_ascii=False, separators=(",", ":"))) <= MOST_TOKENS


@pytest.mark.parametrize("ask", [Ask(), Ask(short=True), Ask(screenshot=True)])
def test_every_schema_is_itself_valid(ask: Ask) -> None:
    jsonschema.Draft202012Validator.check_schema(answer_schema(figure(ask=ask)))
