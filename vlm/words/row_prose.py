"""One sentence on what is no signal: marked intervals, links and the boundaries of contact maps.

A legend says what such a row adds: where its one or two boxes lie, how many there are, what is joined to what. Rows of
states side by side, and rows too full to point at, speak for themselves in the figure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from renderer.values.region import Region
from vlm.values.claim import Judged
from vlm.words import text as words
from vlm.words.places import Setting
from vlm.words.profiles import supported
from vlm.words.text import EMPTY, Sentence, Text, number_en, sentence

RANK_ROWS = 4
MOST_ROWS = 3
"""Rows that one sentence speaks of."""

MOST_COUNTED = 6
"""Rows whose number of boxes is said: a few letters each."""

PLACED = 2
"""Boxes, arcs or boundaries of one row whose places are said; of more only the number."""

WHOLE = 0.995
"""A box over this share of the window spans it: what is missing is too narrow to see."""


def tell_rows(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """At most one sentence, a clause a row: links and boundaries first, then boxes that can be placed, then numbers."""
    clauses = _rows_of("link", _links, judged, setting) + _rows_of("domain_boundary", _boundaries, judged, setting)
    clauses += _marked(judged, setting)
    counted = _rows_of("interval_at", _numbers, judged, setting)
    clauses = clauses[:MOST_ROWS]
    if counted and len(clauses) < MOST_ROWS:
        clauses.append(_joined(counted[:MOST_COUNTED]))
    if not clauses:
        return []
    english = "; ".join(text.en for text, _ in clauses)
    text = Text(re.sub("^in ", "In ", english), "；".join(text.zh for text, _ in clauses))
    return [sentence(text, [i for _, ids in clauses for i in ids], RANK_ROWS)]


_Clause = tuple[Text, list[int]]
_Found = list[tuple[int, Judged]]
_Teller = Callable[[Text, _Found, Region], Text]


def _rows_of(kind: str, tell: _Teller, judged: Sequence[Judged], setting: Setting) -> list[_Clause]:
    """A clause for each track with claims of this kind, where the teller has words for it."""
    tracks = _by_track(kind, judged)
    told = [(tell(setting.labels.of([track]), found, setting.region), found) for track, found in tracks.items()]
    return [(text, [number for number, _ in found]) for text, found in told if text]


def _by_track(kind: str, judged: Sequence[Judged]) -> dict[int, _Found]:
    tracks: dict[int, _Found] = {}
    for number, one in supported(judged):
        if one.claim.kind == kind:
            tracks.setdefault(one.claim.tracks[0], []).append((number, one))
    return tracks


def _links(label: Text, found: _Found, region: Region) -> Text:
    """'in HiCCUPS loops, 5.45 Mb is linked to 5.53 Mb'; of more than two the widest."""
    anchors = {tuple(map(tuple, one.measured["anchors"])) for _, one in found}
    pairs = sorted(anchors, key=lambda pair: (sum(pair[0]) - sum(pair[1]), pair))
    ends = [[words.place(sum(anchor) / 2, region) for anchor in pair] for pair in pairs[:PLACED]]
    if len(pairs) > PLACED:
        one, two = ends[0]
        return Text(
            f"in {label.en}, {number_en(len(pairs))} pairs of places are linked, at most from {one} to {two}",
            f"{label.zh} 连接 {len(pairs)} 对位点，最远者为 {one} 与 {two}",
        )
    verb = " is linked to "
    english = f"{ends[0][0]}{verb}{ends[0][1]}" + "".join(f" and {one} to {two}" for one, two in ends[1:])
    chinese = "、".join(f"{one} 与 {two}" for one, two in ends)
    return Text(f"in {label.en}, {english}", f"{label.zh} 中 {chinese} 相连")


def _boundaries(label: Text, found: _Found, region: Region) -> Text:
    """'Hi-C shows domain boundaries near 8.12 Mb and 8.20 Mb'; of many the strongest."""
    ranked = sorted({(-float(one.measured["strength"]), int(one.measured["position"])) for _, one in found})
    many = len(ranked) > PLACED + 1
    shown = sorted(position for _, position in (ranked[:PLACED] if many else ranked))
    listed = words.names([words.place(position, region) for position in shown])
    if many:
        return Text(
            f"{label.en} shows {number_en(len(ranked))} domain boundaries, the strongest near {listed.en}",
            f"{label.zh} 有 {len(ranked)} 个结构域边界，最强者位于 {listed.zh} 附近",
        )
    noun = "a domain boundary" if len(ranked) == 1 else "domain boundaries"
    return Text(f"{label.en} shows {noun} near {listed.en}", f"{label.zh} 在 {listed.zh} 附近有结构域边界")


def _spans(found: _Found) -> list[tuple[int, int]]:
    return sorted({(int(one.measured["start"]), int(one.measured["end"])) for _, one in found})


def _marked(judged: Sequence[Judged], setting: Setting) -> list[_Clause]:
    """'in Polycomb domains, 98.98–99.09 Mb is marked'; rows that mark the same share a clause, rows of more boxes have
    none."""
    rows: dict[Text, list[int]] = {}
    found = _by_track("interval_at", judged)
    for track, claims in found.items():
        what = _places(claims, setting.region)
        if what:
            rows.setdefault(what, []).append(track)
    return [
        (_mark(what, setting.labels.of(tracks), len(tracks)), [n for track in tracks for n, _ in found[track]])
        for what, tracks in rows.items()
    ]


_SPANS = Text("spans the window", "覆盖整个窗口")


def _mark(what: Text, label: Text, rows: int) -> Text:
    """The clause of rows that mark the same places."""
    if what == _SPANS:
        return Text(f"{label.en} {'span' if rows > 1 else 'spans'} the window", f"{label.zh} {what.zh}")
    return Text(f"in {label.en}, {what.en} marked", f"{label.zh} 标出 {what.zh}")


def _places(found: _Found, region: Region) -> Text:
    """'98.98–99.09 Mb is', or that the window is spanned; nothing for a row of more boxes."""
    spans = _spans(found)
    if len(spans) > PLACED:
        return EMPTY
    if len(spans) == 1 and spans[0][1] - spans[0][0] >= WHOLE * region.span:
        return _SPANS if int(found[0][1].measured["count"]) == 1 else EMPTY
    listed = words.names([words.stretch(*span, region) for span in spans])
    return Text(f"{listed.en} {'is' if len(spans) == 1 else 'are'}", listed.zh)


def _numbers(label: Text, found: _Found, region: Region) -> Text:
    """'seven in CTCF peaks'; nothing for a row whose boxes are placed."""
    if len(_spans(found)) <= PLACED:
        return EMPTY
    boxes = {(one.measured["start"], one.measured["end"]): int(one.measured["count"]) for _, one in found}
    number = sum(boxes.values())
    return Text(f"{number_en(number)} in {label.en}", f"{label.zh} {number} 个")


def _joined(counted: Sequence[_Clause]) -> _Clause:
    """'there are five intervals in BEAF peaks, eight in Cp190 peaks and seven in SuHw peaks'."""
    first, *rest = [text.en for text, _ in counted]
    number, _, where = first.partition(" ")
    english = words.join_en([f"there are {number} intervals {where}", *rest])
    chinese = "、".join(text.zh for text, _ in counted)
    return Text(english, f"标出的区间：{chinese}"), [i for _, ids in counted for i in ids]
