"""Sentences on signals that lie on both sides of 0, and on dips."""

from __future__ import annotations

from collections.abc import Sequence

from vlm.values.claim import Judged
from vlm.words.clauses.clause import Clause, Series
from vlm.words.clauses.signed import BothSides, OneSide, Troughs
from vlm.words.places import Sentence, Setting, sentence
from vlm.words.profiles import supported

RANK_SIDES, RANK_DIPS = 0, 2

SHOWN = 3
"""Stretches of one side that are placed; of more the longest two."""

_Found = list[tuple[int, Judged]]


def signed_tracks(judged: Sequence[Judged]) -> set[int]:
    """Tracks that are told by the sides of 0, not by peaks and domains."""
    return {*_by_track("positive_over", judged), *_by_track("negative_over", judged)}


def tell_signed(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """A sentence a track: where it lies above 0 and below, and where it dips."""
    above, below = (_by_track(f"{side}_over", judged) for side in ("positive", "negative"))
    dips = _by_track("trough", judged)
    told = []
    for track in sorted({*above, *below, *dips}):
        sides = [_side(found, number == 0) for number, rows in enumerate((above, below)) if (found := rows.get(track))]
        clauses: list[Clause] = [BothSides(setting.labels.of([track]), tuple(sides))] if sides else []
        if track in dips:
            clauses.append(_troughs(track, dips[track], setting, not sides))
        ids = [number for rows in (above, below, dips) for number, _ in rows.get(track, ())]
        told.append(sentence(Series(tuple(clauses)), ids, RANK_SIDES if sides else RANK_DIPS))
    return told


def _by_track(kind: str, judged: Sequence[Judged]) -> dict[int, _Found]:
    found: dict[int, _Found] = {}
    for number, one in supported(judged):
        if one.claim.kind == kind:
            found.setdefault(one.claim.tracks[0], []).append((number, one))
    return found


def _side(found: _Found, above: bool) -> OneSide:
    spans = sorted({(int(one.measured["start"]), int(one.measured["end"])) for _, one in found})
    longest = sorted(spans, key=lambda span: span[0] - span[1])
    shown = spans if len(spans) <= SHOWN else sorted(longest[: SHOWN - 1])
    return OneSide(above, tuple(shown), tuple(float(one.measured["mean"]) for _, one in found), len(spans))


def _troughs(track: int, found: _Found, setting: Setting, alone: bool) -> Troughs:
    """Dips of a track; those that are told `alone` beside the mean of the window."""
    depths = {int(one.measured["bottom"]): float(one.measured["depth"]) for _, one in found}
    rising = sorted(set.intersection(*(set(one.measured["rising"]) for _, one in found)))
    mean = found[0][1].measured["mean"] if alone else None
    peaks = setting.labels.of(rising) if rising else None
    return Troughs(setting.labels.of([track]), tuple(sorted(depths.items())), mean, peaks, not alone)
