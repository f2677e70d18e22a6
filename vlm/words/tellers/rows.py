"""One sentence on what is no signal: marked intervals, links and the boundaries of contact maps.

A legend says what such a row adds: where its one or two boxes lie, how many there are, what is joined to what. Rows of
states side by side, and rows too full to point at, speak for themselves in the figure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from renderer.values.region import Region
from vlm.values.claim import Judged
from vlm.words.clauses.clause import Clause, Series
from vlm.words.clauses.maps import Anchored, Boundaries, Encloses, Intervals, Leaving, Linked, Marked, WholeWindow
from vlm.words.language import grain
from vlm.words.parts import Place, Tracks
from vlm.words.places import Role, Sentence, Setting, sentence
from vlm.words.profiles import supported

RANK_RELATION, RANK_ENCLOSES, RANK_ROWS = -3, 2, 4

MOST_COUNTED = 6
"""Rows whose number of boxes is said: a few letters each."""

PLACED = 2
"""Boxes, arcs or boundaries of one row whose places are said; of more only the number."""

WHOLE = 0.995
"""A box over this share of the window spans it: what is missing is too narrow to see."""


def tell_rows(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """At most one sentence, a clause a row: links and boundaries first, then boxes that can be placed, then numbers."""
    anchored = {one.claim.tracks[0] for _, one in supported(judged) if one.claim.kind == "anchor_at_peak"}
    linked = _rows_of("link", _links, judged, setting, anchored)
    told = [*linked, *_leaving(judged, setting), *_rows_of("domain_boundary", _boundaries, judged, setting)]
    told = [*told, *_marked(judged, setting)]
    told += _counted(judged, setting)
    if not told:
        return []
    series = Series(tuple(clause for clause, _ in told))
    return [sentence(series, [i for _, ids in told for i in ids], RANK_ROWS, Role.REST)]


_Told = tuple[Clause, list[int]]
_Found = list[tuple[int, Judged]]


def tell_relations(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """A sentence for each row of links whose anchors lie at peaks of a signal, the widest link of a row; else the genes
    that one encloses."""
    told: list[Sentence] = []
    done: set[int] = set()
    for number, one in supported(judged):
        track = one.claim.tracks[0]
        if one.claim.kind == "anchor_at_peak" and track not in done:
            done.add(track)
            genes, ids = _enclosed(one, judged)
            clause = _anchored(one, genes, setting)
            told.append(sentence(clause, [number, *ids], RANK_RELATION, Role.RELATION))
    for number, one in supported(judged):
        track = one.claim.tracks[0]
        if one.claim.kind == "encloses" and track not in done:
            done.add(track)
            genes = tuple(one.measured["genes"])
            encloses = Encloses(setting.labels.of([track]), _feet(one), genes)
            told.append(sentence(encloses, [number], RANK_ENCLOSES, Role.RELATION))
    return told


def _anchored(one: Judged, genes: tuple[str, ...], setting: Setting) -> Anchored:
    links, signal = (setting.labels.of([track]) for track in one.claim.tracks)
    left, right = (Place("near", at=peak["summit"], heights=(abs(peak["top"]),)) for peak in one.measured["peaks"])
    reach = max(int(peak["distance"]) for peak in one.measured["peaks"])
    return Anchored(links, signal, _feet(one), (left, right), reach, bool(one.measured["strongest"]), genes)


def _feet(one: Judged) -> tuple[tuple[int, int], tuple[int, int]]:
    (a, b), (c, d) = one.measured["anchors"]
    return (a, b), (c, d)


def _enclosed(link: Judged, judged: Sequence[Judged]) -> tuple[tuple[str, ...], list[int]]:
    """The genes that are known to lie within a link."""
    for number, one in supported(judged):
        same = one.claim.kind == "encloses" and one.claim.tracks[0] == link.claim.tracks[0]
        if same and _feet(one) == _feet(link):
            return tuple(one.measured["genes"]), [number]
    return (), []


def _leaving(judged: Sequence[Judged], setting: Setting) -> list[_Told]:
    """Rows with links that leave the window."""
    return [
        (
            Leaving(setting.labels.of([one.claim.tracks[0]]), int(one.measured["leave"]), int(one.measured["inside"])),
            [number],
        )
        for number, one in supported(judged)
        if one.claim.kind == "link_count" and one.measured["leave"]
    ]


def _rows_of(
    kind: str,
    tell: Callable[[Tracks, _Found], Clause],
    judged: Sequence[Judged],
    setting: Setting,
    but: Collection[int] = (),
) -> list[_Told]:
    """A clause for each track with claims of this kind, but for those told already."""
    tracks = _by_track(kind, judged)
    return [
        (tell(setting.labels.of([track]), found), _ids(found)) for track, found in tracks.items() if track not in but
    ]


def _by_track(kind: str, judged: Sequence[Judged]) -> dict[int, _Found]:
    tracks: dict[int, _Found] = {}
    for number, one in supported(judged):
        if one.claim.kind == kind:
            tracks.setdefault(one.claim.tracks[0], []).append((number, one))
    return tracks


def _ids(found: _Found) -> list[int]:
    return [number for number, _ in found]


def _links(who: Tracks, found: _Found) -> Linked:
    """The few pairs that are joined, the widest first; of more than that the widest alone."""
    anchors = {tuple(map(tuple, one.measured["anchors"])) for _, one in found}
    pairs = sorted(anchors, key=lambda pair: (sum(pair[0]) - sum(pair[1]), pair))
    shown = pairs if len(pairs) <= PLACED else pairs[:1]
    return Linked(who, tuple((sum(one) / 2, sum(two) / 2) for one, two in shown), len(pairs))


def _boundaries(who: Tracks, found: _Found) -> Boundaries:
    """The few boundaries there are; of many the strongest."""
    ranked = sorted({(-float(one.measured["strength"]), int(one.measured["position"])) for _, one in found})
    shown = ranked[:PLACED] if len(ranked) > PLACED + 1 else ranked
    return Boundaries(who, tuple(sorted(position for _, position in shown)), len(ranked))


_Spans = tuple[tuple[int, int], ...]


def _spans(found: _Found) -> _Spans:
    return tuple(sorted({(int(one.measured["start"]), int(one.measured["end"])) for _, one in found}))


def _marked(judged: Sequence[Judged], setting: Setting) -> list[_Told]:
    """Rows of a box or two: what they mark. Rows that mark the same, as far as one can see, share a clause."""
    found = _by_track("interval_at", judged)
    rows: dict[_Spans | None, list[int]] = {}
    for track, claims in found.items():
        if _spans_window(claims, setting.region):
            rows.setdefault(None, []).append(track)
        elif len(_spans(claims)) <= PLACED and not _fills(claims, setting.region):
            rows.setdefault(_rounded(_spans(claims), setting.region), []).append(track)
    return [
        (_mark(spans, tracks, found, setting), [n for track in tracks for n in _ids(found[track])])
        for spans, tracks in rows.items()
    ]


def _mark(spans: _Spans | None, tracks: list[int], found: dict[int, _Found], setting: Setting) -> Clause:
    who = setting.labels.of(tracks)
    return Marked(who, _spans(found[tracks[0]])) if spans else WholeWindow(who)


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


def _counted(judged: Sequence[Judged], setting: Setting) -> list[_Told]:
    """One clause on how many boxes the rows have that are too full to place them, nor name states."""
    named = {track for one in judged if one.claim.kind in ("state_at", "state_differs") for track in one.claim.tracks}
    placed = {track for track, found in _by_track("interval_at", judged).items() if len(_spans(found)) <= PLACED}
    counts = {
        track: found[0]
        for track, found in _by_track("interval_count", judged).items()
        if track not in named and track not in placed and found[0][1].measured["state"] != "tiled"
    }
    told = list(counts.items())[:MOST_COUNTED]
    rows = tuple((int(one.measured["count"]), setting.labels.of([track])) for track, (_, one) in told)
    return [(Intervals(rows), [number for _, (number, _) in told])] if rows else []
