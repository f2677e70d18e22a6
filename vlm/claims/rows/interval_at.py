"""interval_at: a box lies where the claim says, with a name if one is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from renderer.values.evidence import IntervalEvidence, Span
from vlm.claims.altered import Altered, called, moved
from vlm.claims.checks import OVERLAP, Case, Malformed, Outcome, distance, of_type, overlap, verdict
from vlm.claims.facts import Fact, either, places, spans
from vlm.claims.kind import Kind, Token
from vlm.claims.subject import LISTED, Subject
from vlm.values.claim import Claim

NAME = "interval_at"

MOST_CLASSES = 4
"""Classes that a row of domains has; more are chromatin states, whose every stretch is no place to point at."""

LEAST_CLASS, MOST_CLASS = 0.03, 0.4
"""Shares of the window of the one stretch of a class that is pointed at."""


def check(case: Case) -> Outcome:
    """A box lies there, with that name if one is said. Part of a box that is several intervals cannot be judged."""
    claim, found = case.claim, of_type(case.track(), IntervalEvidence)
    if claim.value is not None and not isinstance(claim.value, str):
        raise Malformed(f"the value of an interval_at claim is nothing or a name, not {str(claim.value)[:80]!r}")
    tolerance = {"bp": case.slack, "overlap": OVERLAP}
    if not found.spans:
        return Outcome("contradicted", {"intervals": found.count}, tolerance)
    best = max(
        found.spans, key=lambda span: (_fits(case, span), overlap(claim, span.start, span.end), -_away(case, span))
    )
    measured: dict[str, Any] = {"start": best.start, "end": best.end, "count": best.count, "name": best.name}
    if best.outer:
        measured["outer"] = list(best.outer)
    if not _fits(case, best):
        inside = best.start - case.slack <= claim.start and claim.end <= best.end + case.slack
        touched = _away(case, best) <= case.slack or overlap(claim, best.start, best.end) > 0
        if touched and (found.state == "tiled" or (inside and best.count > 1)):
            return Outcome("cannot_tell", measured | {"reason": "boxes here are too small to tell apart"}, tolerance)
        return Outcome("contradicted", measured | {"distance": _away(case, best)}, tolerance)
    if claim.value and best.count > 1 and not best.name:
        return Outcome("cannot_tell", measured | {"reason": "several intervals are drawn as one box"}, tolerance)
    return Outcome(verdict(not claim.value or claim.value.casefold() == best.name.casefold()), measured, tolerance)


def _fits(case: Case, span: Span) -> bool:
    claim = case.claim
    near = abs(claim.start - span.start) <= case.slack and abs(claim.end - span.end) <= case.slack
    return near or overlap(claim, span.start, span.end) >= OVERLAP


def _away(case: Case, span: Span) -> int:
    middle = (case.claim.start + case.claim.end) // 2
    return distance(middle, span.start, span.end)


def altered(case: Case) -> Iterator[Altered]:
    """Where no box is, and under the name of another box."""
    found = of_type(case.track(), IntervalEvidence)
    yield from moved(case, [(span.start, span.end) for span in found.spans])
    if case.claim.value:
        here = {span.name.casefold() for span in found.spans if _fits(case, span)}
        yield from called(case, (one.name for one in found.spans if one.name and one.name.casefold() not in here))


def stated(subject: Subject) -> Iterator[Claim]:
    """Every box, where there are few; of a row of a few classes the one stretch of a rarer one."""
    for span in (*_few(subject)[:LISTED], *_rarer(subject)):
        yield subject.at(NAME, span.start, span.end, span.name or None)


def facts(subject: Subject) -> Iterator[Fact]:
    """The same; all boxes of a row weigh 1 together."""
    few = _few(subject)
    for span in few:
        near = places((NAME,), (span.start + span.end) // 2, subject.region)
        yield Fact("interval", 1 / len(few), either(spans(NAME, span.start, span.end), near))


def _few(subject: Subject) -> tuple[Span, ...]:
    found = of_type(subject.found, IntervalEvidence)
    return found.spans if found.state == "few" else ()


def _rarer(subject: Subject) -> list[Span]:
    """The stretches of classes side by side that have just one each, and a smaller share of the window."""
    found, span = of_type(subject.found, IntervalEvidence), subject.region.span
    if found.state != "tiled" or not found.shares:
        return []
    by_name: dict[str, list[Span]] = {}
    for tile in found.spans:
        by_name.setdefault(tile.name, []).append(tile)
    if not 1 < len(by_name) <= MOST_CLASSES:
        return []
    lone = [tiles[0] for name, tiles in by_name.items() if name and len(tiles) == 1]
    return [tile for tile in lone if LEAST_CLASS * span <= tile.end - tile.start <= MOST_CLASS * span]


KIND = Kind(
    NAME,
    ("intervals",),
    check,
    means="a box lies here",
    over="the interval",
    shows=("peak",),
    stated=stated,
    facts=facts,
    altered=altered,
    tokens=(Token("box"),),
)
