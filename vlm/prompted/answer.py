"""How the answer of a prompted model is read: JSON, as far as it goes, to sentences and claims.

What is complete and well formed becomes claims, the rest is counted in warnings. Nothing here judges a claim, and
nothing here raises for what a model wrote. Positions are 1-based, inclusive in the answer and 0-based, half-open in
claims.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from renderer.values.region import Region
from renderer.values.track import Track
from vlm.prompted.labels import MOST_LABEL, clean
from vlm.values.captioner import Figure, RawReading, Said
from vlm.values.claim import WINDOW_KINDS, Claim

MOST_CLAIMS = 200
"""Claims taken from one answer: a model that repeats itself must not fill a record."""

MOST_SENTENCES = 40
"""Sentences taken from one answer, several times what it is asked for."""

MOST_SENTENCE = 1_000
"""Characters kept of one sentence: a record must not swallow a page of babble."""

MOST_ANSWER = 60_000
"""Characters of an answer that are read: several times what a model may generate."""

MOST_POSITION = 10**11
"""No genome position is near this; a longer number is babble and would not fit a database column."""

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
    kind = item["kind"].strip().lower()[:MOST_LABEL]
    tracks = _tracks(item.get("tracks", item.get("track")), figure.scene.tracks)
    value = _value(item.get("value"), kind)
    where = _interval(item, figure.region, kind, value)
    if tracks is None or where is None:
        return None
    return Claim(kind, tracks, *where, value=value)


def write_claim(claim: Claim) -> dict[str, Any]:
    """A claim as an answer holds it: the inverse of reading one."""
    said: dict[str, Any] = {"kind": claim.kind, "tracks": list(claim.tracks)}
    if claim.kind not in WINDOW_KINDS:
        said |= {"start": claim.start + 1, "end": claim.end}
    value = claim.value
    if isinstance(value, dict) and "fold" in value:
        value = value["fold"]
    elif isinstance(value, dict) and "anchors" in value:
        value = [[start + 1, end] for start, end in value["anchors"]]
    return said if value is None else {**said, "value": value}


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


def _interval(item: Mapping[str, Any], region: Region, kind: str, value: Any) -> tuple[int, int] | None:
    """0-based, half-open. Claims about the window have the window's; a single position is one base."""
    if kind in WINDOW_KINDS:
        return region.start, region.end
    start = _whole(item.get("start"))
    end = _whole(item.get("end", item.get("start")))
    if start is None and isinstance(value, dict) and "anchors" in value:
        ends = [position for anchor in value["anchors"] for position in anchor]
        return min(ends), max(ends)
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
    if kind in ("peak_count", "interval_count", "gene_count"):
        number = _whole(value)
        return number if number is not None and abs(number) < 10**6 else _plain(value)
    if kind == "gene" and isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in ("name", "strand") if key in value}
    if kind == "higher_in":
        return _fold(value)
    if kind == "link":
        return _anchors(value) or _plain(value)
    return None if value in ("", "-") else _plain(value)


def _fold(value: Any) -> Any:
    """{"fold": 2.5} from 2.5, "2.5" or itself."""
    number = value.get("fold") if isinstance(value, Mapping) else value
    if isinstance(number, str) and re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", number.strip()):
        number = float(number)
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number < 10**6:
        return None if value in ("", "-") else _plain(value)
    return {"fold": float(number)}


def _anchors(value: Any) -> dict[str, list[list[int]]] | None:
    """Both ends of a link, half-open, from [[start, end], [start, end]]."""
    listed = value.get("anchors") if isinstance(value, Mapping) else value
    if not isinstance(listed, list) or len(listed) != 2:
        return None
    anchors = []
    for one in listed:
        ends = [_whole(position) for position in one] if isinstance(one, list) and len(one) == 2 else []
        if not ends or any(position is None or not 0 < position < MOST_POSITION for position in ends):
            return None
        start, end = ends
        assert start is not None and end is not None
        anchors.append([start - 1, end])
    return {"anchors": anchors}


def _plain(value: Any) -> Any:
    """Short text or nothing: a record must not swallow whatever a model put here."""
    return value if value is None or isinstance(value, bool) else str(value)[:MOST_LABEL]
