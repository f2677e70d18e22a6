"""Evidence -> the tokens that describe it in full: what the model is trained to say of a strip."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from renderer.values.evidence import (
    Arc,
    Boundary,
    ContactEvidence,
    IntervalEvidence,
    LinkEvidence,
    Peak,
    SignalEvidence,
    Span,
    TrackEvidence,
    type_of,
)
from renderer.values.region import Region
from vlm.reader.tokens import (
    COUNTS,
    EOS,
    H0,
    HEIGHTS,
    IDS,
    L0,
    MOST_ARCS,
    MOST_BOUNDARIES,
    MOST_BOXES,
    MOST_DOMAINS,
    MOST_PEAKS,
    N0,
    QUESTIONS,
    to_bin,
)


def encode(evidence: TrackEvidence, region: Region) -> list[int]:
    """The answer to the strip of a track with this evidence. Raises KeyError for a kind that is not read (genes)."""
    kind = type_of(evidence)
    return [QUESTIONS[kind], *_ENCODERS[kind](evidence, region), EOS]


def _location(position: int, region: Region) -> int:
    return L0 + to_bin(position, region)


def _span(start: int, end: int, region: Region) -> list[int]:
    """First and last location of a half-open interval."""
    return [_location(start, region), _location(max(start, end - 1), region)]


def _count(number: int) -> list[int]:
    return [IDS["count"], N0 + min(COUNTS - 1, number)]


def _signal(evidence: SignalEvidence, region: Region) -> list[int]:
    words = [IDS[evidence.state]]
    if evidence.state != "signal":
        return words
    domains = [_span(domain.start, domain.end, region) for domain in evidence.domains if domain.salient]
    for start, end in _apart(domains[:MOST_DOMAINS]):
        words += [IDS["domain"], start, end]
    for peak in _tallest(evidence.salient, region):
        height = H0 + min(HEIGHTS - 1, int(peak.height * HEIGHTS))
        words += [IDS["peak"], _location(peak.summit, region), height]
    if evidence.strongest:
        words += [IDS["strongest"], _location(evidence.strongest.summit, region)]
    words += _count(len(evidence.salient))
    return [*words, *([IDS["low"]] if evidence.low_elsewhere else [])]


def _tallest(peaks: tuple[Peak, ...], region: Region) -> list[Peak]:
    """The peaks that are said, left to right: of those in one bin, the tallest."""
    by_bin: dict[int, Peak] = {}
    for peak in sorted(peaks, key=lambda peak: (abs(peak.value), -peak.summit)):
        by_bin[_location(peak.summit, region)] = peak
    tallest = sorted(by_bin.values(), key=lambda peak: (-abs(peak.value), peak.summit))[:MOST_PEAKS]
    return sorted(tallest, key=lambda peak: peak.summit)


def _intervals(evidence: IntervalEvidence, region: Region) -> list[int]:
    words = [IDS[evidence.state]]
    if evidence.state != "few":
        return words
    widest: list[Span] = sorted(evidence.spans, key=lambda span: span.start - span.end)[:MOST_BOXES]
    boxes = sorted(_span(span.start, span.end, region) for span in widest)
    for start, end in _apart(boxes):
        words += [IDS["box"], start, end]
    return [*words, *_count(len(evidence.spans))]


def _apart(boxes: list[list[int]]) -> list[list[int]]:
    """Boxes that begin behind the end of the one before; what falls into the same location is one box."""
    kept: list[list[int]] = []
    for start, end in boxes:
        if kept and start <= kept[-1][1]:
            kept[-1][1] = max(end, kept[-1][1])
        else:
            kept.append([start, end])
    return kept


def _links(evidence: LinkEvidence, region: Region) -> list[int]:
    words = [IDS[evidence.state]]
    if evidence.state != "few":
        return words
    widest: list[Arc] = [arc for arc in evidence.arcs if arc.inside][:MOST_ARCS]
    for start, end in sorted({(_middle(a.start1, a.end1, region), _middle(a.start2, a.end2, region)) for a in widest}):
        words += [IDS["arc"], start, end]
    return words


def _middle(start: int, end: int, region: Region) -> int:
    return _location((start + end) // 2, region)


def _contacts(evidence: ContactEvidence, region: Region) -> list[int]:
    strongest: list[Boundary] = sorted(evidence.salient, key=lambda boundary: -boundary.strength)[:MOST_BOUNDARIES]
    if evidence.state != "domains" or not strongest:
        return [IDS["no_data" if evidence.state == "no_data" else "plain"]]
    places = sorted({_location(boundary.position, region) for boundary in strongest})
    return [IDS["domains"], *(token for place in places for token in (IDS["boundary"], place))]


_ENCODERS: dict[str, Callable[[Any, Region], list[int]]] = {
    "signal": _signal,
    "intervals": _intervals,
    "links": _links,
    "contacts": _contacts,
}
