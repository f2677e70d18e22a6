"""The answer a prompted model gives, as a JSON schema of one figure: what is not in the figure cannot be written.

Track numbers are those of drawn tracks of the right type, gene names those in view, positions those of the window.
The prompt's table of kinds and the reading of an answer come from the same kinds, so the three cannot drift apart.
Positions are 1-based, inclusive.
"""

from __future__ import annotations

from typing import Any

from renderer.values.evidence import Gene
from vlm.claims.ground import is_worth_naming
from vlm.claims.kind import Kind
from vlm.claims.registry import kinds
from vlm.prompted.labels import clean
from vlm.values.captioner import Figure

MOST_GENES = 40
"""Genes listed in the prompt: more cost tokens, and at that density no peak belongs to one gene."""

MOST_SENTENCES = 8
MOST_SENTENCES_SHORT = 4
"""... and of an answer that was cut off and is asked for again."""

MOST_CLAIMS_EACH = 12
"""Claims of one sentence; a sentence on the peaks of two tracks at three genes rests on so many."""

MOST_TEXT = 400
"""Characters of one sentence."""


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


def sayable(figure: Figure) -> dict[str, Kind]:
    """The kinds a model may say that this figure has the tracks (and the genes) for, by name."""
    types, genes = tracks_by_type(figure), gene_names(figure)
    return {
        kind.name: kind
        for kind in kinds()
        if kind.asked
        and all(len(types.get(name, ())) >= kind.tracks.count(name) for name in kind.tracks)
        and (genes or not kind.value.gene)
    }


def answer_schema(figure: Figure) -> dict[str, Any]:
    """The JSON schema of an answer on this figure; a screenshot, and a figure without tracks, has no claims."""
    most = MOST_SENTENCES_SHORT if figure.ask.short else MOST_SENTENCES
    fields: dict[str, Any] = {"text": {"type": "string", "minLength": 1, "maxLength": MOST_TEXT}}
    offered = {} if figure.ask.screenshot else sayable(figure)
    if offered:
        claims = [_claim(kind, figure) for kind in offered.values()]
        fields["claims"] = {"type": "array", "items": {"anyOf": claims}, "minItems": 1, "maxItems": MOST_CLAIMS_EACH}
    return _object({"sentences": {"type": "array", "items": _object(fields), "minItems": 1, "maxItems": most}})


def _object(fields: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    needed = [name for name in fields if name not in optional]
    return {"type": "object", "properties": fields, "required": needed, "additionalProperties": False}


def _claim(kind: Kind, figure: Figure) -> dict[str, Any]:
    fields: dict[str, Any] = {"kind": {"const": kind.name}, "tracks": _tracks(kind, figure)}
    if not kind.of_window:
        place = {"type": "integer", "minimum": figure.region.start + 1, "maximum": figure.region.end}
        fields |= {"start": place, "end": place}
    if kind.value.schema:
        fields["value"] = kind.value.schema(gene_names(figure))
    return _object(fields, ("value",) if kind.value.optional else ())


def _tracks(kind: Kind, figure: Figure) -> dict[str, Any]:
    types = tracks_by_type(figure)
    choices = [{"enum": types[name]} for name in kind.tracks]
    return {"type": "array", "prefixItems": choices, "items": False, "minItems": len(choices), "maxItems": len(choices)}
