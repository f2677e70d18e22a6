"""What a general vision-language model is told about a figure, and how its answer is read.

The prompt holds the legend, the genes in view and the vocabulary of claims, never a measurement. The answer is JSON;
what is complete and well formed of it becomes claims, the rest is counted in warnings. Nothing here judges a claim,
and nothing here raises for what a model wrote.

Positions in prompt and answer are 1-based, inclusive, as on the figure's axis; claims are 0-based, half-open.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from renderer.region import Region
from renderer.track import Track
from vlm.captioner import Figure, RawReading
from vlm.claims import WINDOW_KINDS, Claim

MOST_GENES = 40
"""Genes listed in the prompt: more cost tokens, and at that density no peak belongs to one gene."""

MOST_LABEL = 80
"""Characters of a label in the prompt; more is a paste gone wrong."""

MOST_CLAIMS = 200
"""Claims taken from one answer: a model that repeats itself must not fill a record."""

MOST_ANSWER = 60_000
"""Characters of an answer that are read: several times what a model may generate."""

MOST_POSITION = 10**11
"""No genome position is near this; a longer number is babble and would not fit a database column."""

_MARKUP = re.compile(r"<[^<>\s]*>")
"""Special tokens of most models look like <image> or <|im_start|>; `hub` strips the others of its model by name."""

_VOCABULARY = """\
kind            tracks            start, end                       value
no_data         [signal]          -                                -
flat            [signal]          -                                - (nothing rises), or "elsewhere": low off its peaks
noisy           [signal]          - (raised everywhere)            -
peak            [signal]          over the summit, narrow          -
strongest_peak  [signal]          over the tallest summit, narrow  -
peak_count      [signal]          -                                number of clear peaks
broad_domain    [signal]          the whole raised stretch         -
coincide        [signal, signal]  over both peaks, narrow          -
peak_at_tss     [signal, genes]   over the summit, narrow          gene name
peak_in_gene    [signal, genes]   over the summit, narrow          gene name"""

_RULES = """\
Rules:
- Say only what the picture shows. Say first what a biologist would say first: where each signal is strong, which
  signals peak together, which genes' starts they mark, which signals are flat, noisy or without data.
