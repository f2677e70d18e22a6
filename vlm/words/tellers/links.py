"""Sentences on links: what their anchors lie at and what they enclose, where many of them meet, how chromatin changes
at their ends, and how many of them leave the window.

Rows that show the same link are told together, each link once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from vlm.claims.rows.link import same_link
from vlm.values.claim import Judged
from vlm.words.clauses.clause import Clause, Series
from vlm.words.clauses.maps import (
    Anchored,
    Anchors,
    Encloses,
    FamilyShares,
    Hub,
    Leaving,
    Linked,
    LoneAnchor,
    SameStretch,
    StatesChange,
)
from vlm.words.parts import Links, Place
from vlm.words.places import Role, Sentence, Setting, sentence
from vlm.words.profiles import supported

RANK_RELATION, RANK_HUB, RANK_CHANGE, RANK_CHANGE_APART, RANK_ENCLOSES = -3, -2, -1.5, 1.5, 1.1

PLACED = 2
"""Pairs of places of one row that are told; of more only the number and the widest."""

HUB_GENES = 3
"""Genes at the other ends of the links of a hub that are named."""

REACH = 2_000
"""A stretch that begins and ends this near (bp) to the anchors of a link is the link's."""

_NOUN = re.compile(r"\s*\b(?P<loop>loops?)$|\s*\b(?:links?|arcs?|interactions?|contacts?)$", re.IGNORECASE)
"""The word for a link at the end of a label."""

_Told = tuple[Clause, list[int]]
_Found = list[tuple[int, Judged]]


def links_of(track: int, setting: Setting) -> Links:
    """A row of links by its short label."""
    label = setting.labels.by_track[track]
    found = _NOUN.search(label)
    return Links(label[: found.start()] if found else label, "loop" if found and found["loop"] else "link")


