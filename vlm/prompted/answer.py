"""How the answer of a prompted model is read: JSON, as far as it goes, to sentences and claims.

What is complete and well formed becomes claims, the rest is counted in warnings. Nothing here judges a claim, and
nothing here raises for what a model wrote. Places are steps of the picture's width in the answer ("x", see
`vlm.prompted.grid`) and 0-based, half-open positions in claims; a model that writes positions all the same ("start" and
"end", 1-based, inclusive) is understood.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from renderer.values.layout import Layout
from renderer.values.track import Track
from vlm.claims.forms import MOST_POSITION, NOTHING, ValueForm, whole
from vlm.claims.registry import find
from vlm.prompted.grid import STEPS, Grid
from vlm.prompted.labels import MOST_LABEL, clean
from vlm.prompted.schema import needs_place
from vlm.values.captioner import Figure, RawReading, Said
from vlm.values.claim import Claim

MOST_CLAIMS = 200
"""Claims taken from one answer: a model that repeats itself must not fill a record."""

MOST_SENTENCES = 40
"""Sentences taken from one answer, several times what it is asked for."""

MOST_SENTENCE = 1_000
"""Characters kept of one sentence: a record must not swallow a page of babble."""

MOST_ANSWER = 60_000
"""Characters of an answer that are read: several times what a model may generate."""

BROKE_OFF = "The model's answer broke off; its complete sentences were kept."


@dataclass
class _Answer:
    """What could be read of an answer so far."""

    claims: list[Claim] = field(default_factory=list)
    sentences: list[Said] = field(default_factory=list)
    dropped: int = 0


def parse_answer(text: str, figure: Figure, *, cut: bool = False) -> RawReading:
    """The sentences and claims of a model's answer. `cut`: the model was stopped before it was done.

    Of broken JSON the complete sentences before the break are kept, with a warning. An answer with no claim (of a
    screenshot: no sentence) gives a RawReading with `error`; sentences without one are kept all the same.
    """
    answer = _Answer()
    sentences, whole = _sentences(text[:MOST_ANSWER])
    for sentence in sentences:
        _add_sentence(answer, sentence, figure)
    warnings = [BROKE_OFF] if cut or not whole else []
    if answer.dropped:
        warnings.append(f"{answer.dropped} statements of the model were not in the form it was told.")
    said = tuple(answer.sentences)
    words = " ".join(one.text for one in said if one.text) or None
    enough = words if figure.ask.screenshot else answer.claims
    error = None if enough else _why_empty(sentences, text)
    return RawReading(
        tuple(answer.claims), words or (text or None if error else None), error, tuple(warnings), sentences=said
    )


def _why_empty(sentences: list[Any], text: str) -> str:
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
    """A sentence with its claims; one without text lends its claims to none, one without claims is an opinion."""
    if isinstance(sentence, dict) and "kind" in sentence:  # a bare list of claims
        sentence = {"claims": [sentence]}
    if not isinstance(sentence, dict) or not isinstance(sentence.get("claims", []), list):
        answer.dropped += 1
        return
    text = sentence.get("text")
    words = " ".join(text.split())[:MOST_SENTENCE] if isinstance(text, str) else ""
    items = [] if figure.ask.screenshot else sentence.get("claims", [])
    if not words and not items:
        answer.dropped += 1
        return
    own = [claim for item in items if (claim := _take(answer, item, figure))]
    complete = len(own) == len(items)
    if words and len(answer.sentences) < MOST_SENTENCES:
        # A sentence that lost a claim is no longer what its remaining claims say, so it rests on none.
        answer.sentences.append(Said(words, _once(own) if complete else ()))


def _once(claims: list[Claim]) -> tuple[Claim, ...]:
    """Each claim once, in order. Values may be dicts, so no set does it."""
    return tuple(claim for number, claim in enumerate(claims) if claim not in claims[:number])


def _take(answer: _Answer, item: Any, figure: Figure) -> Claim | None:
    """The claim, added to the answer if it is new; None, and counted, if it is none."""
    claim = _claim(item, figure)
    if claim is None or (claim not in answer.claims and len(answer.claims) >= MOST_CLAIMS):
        answer.dropped += 1
        return None
    if claim not in answer.claims:
        answer.claims.append(claim)
    return claim


def _claim(item: Any, figure: Figure) -> Claim | None:
    """A claim as the model made it, right or wrong; None if it is none at all."""
    if not isinstance(item, Mapping) or not isinstance(item.get("kind"), str):
        return None
    name = item["kind"].strip().lower()[:MOST_LABEL]
    kind = find(name)
    tracks = _tracks(item.get("tracks", item.get("track")), figure.scene.tracks)
    if tracks is None:
        return None
    grid = Grid.of(figure.layout)
    # The value in the shape its kind wants, where that can be told; anything else is for the verdict to refuse.
    form = kind.value if kind else NOTHING
    value = form.read(_from_picture(form, item.get("value"), tracks, grid))
    whole_window = kind is not None and kind.of_window
    where = (figure.region.start, figure.region.end) if whole_window else _interval(item, value, grid)
    if where is None:
        return None
    return Claim(name, tracks, *where, value=value)


def write_claim(claim: Claim, layout: Layout) -> dict[str, Any]:
    """A claim as an answer on a figure of this layout holds it: the inverse of reading one, to the nearest step."""
    kind, grid = find(claim.kind), Grid.of(layout)
    said: dict[str, Any] = {"kind": claim.kind, "tracks": list(claim.tracks)}
    if kind is None or needs_place(kind):
        said["x"] = grid.steps(claim.start, claim.end)
    value = kind.value.write(claim.value) if kind else claim.value
    if kind and kind.value.seen == "places" and isinstance(value, list):
        value = [grid.steps(start - 1, end) for start, end in value]
    elif kind and kind.value.seen == "heights":
        value = grid.hundredths(value, claim.tracks[0])
    return said if value is None else {**said, "value": value}


def _from_picture(form: ValueForm, said: Any, tracks: tuple[int, ...], grid: Grid) -> Any:
    """The value in data: places and heights that were said in parts of the picture are turned into them."""
    if form.seen == "heights":
        return grid.height(said, tracks[0])
    if form.seen == "places" and isinstance(said, list):
        numbers = [whole(one) for pair in said if isinstance(pair, list) for one in pair]
        if all(number is not None and 0 <= number <= STEPS for number in numbers):
            return grid.anchors(said)
    return said


def _tracks(value: Any, tracks: Iterable[Track]) -> tuple[int, ...] | None:
    """Track numbers; a label in place of a number is looked up. None if it is neither."""
    numbers = {clean(track.label).casefold(): track.number for track in tracks}
    found: list[int] = []
    for item in value if isinstance(value, list) else [value]:
        number = numbers.get(clean(item).casefold()) if isinstance(item, str) else None
        number = number if number is not None else whole(item)
        if number is None or abs(number) > 10**6:
            return None
        found.append(number)
    return tuple(found) or None


def _interval(item: Mapping[str, Any], value: Any, grid: Grid) -> tuple[int, int] | None:
    """0-based, half-open. A single position is one base; a link has its place from its anchors, if need be."""
    if "x" in item:
        return grid.interval(item["x"])
    start = whole(item.get("start"))
    end = whole(item.get("end", item.get("start")))
    if start is None and isinstance(value, dict) and "anchors" in value:
        ends = [position for anchor in value["anchors"] for position in anchor]
        return min(ends), max(ends)
    if start is None or end is None or not (0 < start < MOST_POSITION and 0 < end < MOST_POSITION):
        return None
    return start - 1, end
