"""The answer a prompted model gives, as a JSON schema of one figure: what is not in the figure cannot be written.

Track numbers are those of drawn tracks of the right type, gene names those in view, positions those of the window.
The prompt's table of kinds and the reading of an answer come from the same rows, so the three cannot drift apart.
Positions are 1-based, inclusive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from renderer.values.evidence import Gene
from vlm.claims.join import is_worth_naming
from vlm.prompted.labels import clean
from vlm.values.captioner import Figure
from vlm.values.claim import SHAPES

MOST_GENES = 40
"""Genes listed in the prompt: more cost tokens, and at that density no peak belongs to one gene."""

MOST_SENTENCES = 8
MOST_SENTENCES_SHORT = 4
"""... and of an answer that was cut off and is asked for again."""

MOST_CLAIMS_EACH = 12
"""Claims of one sentence; a sentence on the peaks of two tracks at three genes rests on so many."""

MOST_TEXT = 400
"""Characters of one sentence."""

MOST_COUNT = 200
"""A number of peaks or intervals above this is not counted by eye."""

MOST_FOLD = 1_000
"""Times one track may be said to be higher than another."""

ValueForm = Literal["nothing", "elsewhere", "count", "gene", "fold", "anchors"]


@dataclass(frozen=True)
class Form:
    """How a claim of one kind is written: what its interval is over (None: it speaks of the window) and its value."""

    over: str | None
    value: ValueForm = "nothing"


FORMS: dict[str, Form] = {
    "no_data": Form(None),
    "flat": Form(None, "elsewhere"),
    "noisy": Form(None),
    "peak": Form("the summit, narrow"),
    "strongest_peak": Form("the tallest summit, narrow"),
    "peak_count": Form(None, "count"),
    "broad_domain": Form("the whole raised stretch"),
    "coincide": Form("both peaks, narrow"),
    "only_in": Form("the first's summit, narrow"),
    "higher_in": Form("the place it is higher", "fold"),
    "peak_at_tss": Form("the summit, narrow", "gene"),
    "peak_in_gene": Form("the summit, narrow", "gene"),
    "intergenic_peak": Form("the summit, narrow"),
    "covers_gene": Form("the broad domain", "gene"),
    "follows_exons": Form("the gene", "gene"),
    "on_strand": Form("the gene", "gene"),
    "interval_count": Form(None, "count"),
    "interval_at": Form("the interval"),
    "link": Form("both its ends", "anchors"),
    "domain_boundary": Form("the boundary, narrow"),
}
"""Every kind a model may say. Genes themselves and their number are the annotation's to say (`vlm.claims.join`)."""

VALUE_WORDS: dict[ValueForm, str] = {
    "nothing": "-",
    "elsewhere": '- (nothing rises), or "elsewhere": low off its peaks',
    "count": "how many, a whole number",
    "gene": "gene name",
    "fold": "- or how many times higher",
    "anchors": "[[start, end], [start, end]] of its two ends",
}


def tracks_by_type(figure: Figure) -> dict[str, list[int]]:
    """Numbers of the drawn tracks, by the types claims speak of."""
    found: dict[str, list[int]] = {}
    for track in figure.scene.tracks:
        if track.note is None:
            found.setdefault(track.kind, []).append(track.number)
    return found


def listed_genes(figure: Figure) -> list[Gene]:
    """The genes a prompt lists, left to right; of a crowded window those a caption would name, the longest of them."""
    ranked = sorted(figure.genes, key=lambda gene: (not is_worth_naming(gene), gene.start - gene.end))
    kept = set(ranked[:MOST_GENES])
    return [gene for gene in figure.genes if gene in kept]


def gene_names(figure: Figure) -> list[str]:
    """The names of genes a claim may use, in the order of the prompt."""
    return list(dict.fromkeys(clean(gene.name) for gene in listed_genes(figure) if clean(gene.name)))


def sayable(figure: Figure) -> dict[str, Form]:
    """The kinds this figure has the tracks (and the genes) for."""
    types, genes = tracks_by_type(figure), gene_names(figure)
    return {
        kind: form
        for kind, form in FORMS.items()
        if all(len(types.get(name, ())) >= SHAPES[kind].count(name) for name in SHAPES[kind])
        and (genes or form.value != "gene")
    }


def answer_schema(figure: Figure) -> dict[str, Any]:
    """The JSON schema of an answer on this figure; a screenshot, and a figure without tracks, has no claims."""
    most = MOST_SENTENCES_SHORT if figure.ask.short else MOST_SENTENCES
    fields: dict[str, Any] = {"text": {"type": "string", "minLength": 1, "maxLength": MOST_TEXT}}
    kinds = {} if figure.ask.screenshot else sayable(figure)
    if kinds:
        claims = [_claim(kind, form, figure) for kind, form in kinds.items()]
        fields["claims"] = {"type": "array", "items": {"anyOf": claims}, "minItems": 1, "maxItems": MOST_CLAIMS_EACH}
    return _object({"sentences": {"type": "array", "items": _object(fields), "minItems": 1, "maxItems": most}})


def _object(fields: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    needed = [name for name in fields if name not in optional]
    return {"type": "object", "properties": fields, "required": needed, "additionalProperties": False}


def _claim(kind: str, form: Form, figure: Figure) -> dict[str, Any]:
    fields: dict[str, Any] = {"kind": {"const": kind}, "tracks": _tracks(kind, figure)}
    if form.over is not None:
        place = {"type": "integer", "minimum": figure.region.start + 1, "maximum": figure.region.end}
        fields |= {"start": place, "end": place}
    value = _value(form.value, figure)
    if value is not None:
        fields["value"] = value
    return _object(fields, ("value",) if form.value in ("elsewhere", "fold") else ())


def _tracks(kind: str, figure: Figure) -> dict[str, Any]:
    types = tracks_by_type(figure)
    choices = [{"enum": types[name]} for name in SHAPES[kind]]
    return {"type": "array", "prefixItems": choices, "items": False, "minItems": len(choices), "maxItems": len(choices)}


def _value(form: ValueForm, figure: Figure) -> dict[str, Any] | None:
    place = {"type": "integer", "minimum": 1}
    pair = {"type": "array", "items": place, "minItems": 2, "maxItems": 2}
    schemas: dict[ValueForm, dict[str, Any]] = {
        "elsewhere": {"const": "elsewhere"},
        "count": {"type": "integer", "minimum": 0, "maximum": MOST_COUNT},
        "gene": {"enum": gene_names(figure)},
        "fold": {"type": "number", "minimum": 1, "maximum": MOST_FOLD},
        "anchors": {"type": "array", "items": pair, "minItems": 2, "maxItems": 2},
    }
    return schemas.get(form)