def tell_links(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """What links join: those anchored at peaks, with what changes there; hubs; and genes that the others enclose."""
    told, done = _tell_anchored(judged, setting)
    told += _tell_changes(judged, setting)
    for number, one in _of_kind("link_hub", judged):
        genes = tuple(one.measured["genes"][:HUB_GENES])
        at, count, inside = (int(one.measured[key]) for key in ("position", "count", "inside"))
        hub, ids = _at_peak(Hub(links_of(one.claim.tracks[0], setting), at, count, inside, genes), judged, setting)
        told.append(_relation(hub, [number, *ids], RANK_HUB))
        done = done | {one.claim.tracks[0]}
    for number, one in _of_kind("encloses", judged):
        track = one.claim.tracks[0]
        if track not in done:
            done = done | {track}
            encloses = Encloses(links_of(track, setting), feet(one), tuple(one.measured["genes"]))
            told.append(_relation(encloses, [number], RANK_ENCLOSES))
    return told


def _at_peak(hub: Hub, judged: Sequence[Judged], setting: Setting) -> tuple[Hub, list[int]]:
    """The hub with the nearest peak that a link is known to end at, if that is near."""
    found = [
        (abs(int(peak["summit"]) - hub.at), number, one, peak)
        for kind in ("anchor_at_peak", "lone_anchor")
        for number, one in _of_kind(kind, judged)
        for peak in one.measured.get("peaks", [one.measured.get("peak")])
    ]
    near = [pair for pair in found if pair[0] <= REACH]
    if not near:
        return hub, []
    _, number, one, peak = min(near, key=lambda pair: pair[0])
    place = Place("near", at=peak["summit"], heights=(abs(peak["top"]),))
    signal = setting.labels.of([one.claim.tracks[1]])
    return replace(hub, signal=signal, peak=place, reach=int(peak["distance"])), [number]


def _relation(clause: Clause, ids: Sequence[int], rank: float) -> Sentence:
    return sentence(clause, ids, rank, Role.RELATION)


def _of_kind(kind: str, judged: Sequence[Judged]) -> Iterator[tuple[int, Judged]]:
    return ((number, one) for number, one in supported(judged) if one.claim.kind == kind)


def feet(one: Judged) -> Anchors:
    """The anchors of a link that was measured."""
    (a, b), (c, d) = one.measured["anchors"]
    return (a, b), (c, d)


# --- links between peaks


def _tell_anchored(judged: Sequence[Judged], setting: Setting) -> tuple[list[Sentence], frozenset[int]]:
    """A sentence on the link that says most, with the rows that show it and what lies along it, the widest anchored one
    of each other row, and rows that show nothing of it; the rows that are told."""
    ranked = _ranked(judged)
    told: list[_Told] = []
    done: set[int] = set()
    for group in ranked:
        fresh = [pair for pair in group if pair[1].claim.tracks[0] not in done]
        if fresh:
            told.append(_anchored(fresh, judged, setting))
            told += [] if len(told) > 1 else _along(group, judged, setting)
            done |= _rows(fresh)
    if not told:
        return [], frozenset()
    told += leaving(judged, setting, inside=False)
    series = Series(tuple(clause for clause, _ in told))
    ids = [number for _, some in told for number in some]
    return [_relation(series, ids, RANK_RELATION)], frozenset(done)


def _ranked(judged: Sequence[Judged]) -> list[_Found]:
    """Links by the two peaks that they are anchored at, one a row; first the two highest, then what most rows show."""
    groups: dict[tuple[int, int, int], _Found] = {}
    for number, one in _of_kind("anchor_at_peak", judged):
        left, right = (int(peak["summit"]) for peak in one.measured["peaks"])
        group = groups.setdefault((one.claim.tracks[1], left, right), [])
        if one.claim.tracks[0] not in _rows(group):
            group.append((number, one))
    return sorted(groups.values(), key=lambda group: (not group[0][1].measured["strongest"], -len(group)))


def leading(judged: Sequence[Judged]) -> tuple[Anchors, ...]:
    """The anchors of the link that is told first, if one is anchored at peaks, in each row that shows it."""
    return next((tuple(feet(one) for _, one in group) for group in _ranked(judged)), ())


def _rows(group: _Found) -> set[int]:
    return {one.claim.tracks[0] for _, one in group}


def _anchored(group: _Found, judged: Sequence[Judged], setting: Setting) -> _Told:
    one = group[0][1]
    rows = tuple((links_of(link.claim.tracks[0], setting), int(link.measured["count"])) for _, link in group)
    genes, more = _enclosed(group, judged)
    peaks = tuple(Place("near", at=peak["summit"], heights=(abs(peak["top"]),)) for peak in one.measured["peaks"])
    reach = max(int(peak["distance"]) for _, link in group for peak in link.measured["peaks"])
    signal = setting.labels.of([one.claim.tracks[1]])
    clause = Anchored(rows, signal, feet(one), (peaks[0], peaks[1]), reach, bool(one.measured["strongest"]), genes)
    return clause, [*(number for number, _ in group), *more]


def _enclosed(group: _Found, judged: Sequence[Judged]) -> tuple[tuple[str, ...], list[int]]:
    """The genes that are known to lie within one of these links."""
    links = {(one.claim.tracks[0], feet(one)) for _, one in group}
    for number, one in _of_kind("encloses", judged):
        if (one.claim.tracks[0], feet(one)) in links:
            return tuple(one.measured["genes"]), [number]
    return (), []


def _along(group: _Found, judged: Sequence[Judged], setting: Setting) -> Iterator[_Told]:
    """Rows of intervals that mark just this link, and a further link from one of its peaks to a place without one."""
    same = marked_alike(feet(group[0][1]), judged)
    if same:
        yield SameStretch(setting.labels.of([one.claim.tracks[0] for _, one in same])), [number for number, _ in same]
    summits = {peak["summit"] for _, one in group for peak in one.measured["peaks"]}
    for number, one in _of_kind("lone_anchor", judged):
        if one.measured["peak"]["summit"] in summits:
            yield _lone(one, _rows(group), setting), [number]
            return


def marked_alike(anchors: Anchors, judged: Sequence[Judged]) -> _Found:
    """Intervals that begin and end where a link does."""
    (start, _), (_, end) = anchors
    return [
        (number, one)
        for number, one in _of_kind("interval_at", judged)
        if abs(int(one.measured["start"]) - start) <= REACH and abs(int(one.measured["end"]) - end) <= REACH
    ]


def _lone(one: Judged, told: set[int], setting: Setting) -> LoneAnchor:
    row, signal = one.claim.tracks
    found = one.measured
    start, end = found["bare"]
    peak = Place("near", at=found["peak"]["summit"])
    who, whose = links_of(row, setting), setting.labels.of([signal])
    tss, away = found.get("tss"), int(found.get("tss_bp", 0))
    return LoneAnchor(who, whose, peak, (int(start), int(end)), float(found["most"]), tss, away, row in told)


# --- chromatin at the ends of a link


def _tell_changes(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """How families of states change at the ends of a loop, a sentence for each row of states. Of a loop whose anchors
    are at nothing that was told it is no finding."""
    rows: dict[int, _Found] = {}
    for number, one in _of_kind("states_change", judged):
        rows.setdefault(one.claim.tracks[0], []).append((number, one))
    told = [(_change(track, found, setting, leading(judged)), found) for track, found in rows.items()]
    return [
        _relation(change, [number for number, _ in found], RANK_CHANGE_APART if change.span else RANK_CHANGE)
        for change, found in told
    ]


def _change(track: int, found: _Found, setting: Setting, told: Sequence[Anchors]) -> StatesChange:
    measured = found[0][1].measured
    span = int(measured["start"]), int(measured["end"])
    families = []
    for family in dict.fromkeys(one.claim.value["family"] for _, one in found):
        outside = tuple((_side(one["side"]), float(one[family])) for one in measured["outside"])
        families.append(FamilyShares(family, float(measured["inside"][family]), outside))
    ends = tuple((at, at + 1) for at in span)
    same = any(same_link(ends, anchors) for anchors in told)
    return StatesChange(setting.labels.of([track]), None if same else span, tuple(families))


def _side(name: str) -> Literal["left", "right"]:
    return "left" if name == "left" else "right"


# --- what is said of whole rows


def linked(judged: Sequence[Judged], setting: Setting) -> list[_Told]:
    """The few pairs of places that a row joins, the widest first; of more than that the widest alone. Rows that were
    told as anchored, or as hubs, are left out, and so are links that are told by the genes they enclose, unless only
    a number of them is told."""
    told = {one.claim.tracks[0] for kind in ("anchor_at_peak", "link_hub") for _, one in _of_kind(kind, judged)}
    rows: dict[int, _Found] = {}
    for number, one in _of_kind("link", judged):
        if one.claim.tracks[0] not in told:
            rows.setdefault(one.claim.tracks[0], []).append((number, one))
    enclosing = {one.claim.tracks[0]: feet(one) for _, one in reversed([*_of_kind("encloses", judged)])}
    others = {track: [pair for pair in found if feet(pair[1]) != enclosing.get(track)] for track, found in rows.items()}
    few = {track: len({feet(one) for _, one in some}) <= PLACED for track, some in others.items()}
    left = {track: some for track, found in rows.items() if (some := others[track] if few[track] else found)}
    return [(_linked(links_of(track, setting), found), [n for n, _ in found]) for track, found in left.items()]


def _linked(who: Links, found: _Found) -> Linked:
    pairs = sorted({feet(one) for _, one in found}, key=lambda pair: (sum(pair[0]) - sum(pair[1]), pair))
    shown = pairs if len(pairs) <= PLACED else pairs[:1]
    number = sum({feet(one): int(one.measured["count"]) for _, one in found}.values())
    return Linked(who, tuple((sum(one) / 2, sum(two) / 2) for one, two in shown), len(pairs), number)


def leaving(judged: Sequence[Judged], setting: Setting, inside: bool) -> list[_Told]:
    """A clause on the rows all of whose links leave the window, or on those of which some lie `inside`."""
    found = [(number, one) for number, one in _of_kind("link_count", judged) if one.measured["leave"]]
    rows = [pair for pair in found if bool(pair[1].measured["inside"]) == inside]
    return [(_leaving(rows, setting), [number for number, _ in rows])] if rows else []


def _leaving(found: _Found, setting: Setting) -> Leaving:
    rows = [(links_of(one.claim.tracks[0], setting), one.measured["leave"], one.measured["inside"]) for _, one in found]
    return Leaving(tuple((row, int(leave), int(inside)) for row, leave, inside in rows))
