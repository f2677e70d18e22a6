"""Sentences on what the tracks were made to compare: levels that differ or are alike between conditions, courses over
ordered ones, states of a place. They come first in a caption: a figure of several samples is made for them.

Gets supported claims, so whatever is said here holds; every number is the measured one of its claim.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vlm.values.claim import Judged
from vlm.words.clauses import Alike, Clause, Course, DepthUnknown, Differs, InStates, Series, StatesDiffer
from vlm.words.parts import Share, Side, Stretch
from vlm.words.places import Sentence, Setting, sentence
from vlm.words.profiles import supported

RANK_DIFFERENCE, RANK_STATES = -2, 1

TOLD = 3
"""Differences of one pair of conditions that one sentence tells."""

MOST_PAIRS = 2
"""Pairs of conditions whose differences are told."""

_Found = list[tuple[int, Judged]]


def tell_differences(judged: Sequence[Judged]) -> list[Sentence]:
    """Courses first, then a sentence for each pair of conditions that differ, the most telling first."""
    told = [_course(number, one) for number, one in supported(judged) if one.claim.kind == "trend"]
    pairs: dict[tuple[str, str, str], _Found] = {}
    for number, one in supported(judged):
        if one.claim.kind in ("level_differs", "level_alike"):
            pairs.setdefault(_pair(one.measured), []).append((number, one))
    differing = [found for found in pairs.values() if any(one.claim.kind == "level_differs" for _, one in found)]
    alike = [found for found in pairs.values() if found not in differing]
    return [*told, *(_differences(found) for found in (differing + alike)[:MOST_PAIRS])]


def _pair(measured: Mapping[str, Any]) -> tuple[str, str, str]:
    """What a difference is between, whichever side is the higher one."""
    names = sorted((str(measured["first"]["name"]), str(measured["second"]["name"])))
    return str(measured["assay"]), names[0], names[1]


def _differences(found: _Found) -> Sentence:
    clauses: list[Clause] = []
    ids: list[int] = []
    for number, one in found[:TOLD]:
        clauses.append(_differs(one) if one.claim.kind == "level_differs" else _alike(one))
        ids.append(number)
    unknown = (one.measured["depth"] == "unknown" and one.measured["factor"] != "control" for _, one in found[:TOLD])
    if any(unknown):
        clauses.append(DepthUnknown())
    return sentence(Series(tuple(clauses)), ids, RANK_DIFFERENCE, common=False)


def _differs(one: Judged) -> Differs:
    measured = one.measured
    high, low = _sides(measured)
    return Differs(
        str(measured["assay"] or ""),
        stretch(measured),
        high,
        low,
        measured["fold"],
        measured["at_least"],
        measured["of"] == "maximum",
        measured["factor"],
    )


def _alike(one: Judged) -> Alike:
    measured = one.measured
    first, second = _sides(measured)
    return Alike(str(measured["assay"] or ""), stretch(measured), first, second, measured["of"] == "maximum")


def _sides(measured: Mapping[str, Any]) -> tuple[Side, Side]:
    first, second = (
        Side(str(side["name"]), float(side["value"]), len(side["tracks"]), *map(float, measured[f"{which}_range"]))
        for which, side in (("first", measured["first"]), ("second", measured["second"]))
    )
    return first, second


def _course(number: int, one: Judged) -> Sentence:
    measured = one.measured
    sides = tuple(Side(name, value) for name, value in zip(measured["names"], measured["values"], strict=True))
    course = Course(str(measured["assay"]), stretch(measured), one.claim.value, sides)
    return sentence(course, [number], RANK_DIFFERENCE, common=False)


def stretch(measured: Mapping[str, Any]) -> Stretch:
    """The place that was measured."""
    return Stretch(
        measured["place"], int(measured["start"]), int(measured["end"]), measured.get("gene"), measured.get("exon")
    )


def tell_states(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """What states the window and the starts of its genes are in; where two rows differ, that instead."""
    apart = [(number, one) for number, one in supported(judged) if one.claim.kind == "state_differs"]
    if apart:
        clauses: tuple[Clause, ...] = tuple(_states_differ(one, setting) for _, one in apart)
        return [sentence(Series(clauses), [number for number, _ in apart], RANK_STATES, common=False)]
    rows: dict[int, _Found] = {}
    for number, one in supported(judged):
        if one.claim.kind == "state_at":
            rows.setdefault(one.claim.tracks[0], []).append((number, one))
    return [
        sentence(
            Series(
                tuple(InStates(setting.labels.of([track]), stretch(o.measured), _shares(o.measured)) for _, o in found)
            ),
            [number for number, _ in found],
            RANK_STATES,
            common=False,
        )
        for track, found in rows.items()
    ]


def _shares(measured: Mapping[str, Any], key: str = "shares") -> tuple[Share, ...]:
    return tuple(Share(name, share) for name, share in list(measured[key].items())[:2])


def _states_differ(one: Judged, setting: Setting) -> StatesDiffer:
    first, second = (setting.labels.of([track]) for track in one.claim.tracks)
    shares = _shares(one.measured, "first"), _shares(one.measured, "second")
    return StatesDiffer(stretch(one.measured), first, shares[0], second, shares[1])
