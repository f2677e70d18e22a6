"""Sentences on signals within the classes of rows, and on intervals that meet those of another row."""

from __future__ import annotations

from collections.abc import Sequence

from vlm.values.claim import Judged
from vlm.words.clauses.clause import Series
from vlm.words.clauses.standing import ClassLevels, ClassPair, NoDataOver, Overlapping
from vlm.words.places import ANONYMOUS_SPAN, Role, Sentence, Setting, sentence
from vlm.words.profiles import gaps_told, supported

RANK_CLASSES, RANK_CLASSES_NEAR, RANK_OVERLAP = 1, 2.5, 2
"""In a window of few genes the classes of rows say little that the genes do not."""

_Found = list[tuple[int, Judged]]

PIXELS = 200
"""Gaps that begin and end in the same of so many parts of a window are told together."""

MOST_CLASSES, MOST_ROWS = 2, 3
"""Signals whose classes are told, and rows that meet one other."""


def tell_standing(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """One sentence on the classes in which signals are densest, and one on the row that most others meet."""
    return [one for one in (_classes(judged, setting), _overlaps(judged, setting)) if one is not None]


def tell_gaps(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """One sentence on what is not covered; tracks with the same gaps together."""
    spans = gaps_told(judged)
    step = max(1, setting.region.span // PIXELS)
    ids = [number for number, one in supported(judged) if one.claim.kind == "no_data_over"]
    alike: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for track, found in spans.items():
        seen = tuple((start // step, end // step) for start, end in found)
        alike.setdefault(seen, []).append(track)
    clauses = tuple(NoDataOver(setting.labels.of(tracks), tuple(spans[tracks[0]])) for tracks in alike.values())
    return [sentence(Series(clauses), ids, role=Role.QUIET)] if clauses else []


def _classes(judged: Sequence[Judged], setting: Setting) -> Sentence | None:
    """The classes that part signals most; each signal once, by the row that has the fewest classes told apart most."""
    found = [(number, one) for number, one in supported(judged) if one.claim.kind == "class_level"]
    best: dict[int, tuple[int, Judged]] = {}
    for number, one in sorted(found, key=lambda pair: -_share(pair[1])):
        best.setdefault(one.claim.tracks[0], (number, one))
    told = list(best.values())[:MOST_CLASSES]
    rows: dict[int, _Found] = {}
    for number, one in told:
        rows.setdefault(one.claim.tracks[1], []).append((number, one))
    clauses = tuple(
        ClassLevels(setting.labels.of([row]), tuple(_class_level(one, setting) for _, one in some))
        for row, some in rows.items()
    )
    rank = RANK_CLASSES if setting.region.span > ANONYMOUS_SPAN else RANK_CLASSES_NEAR
    return sentence(Series(clauses), [number for number, _ in told], rank, Role.STATES) if told else None


def _share(one: Judged) -> float:
    """How much of the window the two classes take together."""
    return float(one.measured["high"]["share"]) + float(one.measured["low"]["share"])


def _class_level(one: Judged, setting: Setting) -> ClassPair:
    who = setting.labels.of([one.claim.tracks[0]])
    high, low = (one.measured[key] for key in ("high", "low"))
    means = abs(float(high["mean"])), abs(float(low["mean"]))
    return ClassPair(who, str(high["name"]), str(low["name"]), means, one.measured["fold"])


def _overlaps(judged: Sequence[Judged], setting: Setting) -> Sentence | None:
    """The row that most other rows meet, with how many intervals of each do."""
    found = [(number, one) for number, one in supported(judged) if one.claim.kind == "overlap_count"]
    others = [one.claim.tracks[1] for _, one in found]
    if not others:
        return None
    hub = max(dict.fromkeys(others), key=others.count)
    told = [(number, one) for number, one in found if one.claim.tracks[1] == hub][:MOST_ROWS]
    rows = tuple(
        (setting.labels.of([one.claim.tracks[0]]), int(one.measured["count"]), int(one.measured["total"]))
        for _, one in told
    )
    clause = Overlapping(setting.labels.of([hub]), rows)
    return sentence(clause, [number for number, _ in told], RANK_OVERLAP, Role.REST)