- Three to eight sentences. Every sentence lists the claims it makes. No claim, no sentence.
- Track numbers are those of the legend; genes are those listed. Never name another.
- Positions are whole base pairs of the axis, inside the window. Small bumps are not worth a claim.
Answer with one JSON object of this shape and nothing else:"""


def build_prompt(figure: Figure) -> str:
    """The instructions for one figure; the picture itself goes before them."""
    region = figure.region
    assembly = f", assembly {clean(figure.scene.assembly)}" if figure.scene.assembly else ""
    return "\n".join(
        [
            "The picture shows genome browser tracks, one below the other, over one window of the genome.",
            f"Window: {clean(region.chrom)}:{region.start + 1}-{region.end}{assembly}.",
            "Tracks, top down:",
            *(_legend_line(track, figure) for track in figure.scene.tracks),
            *_gene_lines(figure),
            "Write a figure legend as claims that can be checked. The kinds of claims:",
            _VOCABULARY,
            _RULES,
            json.dumps(_example(figure), ensure_ascii=False),
        ]
    )


def clean(text: str) -> str:
    """A label without line breaks, quotes and anything a processor could take for a special token.

    Removing one token can join two halves into another, so it is repeated; stray brackets become look-alikes.
    """
    text = re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text))
    while (shorter := _MARKUP.sub("", text)) != text:
        text = shorter
    table = str.maketrans({"<": "‹", ">": "›", "|": "¦", '"': "'"})
    return text.translate(table).strip()[:MOST_LABEL]


def _legend_line(track: Track, figure: Figure) -> str:
    parts = [f"{track.number}: {clean(track.label)}", track.kind]
    parts += [f"{name} {clean(value)}" for name, value in (("assay", track.assay), ("sample", track.sample)) if value]
    box = next((box for box in figure.layout.tracks if box.track == track.number), None)
    if box and box.vmin is not None and box.vmax is not None:
        parts.append(f"axis {box.vmin:.4g} to {box.vmax:.4g}")
    if track.note:
        parts.append("not drawn")
    return "- " + ", ".join(parts)


def _gene_lines(figure: Figure) -> Iterator[str]:
    if not figure.genes:
        return
    yield "Genes in view (name, strand, span):"
    region = figure.region
    for gene in figure.genes[:MOST_GENES]:
        start, end = max(gene.start, region.start) + 1, min(gene.end, region.end)
        yield f"- {clean(gene.name)} {gene.strand} {start}-{end}"
    if len(figure.genes) > MOST_GENES:
        yield f"- and {len(figure.genes) - MOST_GENES} more"


def _example(figure: Figure) -> dict[str, Any]:
    """An answer of the right shape about no real place: its numbers are the window's first hundredths."""
    region = figure.region
    signal = next((track.number for track in figure.scene.tracks if track.kind == "signal"), 1)
    start = region.start + max(1, region.span // 100)
    end = start + max(1, region.span // 100)
    claims = [
        {"kind": "strongest_peak", "tracks": [signal], "start": start, "end": end},
        {"kind": "peak_count", "tracks": [signal], "value": 1},
    ]
    return {"sentences": [{"text": "One sentence of the legend.", "claims": claims}]}


# --- the answer


@dataclass
class _Answer:
    """What could be read of an answer so far."""

    claims: list[Claim]
    texts: list[str]
    dropped: int = 0


def parse_answer(text: str, figure: Figure, *, cut: bool = False) -> RawReading:
    """The claims of a model's answer. `cut`: the model was stopped at its token limit.

    Of broken JSON the complete sentences before the break are kept, with a warning. An answer with no readable
    sentence gives a RawReading with `error`.
    """
    answer = _Answer([], [])
    sentences, whole = _sentences(text[:MOST_ANSWER])
    for sentence in sentences:
        _add_sentence(answer, sentence, figure)
    warnings = []
    if cut or not whole:
        warnings.append("The model's answer broke off; its complete sentences were kept.")
    if answer.dropped:
        warnings.append(f"{answer.dropped} statements of the model were not in the form it was told.")
    if not answer.claims:
        return RawReading((), text or None, _why_empty(sentences, answer, text), tuple(warnings))
    return RawReading(tuple(answer.claims), " ".join(answer.texts) or None, None, tuple(warnings))


def _why_empty(sentences: list[Any], answer: _Answer, text: str) -> str:
    if not text.strip():
        return "The model said nothing."
    if not sentences:
        return "The model's answer is not the JSON it was asked for."
    return "The model's answer makes no claim that can be checked."


def _sentences(text: str) -> tuple[list[Any], bool]:
    """The complete sentence objects of an answer, and whether nothing was missing after them.

    Text round the JSON (a code fence, a thought) is skipped; a bare list of sentences is taken as well.
    """
    opening = re.search(r'\{\s*"sentences"\s*:\s*\[', text)
    start = opening.end() if opening else _bare_list(text)
    if start is None:
        return [], True
    decoder = json.JSONDecoder()
    found: list[Any] = []
    while True:
        start = _skip(text, start, " \t\r\n,")
        if start >= len(text):
            return found, False
        if text[start] == "]":
            return found, True
        try:
            value, start = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):  # not JSON, a number of thousands of digits, or endless brackets
            return found, False
        found.append(value)


def _bare_list(text: str) -> int | None:
    match = re.search(r'\[\s*(?=\{\s*"(?:text|claims|kind)")', text)
    return match.end() if match else None


def _skip(text: str, start: int, characters: str) -> int:
    while start < len(text) and text[start] in characters:
        start += 1
    return start


def _add_sentence(answer: _Answer, sentence: Any, figure: Figure) -> None:
    if isinstance(sentence, dict) and "kind" in sentence:  # a bare list of claims
        sentence = {"claims": [sentence]}
    claims = sentence.get("claims") if isinstance(sentence, dict) else None
    if not isinstance(claims, list):
        answer.dropped += 1
        return
    text = sentence.get("text")
    if isinstance(text, str) and text.strip():
        answer.texts.append(text.strip())
    for item in claims:
        claim = _claim(item, figure)
        if claim is None or len(answer.claims) >= MOST_CLAIMS:
            answer.dropped += 1
        elif claim not in answer.claims:
            answer.claims.append(claim)


def _claim(item: Any, figure: Figure) -> Claim | None:
    """A claim as the model made it, right or wrong; None if it is none at all."""
    if not isinstance(item, Mapping) or not isinstance(item.get("kind"), str):
        return None
    kind = item["kind"].strip().lower()
    tracks = _tracks(item.get("tracks", item.get("track")), figure.scene.tracks)
    where = _interval(item, figure.region, kind)
    if tracks is None or where is None:
        return None
    return Claim(kind, tracks, *where, value=_value(item.get("value"), kind))


def _tracks(value: Any, tracks: Iterable[Track]) -> tuple[int, ...] | None:
    """Track numbers; a label in place of a number is looked up. None if it is neither."""
    numbers = {clean(track.label).casefold(): track.number for track in tracks}
    found: list[int] = []
    for item in value if isinstance(value, list) else [value]:
        number = numbers.get(clean(item).casefold()) if isinstance(item, str) else None
        number = number if number is not None else _whole(item)
        if number is None or abs(number) > 10**6:
            return None
        found.append(number)
    return tuple(found) or None


def _interval(item: Mapping[str, Any], region: Region, kind: str) -> tuple[int, int] | None:
    """0-based, half-open. Claims about the window have the window's; a single position is one base."""
    if kind in WINDOW_KINDS:
        return region.start, region.end
    start = _whole(item.get("start"))
    end = _whole(item.get("end", item.get("start")))
    if start is None or end is None or not (0 < start < MOST_POSITION and 0 < end < MOST_POSITION):
        return None
    return start - 1, end


def _whole(value: Any) -> int | None:
    """A whole number from JSON: 5000000, 5000000.0 or "5,000,000"."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        plain = value.replace(",", "").strip()
        return int(plain) if re.fullmatch(r"-?[0-9]{1,15}", plain) else None
    if isinstance(value, float):
        return round(value) if math.isfinite(value) and abs(value) < MOST_POSITION else None
    return value if isinstance(value, int) else None


def _value(value: Any, kind: str) -> Any:
    """The value in the type its kind wants, where that can be told; anything else is kept for the verdict to refuse."""
    if kind == "peak_count":
        number = _whole(value)
        return number if number is not None and abs(number) < 10**6 else _plain(value)
    if kind == "gene" and isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in ("name", "strand") if key in value}
    return None if value in ("", "-") else _plain(value)


def _plain(value: Any) -> Any:
    """Short text or nothing: a record must not swallow whatever a model put here."""
    return value if value is None or isinstance(value, bool) else str(value)[:MOST_LABEL]
