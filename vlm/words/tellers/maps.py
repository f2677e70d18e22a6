"""Sentences on contact maps: where they are parted, and what crosses there; boundaries that one map has and another
lacks; dots.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vlm.claims.rows.link import same_link
from vlm.values.claim import Judged
from vlm.words.clauses.clause import Clause, Series
from vlm.words.clauses.maps import Boundaries, BoundariesAt, BoundaryDiffers, Dots, Minima
from vlm.words.places import Role, Sentence, Setting, sentence
from vlm.words.profiles import supported
from vlm.words.tellers.links import links_of

RANK_DIFFERS, RANK_MAPS = -4, -1

PLACED = 4
"""Boundaries of one map that are placed; of more the strongest."""

_Told = tuple[Clause, list[int]]
_Found = list[tuple[int, Judged]]


def tell_maps(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """How maps differ, which is a finding; then what each shows."""
    return [
        sentence(Series(tuple(clause for clause, _ in told)), [n for _, ids in told for n in ids], rank, role)
        for told, rank, role in (
            (_differing(judged, setting), RANK_DIFFERS, Role.FINDING),
            (_shown(judged, setting), RANK_MAPS, Role.RELATION),
        )
        if told
    ]


def _by_tracks(kind: str, judged: Sequence[Judged]) -> dict[tuple[int, ...], _Found]:
    found: dict[tuple[int, ...], _Found] = {}
    for number, one in supported(judged):
        if one.claim.kind == kind:
            found.setdefault(one.claim.tracks, []).append((number, one))
    return found


def _differing(judged: Sequence[Judged], setting: Setting) -> list[_Told]:
    """A clause for each order of two maps."""
    told: list[_Told] = []
    for (first, second), found in _by_tracks("boundary_differs", judged).items():
        folds = {int(one.measured["position"]): one.measured["folds"] for _, one in found}
        at = tuple((place, float(one), float(other)) for place, (one, other) in sorted(folds.items()))
        clause = BoundaryDiffers(setting.labels.of([first]), setting.labels.of([second]), at)
        told.append((clause, [number for number, _ in found]))
    return told


def _shown(judged: Sequence[Judged], setting: Setting) -> list[_Told]:
    """The boundaries of each map, then its dots."""
    told: list[_Told] = []
    dots = _by_tracks("corner_dot", judged)
    boundaries = _by_tracks("domain_boundary", judged)
    for tracks in dict.fromkeys((*boundaries, *dots)):
        if found := boundaries.get(tracks):
            tell: Callable[[int, _Found, Setting], Clause] = _minima if "score" in found[0][1].measured else _boundaries
            told.append((tell(tracks[0], found, setting), [number for number, _ in found]))
            told += _at_sites(tracks[0], judged, setting)
        if found := dots.get(tracks):
            told.append(_dots(found, judged, setting))
    return told


def _at_sites(track: int, judged: Sequence[Judged], setting: Setting) -> list[_Told]:
    """Rows of sites at which most boundaries of the map lie, those of as many together."""
    found = [
        pair for tracks, some in _by_tracks("boundaries_at", judged).items() if tracks[0] == track for pair in some
    ]
    if not found:
        return []
    most = max(int(one.measured["inside"]) for _, one in found)
    told = [pair for pair in found if int(pair[1].measured["inside"]) == most]
    reach = max(int(one.measured["away"]) for _, one in told)
    sites = setting.labels.of([one.claim.tracks[1] for _, one in told])
    clause = BoundariesAt(most, int(told[0][1].measured["boundaries"]), sites, reach)
    return [(clause, [number for number, _ in told])]


def _boundaries(track: int, found: _Found, setting: Setting) -> Boundaries:
    """The few boundaries there are; of many the strongest."""
    by_place = {int(one.measured["position"]): one.measured for _, one in found}
    strongest = sorted(by_place, key=lambda place: -float(by_place[place]["strength"]))
    shown = sorted(strongest[:PLACED])
    known = all("across" in by_place[place] for place in shown)
    across, beside = (
        tuple(float(by_place[place][key]) for place in shown) if known else () for key in ("across", "beside")
    )
    return Boundaries(setting.labels.of([track]), tuple(shown), len(by_place), across, beside)


def _minima(track: int, found: _Found, setting: Setting) -> Minima:
    """The few minima of a score; of many the lowest."""
    by_place = {int(one.measured["position"]): one.measured for _, one in found}
    ranked = sorted(by_place, key=lambda place: float(by_place[place]["score"]))
    agree, sizes = by_place[ranked[0]]["sizes"]
    lowest = ranked[0] if agree == sizes > 1 else None
    at = tuple((place, float(by_place[place]["score"])) for place in sorted(ranked[:PLACED]))
    return Minima(setting.labels.of([track]), at, len(by_place), lowest, int(sizes))


def _dots(found: _Found, judged: Sequence[Judged], setting: Setting) -> _Told:
    """The dots of a map, the clearest first, with rows of links that have the first."""
    ids = [number for number, _ in found]
    if found[0][1].claim.value is None:
        return Dots((), int(found[0][1].measured["resolution"])), ids
    measured = sorted((one.measured for _, one in found), key=lambda one: -float(one["fold"]))
    pairs = tuple((*(sum(foot) / 2 for foot in one["anchors"]), float(one["fold"])) for one in measured)
    same = [
        (number, one)
        for number, one in supported(judged)
        if one.claim.kind == "link" and same_link(one.measured["anchors"], measured[0]["anchors"])
    ]
    rows = tuple(links_of(track, setting) for track in dict.fromkeys(one.claim.tracks[0] for _, one in same))
    return Dots(tuple((a, b, times) for a, b, times in pairs), 0, rows), [*ids, *(number for number, _ in same)]
