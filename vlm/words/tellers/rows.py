"""One sentence on what is no signal: marked intervals, and what is left to say of links.

A legend says what such a row adds: where its one or two boxes lie, how many there are, what is joined to what. Rows of
states side by side, and rows too full to point at, speak for themselves in the figure.
"""

from __future__ import annotations

from collections.abc import Sequence

from renderer.values.region import Region
from vlm.values.claim import Judged
from vlm.words.clauses.clause import Clause, Series
from vlm.words.clauses.maps import EdgesAt, HoldPeaks, IntervalRow, Intervals, Marked, NoLinks, WholeWindow
from vlm.words.language import grain
from vlm.words.parts import Tracks
from vlm.words.places import Role, Sentence, Setting, sentence
from vlm.words.profiles import supported
from vlm.words.tellers.links import leading, leaving, linked, marked_alike

RANK_EDGES, RANK_ROWS = -0.5, 4

MOST_COUNTED = 6
"""Rows whose number of boxes is said: a few letters each."""

PLACED = 2
"""Boxes, arcs or boundaries of one row whose places are said; of more only the number."""

WHOLE = 0.995
"""A box over this share of the window spans it: what is missing is too narrow to see."""


def tell_rows(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """A sentence on rows that hold something, a clause a row: links, then boxes that can be placed, then numbers; and
    one on rows of links that hold none."""
    told = [*linked(judged, setting), *leaving(judged, setting, inside=True)]
    told += [] if leading(judged) else leaving(judged, setting, inside=False)
    boxes, placed = _marked(judged, setting)
    counts = _counted(judged, setting, placed)
    every = Intervals(tuple(row for row, _ in counts)), [number for _, ids in counts for number in ids]
    told += [*boxes, *([every] if counts else []), *_holding(judged, setting)]
    return [*_edges(judged, setting), *_without_links(judged, setting), *_rows(told, counts)]


def _edges(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """One sentence on the longest stretch both of whose ends lie at sites, with all rows of these; none where that is
    said of the boundaries of a map."""
    found = [(number, one) for number, one in supported(judged) if one.claim.kind == "edges_at"]
    if not found or any(one.claim.kind == "boundaries_at" for _, one in supported(judged)):
        return []
    first = max(found, key=lambda pair: int(pair[1].measured["end"]) - int(pair[1].measured["start"]))[1]
    same = [pair for pair in found if _stretch_of(pair[1]) == _stretch_of(first)]
    _, start, end = _stretch_of(first)
    reach = max(int(away) for _, one in same for away in one.measured["away"])
    sites = setting.labels.of([one.claim.tracks[1] for _, one in same])
    who = setting.labels.of([first.claim.tracks[0]])
    clause = EdgesAt(who, first.measured["name"], (start, end), sites, reach)
    return [sentence(clause, [number for number, _ in same], RANK_EDGES, Role.RELATION)]


def _stretch_of(one: Judged) -> tuple[int, int, int]:
    """The row of a stretch, and its ends."""
    return one.claim.tracks[0], int(one.measured["start"]), int(one.measured["end"])


def _rows(told: Sequence[_Told], counts: Sequence[tuple[IntervalRow, list[int]]]) -> list[Sentence]:
    """One sentence; where there is no room for it a clause alone, or the number of boxes (`counts`) of one row."""
    if not told:
        return []
    series = Series(tuple(clause for clause, _ in told))
    parts = [sentence(clause, ids, RANK_ROWS, Role.REST) for clause, ids in told if not isinstance(clause, Intervals)]
    parts += [sentence(Intervals((row,)), ids, RANK_ROWS, Role.REST) for row, ids in counts]
    return [sentence(series, [i for _, ids in told for i in ids], RANK_ROWS, Role.REST, parts)]


def counts_as_one(clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """The clauses, with all counts of intervals in the place of the first."""
    flat = [some for one in clauses for some in (one.clauses if isinstance(one, Series) else (one,))]
    counts = Intervals(tuple(row for one in flat if isinstance(one, Intervals) for row in one.rows))
    first = next((at for at, one in enumerate(flat) if isinstance(one, Intervals)), None)
    return tuple(
        counts if at == first else one for at, one in enumerate(flat) if at == first or not isinstance(one, Intervals)
    )


def _without_links(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    counts = [(number, one) for number, one in supported(judged) if one.claim.kind == "link_count"]
    none = [(number, one) for number, one in counts if not one.measured["inside"] and not one.measured["leave"]]
    who = setting.labels.of([one.claim.tracks[0] for _, one in none]) if none else None
    return [sentence(NoLinks(who), [number for number, _ in none], RANK_ROWS, Role.REST)] if who else []


_Told = tuple[Clause, list[int]]
_Found = list[tuple[int, Judged]]


def _by_track(kind: str, judged: Sequence[Judged]) -> dict[int, _Found]:
    tracks: dict[int, _Found] = {}
    for number, one in supported(judged):
        if one.claim.kind == kind:
            tracks.setdefault(one.claim.tracks[0], []).append((number, one))
    return tracks


def _ids(found: _Found) -> list[int]:
    return [number for number, _ in found]


_Spans = tuple[tuple[int, int], ...]


def _spans(found: _Found) -> _Spans:
    return tuple(sorted({(int(one.measured["start"]), int(one.measured["end"])) for _, one in found}))


def _marked(judged: Sequence[Judged], setting: Setting) -> tuple[list[_Told], set[int]]:
    """Rows of a box or two: what they mark, and the rows that are told so. Rows that mark the same, as far as one can
    see, share a clause; one that marks the link that was told is told with it."""
    found = _by_track("interval_at", judged)
    named = {one.claim.tracks[0] for _, one in supported(judged) if one.claim.kind == "state_at"}
    alike = {one.claim.tracks[0] for link in leading(judged)[:1] for _, one in marked_alike(link, judged)}
    rows: dict[_Spans | None, list[int]] = {}
    for track, claims in found.items():
        if _spans_window(claims, setting.region):
            rows.setdefault(None, []).append(track)
        elif len(_spans(claims)) <= PLACED and not _fills(claims, setting.region) and track not in alike | named:
            rows.setdefault(_rounded(_spans(claims), setting.region), []).append(track)
    told = [
        (_mark(spans, tracks, found, setting), [n for track in tracks for n in _ids(found[track])])
        for spans, tracks in rows.items()
    ]
    return told, alike.union(*rows.values())


def _mark(spans: _Spans | None, tracks: list[int], found: dict[int, _Found], setting: Setting) -> Clause:
    who = setting.labels.of(tracks)
    if spans:
        return Marked(who, _spans(found[tracks[0]]))
    outer = found[tracks[0]][0][1].measured.get("outer") if len(tracks) == 1 else None
    return WholeWindow(who, (int(outer[0]), int(outer[1])) if outer else None)


def _rounded(spans: _Spans, region: Region) -> _Spans:
    """Stretches as far as their ends are told apart in this window."""
    step = grain(region)
    return tuple((round((start + 1) / step), round(end / step)) for start, end in spans)


def _fills(found: _Found, region: Region) -> bool:
    """Whether one stretch is all there is to see."""
    spans = _spans(found)
    return len(spans) == 1 and spans[0][1] - spans[0][0] >= WHOLE * region.span


def _spans_window(found: _Found, region: Region) -> bool:
    return _fills(found, region) and int(found[0][1].measured["count"]) == 1


def _counted(judged: Sequence[Judged], setting: Setting, placed: set[int]) -> list[tuple[IntervalRow, list[int]]]:
    """How many boxes each of the other rows has that names no states and tiles no window, and how long
    domains are."""
    named = {track for one in judged if one.claim.kind in ("state_at", "state_differs") for track in one.claim.tracks}
    counts = {
        track: found[0]
        for track, found in _by_track("interval_count", judged).items()
        if track not in named and track not in placed and found[0][1].measured.get("state") != "tiled"
    }
    told = list(counts.items())[:MOST_COUNTED]
    long = {track: found[0] for track, found in _by_track("interval_length", judged).items() if track in dict(told)}
    return [
        (
            IntervalRow(setting.labels.of([n]), int(one.measured["count"]), *_lengths(long.get(n))),
            [number, *(long[n][:1] if n in long else ())],
        )
        for n, (number, one) in told
    ]


def _lengths(found: tuple[int, Judged] | None) -> tuple[int | None, tuple[int, int] | None]:
    """The median length, and the longest."""
    if found is None:
        return None, None
    longest = found[1].measured["longest"]
    return int(found[1].measured["median"]), (int(longest[0]), int(longest[1])) if longest else None


def _holding(judged: Sequence[Judged], setting: Setting) -> list[_Told]:
    """Rows whose intervals hold the peaks of signals, a clause each."""
    return [
        (
            HoldPeaks(setting.labels.of([track]), tuple(_held(one, setting) for _, one in found)),
            [number for number, _ in found],
        )
        for track, found in _by_track("peak_in_interval", judged).items()
    ]


def _held(one: Judged, setting: Setting) -> tuple[Tracks, int, int]:
    return setting.labels.of([one.claim.tracks[1]]), int(one.measured["inside"]), int(one.measured["peaks"])
