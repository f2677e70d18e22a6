"""The answer a prompted model gives, as a JSON schema of one figure: what is not in the figure cannot be written.

Track numbers are those of drawn tracks of the right type, gene names those in view, places steps of the picture's
width where tracks are drawn (`vlm.prompted.grid`). The prompt's list of kinds and the reading of an answer come from
the same kinds, so the three cannot drift apart. An answer as full as the schema allows fits into `MOST_TOKENS`.
"""

from __future__ import annotations

from typing import Any

from renderer.values.evidence import Gene
from vlm.claims.ground import is_worth_naming
from vlm.claims.kind import Kind
from vlm.claims.registry import kinds
from vlm.prompted.grid import Grid
from vlm.prompted.labels import clean
from vlm.values.captioner import Figure

MOST_GENES = 40
"""Genes listed in the prompt: more cost tokens, and at that density no peak belongs to one gene."""

MOST_TOKENS = 3_072
"""Of an answer. As full as the schema allows, with claims of all shapes, one takes 2,800 tokens of Qwen 3 or Gemma 3,
2,270 of Llama 3.2 (a claim 17 to 37, a sentence about 110); a model that writes more repeats itself."""

MOST_SENTENCES = 6
MOST_SENTENCES_SHORT = 3
"""... and of an answer that was cut off and is asked for again."""

MOST_CLAIMS_EACH = 12
"""Claims of one sentence; a sentence on the peaks of two tracks at three genes rests on so many."""

MOST_TEXT = 300
MOST_TEXT_DENSE = 150
"""Characters of one sentence; of a language that writes a word in one or two, a character takes a token or nearly."""


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
    longest = MOST_TEXT_DENSE if figure.ask.language == "zh" else MOST_TEXT
    fields: dict[str, Any] = {"text": {"type": "string", "minLength": 1, "maxLength": longest}}
    offered = {} if figure.ask.screenshot else sayable(figure)
    if offered:
        claims = [_claim(kind, figure) for kind in offered.values()]
        fields["claims"] = {"type": "array", "items": {"anyOf": claims}, "minItems": 1, "maxItems": MOST_CLAIMS_EACH}
    return _object({"sentences": {"type": "array", "items": _object(fields), "minItems": 1, "maxItems": most}})


def needs_place(kind: Kind) -> bool:
    """Whether a claim of this kind says where it holds: it is not of the window, and its value does not tell."""
    return not kind.of_window and kind.value.seen != "places"


def _object(fields: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    needed = [name for name in fields if name not in optional]
    return {"type": "object", "properties": fields, "required": needed, "additionalProperties": False}


def _claim(kind: Kind, figure: Figure) -> dict[str, Any]:
    fields: dict[str, Any] = {"kind": {"const": kind.name}, "tracks": _tracks(kind, figure)}
    if needs_place(kind):
        grid = Grid.of(figure.layout)
        step = {"type": "integer", "minimum": grid.first, "maximum": grid.last}
        fields["x"] = {"type": "array", "items": step, "minItems": 2, "maxItems": 2}
    if kind.value.schema:
        fields["value"] = kind.value.schema(gene_names(figure))
    return _object(fields, ("value",) if kind.value.optional else ())


def _tracks(kind: Kind, figure: Figure) -> dict[str, Any]:
    types = tracks_by_type(figure)
    choices = [{"enum": types[name]} for name in kind.tracks]
    return {"type": "array", "prefixItems": choices, "items": False, "minItems": len(choices), "maxItems": len(choices)}
