"""Sentences on chromatin states and other named classes: what a window, the starts of its genes and the places that
stand out are in; where two samples are in different ones, that first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from renderer.assays.states import Family, family_of
from vlm.values.claim import Judged
from vlm.words.clauses.clause import Clause, Series
from vlm.words.clauses.compared import FamilyShare, InStates, StatesDiffer
from vlm.words.parts import Share, Stretch
from vlm.words.places import Role, Sentence, Setting, sentence
from vlm.words.profiles import supported
from vlm.words.tellers.differences import stretch

RANK_DIFFER, RANK_STATES = -1, 1

ACTIVE: Family = "active"

LEAST_FAMILY, MOST_FAMILIES, MOSTLY = 0.1, 3, 0.7
"""The share of a window from which on a family of states is told, how many are, and the share of a family from which on
one state is most of it."""

SHOWN = 2
"""States of a place that are told."""

MOST_PLACES, MOST_PLACES_EACH = 3, 2
"""Places of one row that are told, and of each of several, or of one whose change at the ends of a loop is told."""

_Found = list[tuple[int, Judged]]


def _standing(found: _Found) -> _Found:
    """The place where a signal stands out."""
    return [pair for pair in found if pair[1].measured["place"] == "span"][:1]


_SHORTER: tuple[Callable[[_Found], _Found], ...] = (lambda found: found[:SHOWN], _standing, lambda found: found[:1])
"""What is told of a row where there is no room for all of it, the first of these for which there is."""


def tell_states(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """Where two rows differ; then what states each further row gives."""
    apart = [(number, one) for number, one in supported(judged) if one.claim.kind == "state_differs"]
    clauses = _once(tuple(_states_differ(one, setting) for _, one in apart))
    told = [sentence(Series(clauses), [number for number, _ in apart], RANK_DIFFER, Role.STATES)] if apart else []
    rows: dict[int, _Found] = {}
    for number, one in supported(judged):
        if one.claim.kind == "state_at" and (one.measured["place"] != "span" or _peaking(one, judged)):
            rows.setdefault(one.claim.tracks[0], []).append((number, one))
    done = {track for _, one in apart for track in one.claim.tracks}
    left = {track: found for track, found in rows.items() if track not in done}
    most = MOST_PLACES if len(left) == 1 else MOST_PLACES_EACH
    changing = {one.claim.tracks[0] for _, one in supported(judged) if one.claim.kind == "states_change"}
    told_of = {track: found[: MOST_PLACES_EACH if track in changing else most] for track, found in left.items()}
    rarer = {track: [*_rarer(track, judged)] for track in told_of}
    at_peaks = _AtPeaks(judged, setting)
    rest = [(_in_states(n, found, rarer[n], at_peaks), [*found, *rarer[n]]) for n, found in told_of.items()]
    if rest:
        ids = [number for _, found in rest for number, _ in found]
        parts = [
            sentence(_in_states(n, some, [], at_peaks), [number for number, _ in some], RANK_STATES, Role.STATES)
            for shorter in _SHORTER
            for n, found in told_of.items()
            if (some := shorter(found))
        ]
        told.append(sentence(Series(tuple(clause for clause, _ in rest)), ids, RANK_STATES, Role.STATES, parts))
    return told


def _once(clauses: tuple[StatesDiffer, ...]) -> tuple[Clause, ...]:
    """The clauses with the name of the rows in the first of those that share it."""
    rows = [clause.row for clause in clauses]
    return tuple(replace(clause, row="") if clause.row in rows[:at] else clause for at, clause in enumerate(clauses))


def _rarer(track: int, judged: Sequence[Judged]) -> Iterator[tuple[int, Judged]]:
    """The one stretch of a rarer class of a row."""
    return (
        (number, one)
        for number, one in supported(judged)
        if one.claim.kind == "interval_at"
        and one.claim.tracks[0] == track
        and one.measured["name"]
        # of chromatin states the families are told, and none of its own is rare
        and not family_of(one.measured["name"])
    )


def _peaking(at: Judged, judged: Sequence[Judged]) -> int | None:
    """The row whose strongest peak lies at the place of a state: of no other nameless place a reader could tell why it
    is told."""
    start, end = int(at.measured["start"]), int(at.measured["end"])
    tops = (one for _, one in supported(judged) if one.claim.kind == "strongest_peak")
    return next((one.claim.tracks[0] for one in tops if one.claim.start < end and start < one.claim.end), None)


@dataclass(frozen=True)
class _AtPeaks:
    """Places, those that are nameless by the row whose strongest peak lies there."""

    judged: Sequence[Judged]
    setting: Setting

    def place(self, at: Judged) -> Stretch:
        """The place of a state."""
        row = _peaking(at, self.judged) if at.measured["place"] == "span" else None
        over = stretch(at.measured)
        return over if row is None else replace(over, peak_of=self.setting.labels.of([row]))


def _in_states(track: int, found: _Found, rarer: _Found, at_peaks: _AtPeaks) -> InStates:
    """Places with the same states, as they are printed, together."""
    setting = at_peaks.setting
    alike: dict[tuple[object, ...], tuple[list[Stretch], tuple[Share, ...]]] = {}
    for _, one in found:
        shares = _shares(one.measured)
        over = at_peaks.place(one)
        places = alike.setdefault(_key(over, shares), ([], shares))[0]
        if not any(_same(over, place, setting) for place in places):
            places.append(over)
    for _, one in rarer:
        start, end, name = (one.measured[key] for key in ("start", "end", "name"))
        over = Stretch("span", int(start), int(end))
        alike.setdefault(_key(over, (Share(name, 1.0),)), ([], (Share(name, 1.0),)))[0].append(over)
    told = tuple((tuple(places), shares) for places, shares in alike.values())
    names = {name for _, one in (*found, *rarer) for name in one.measured.get("shares", ())}
    known = (one.measured["families"] for _, one in found if "families" in one.measured)
    whole: Mapping[Family, float] = next(known, {})
    window = next((_shares(one.measured) for _, one in found if "families" in one.measured), ())
    families = tuple(_families(whole, window)) if whole else ()
    return InStates(setting.labels.of([track]), told, any(family_of(name) for name in names), families)


def _families(whole: Mapping[Family, float], states: Sequence[Share]) -> Iterator[FamilyShare]:
    """The families that take much of the window, the largest first, and active ones, be they ever so few."""
    ranked = sorted(whole, key=lambda family: -whole[family])
    told = [family for family in ranked if whole[family] >= LEAST_FAMILY][:MOST_FAMILIES]
    for family in dict.fromkeys((*told, ACTIVE)):
        share = float(whole.get(family, 0.0))
        own = next((one for one in states if family_of(one.name) == family and one.share >= MOSTLY * share), None)
        yield FamilyShare(family, share, own.name if own else None)


def _key(over: Stretch, shares: Sequence[Share]) -> tuple[object, ...]:
    """What must be alike of places that are told together, as it is printed: of starts and bare places the states, of
    genes and the window how much of each."""
    names = tuple(share.name for share in shares)
    exact = tuple(round(100 * share.share) for share in shares)
    return (over.kind, names, exact) if over.kind in ("window", "body") else (names,)


def _same(one: Stretch, other: Stretch, setting: Setting) -> bool:
    """Whether two stretches are one, or nameless ones would be printed alike."""
    if one == other:
        return True
    near = setting.region.span // 200
    nameless = one.gene is None and other.gene is None and one.kind == other.kind
    return nameless and abs(one.start - other.start) <= near and abs(one.end - other.end) <= near


def _shares(measured: Mapping[str, Any], key: str = "shares") -> tuple[Share, ...]:
    return tuple(Share(name, share) for name, share in list(measured[key].items())[:SHOWN])


def _states_differ(one: Judged, setting: Setting) -> StatesDiffer:
    first, second, row = setting.by_sample(*one.claim.tracks)
    shares = _shares(one.measured, "first"), _shares(one.measured, "second")
    return StatesDiffer(stretch(one.measured), first, shares[0], second, shares[1], row)
