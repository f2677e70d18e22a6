"""Sentences on spliced transcripts: over which genes' exons they lie, exons that conditions use unlike, skipped and
unannotated exons, splice junctions.

Gets supported claims, so whatever is said here holds; every number is the measured one of its claim.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vlm.values.claim import Judged
from vlm.words.clauses.clause import Clause, Series
from vlm.words.clauses.exons import (
    ExonMeans,
    ExonUsage,
    JunctionDiffers,
    JunctionReads,
    Junctions,
    Novel,
    OfGene,
    Skipped,
)
from vlm.words.parts import Side, Stretch
from vlm.words.places import Role, Sentence, Setting, sentence
from vlm.words.profiles import supported

RANK_USAGE, RANK_MEANS, RANK_EXONS, RANK_JUNCTIONS = -4, 1, 2, 2
"""Exons and junctions that conditions use unlike lead, as differences do; what one track shows comes after."""

MOST_MEANS, MOST_USED, MOST_NOVEL, MOST_PAIRS = 3, 2, 1, 3
"""Tracks with means over exons, exons of unlike usage, unannotated exons and junctions that one sentence tells."""

LEVELS = ("level_differs", "level_alike", "trend")

_Found = list[tuple[int, Judged]]


def tell_transcripts(judged: Sequence[Judged], setting: Setting, quiet: set[int]) -> list[Sentence]:
    """What differs first, then each track but the `quiet` ones: its exons, then its junctions."""
    found: dict[str, _Found] = {}
    for number, one in supported(judged):
        if one.claim.tracks[0] not in quiet:
            found.setdefault(one.claim.kind, []).append((number, one))
    differs = [
        *((number, _usage(one)) for number, one in found.get("exon_usage", [])[:MOST_USED]),
        *((number, _differs(one, setting)) for number, one in found.get("junction_differs", [])[:MOST_USED]),
    ]
    told = [_sentence(differs, RANK_USAGE, Role.FINDING)] if differs else []
    compared = _compared([one for kind in LEVELS for _, one in found.get(kind, [])])
    means = [pair for pair in found.get("exonic_mean", []) if pair[1].claim.tracks[0] not in compared]
    told += _means(_by_track(means)[:MOST_MEANS], found.get("holds_share", []), setting)
    used = {
        (track, one.claim.start) for _, one in found.get("exon_usage", [])[:MOST_USED] for track in one.claim.tracks
    }
    lone = [pair for pair in found.get("skipped_exon", []) if _place(pair[1]) not in used]
    differing = {track for _, one in found.get("junction_differs", []) for track in one.claim.tracks}
    for some in _by_track([*lone, *found.get("novel_exon", [])]):
        told += _exons(some, setting)
    rows = [some for some in _by_track(found.get("junction", [])) if some[0][1].claim.tracks[0] not in differing]
    return [*told, *(one for some in rows for one in _junctions(some, setting))]


def _compared(levels: Sequence[Judged]) -> set[int]:
    """The tracks whose levels along genes are told against each other."""
    along = [one for one in levels if one.measured["place"] == "body"]
    sides = [side for one in along for side in (one.measured.get("first"), one.measured.get("second"))]
    courses = [number for one in along for number in one.measured.get("tracks", ())]
    return {*courses, *(number for side in sides if isinstance(side, Mapping) for number in side["tracks"])}


def exons_told(judged: Sequence[Judged]) -> set[int]:
    """The tracks of which the means over exons are told: their highest bases say less."""
    return {one.claim.tracks[0] for _, one in supported(judged) if one.claim.kind == "exonic_mean"}


def _sentence(told: Sequence[tuple[int, Clause]], rank: float, role: Role) -> Sentence:
    return sentence(Series(tuple(clause for _, clause in told)), [number for number, _ in told], rank, role)


def _by_track(found: _Found) -> list[_Found]:
    tracks: dict[int, _Found] = {}
    for number, one in found:
        tracks.setdefault(one.claim.tracks[0], []).append((number, one))
    return list(tracks.values())


def _place(one: Judged) -> tuple[int, int]:
    return one.claim.tracks[0], one.claim.start


def _means(tracks: Sequence[_Found], held: _Found, setting: Setting) -> list[Sentence]:
    """One sentence on the tracks."""
    told, ids = list[Clause](), list[int]()
    for some in tracks:
        beside = [pair for pair in held if _lies_beside(pair[1], [one for _, one in some])][:1]
        told.append(_mean(some, [one for _, one in beside], setting))
        ids += [number for number, _ in (*some, *beside)]
    return [sentence(Series(tuple(told)), ids, RANK_MEANS, Role.EVENT)] if told else []


def _lies_beside(held: Judged, means: Sequence[Judged]) -> bool:
    """Whether a stretch holds most of the track whose means over exons these are, and meets no gene that is high."""
    start, end = int(held.measured["start"]), int(held.measured["end"])
    high = [one.claim for one in means if not one.measured["low"]]
    same = held.claim.tracks[0] == means[0].claim.tracks[0] and held.measured["gene"] is None
    return same and not any(one.start < end and start < one.end for one in high)


def _mean(found: _Found, held: Sequence[Judged], setting: Setting) -> ExonMeans:
    """Genes that are high, the highest first, and those that are low beside them; introns of the one that is high;
    where most of the signal is `held`, if that is beside them."""
    high = [one.measured for _, one in found if not one.measured["low"]]
    low = [one.measured for _, one in found if one.measured["low"]]
    introns = high[0]["introns"] if len(high) == 1 else None
    shares = [(float(m["share"]), int(m["start"]), int(m["end"])) for m in (one.measured for one in held)]
    return ExonMeans(
        setting.labels.of([found[0][1].claim.tracks[0]]),
        tuple(OfGene(str(one["gene"]), float(one["mean"]), introns) for one in high),
        tuple(str(one["gene"]) for one in low),
        max((float(one["mean"]) for one in low), default=0.0),
        any(one.get("block") for one in (*high, *low)),
        shares[0] if shares else None,
    )


def _exon(measured: Mapping[str, Any]) -> Stretch:
    start, end = int(measured["start"]), int(measured["end"])
    return Stretch("exon", start, end, str(measured["gene"]), int(measured["exon"]))


def _exons(found: _Found, setting: Setting) -> list[Sentence]:
    """The skipped exons of the first gene that has some, and the highest unannotated one."""
    who = setting.labels.of([found[0][1].claim.tracks[0]])
    skipped = [(number, one) for number, one in found if one.claim.kind == "skipped_exon"]
    same = [pair for pair in skipped if pair[1].measured["gene"] == skipped[0][1].measured["gene"]]
    clauses: list[Clause] = []
    if same:
        exons = tuple(sorted((_exon(one.measured) for _, one in same), key=lambda exon: exon.exon or 0))
        clauses.append(Skipped(who, exons, max(float(one.measured["usage"]) for _, one in same)))
    novel = [pair for pair in found if pair[1].claim.kind == "novel_exon"][:MOST_NOVEL]
    for _, one in novel:
        m = one.measured
        clauses.append(Novel(who, str(m["gene"]), int(m["start"]), int(m["end"]), float(m["mean"])))
    ids = [number for number, _ in (*same, *novel)]
    return [sentence(Series(tuple(clauses)), ids, RANK_EXONS, Role.EVENT)] if clauses else []


def _usage(one: Judged) -> ExonUsage:
    measured = one.measured
    high, low = (
        Side(str(side["name"]), float(side["value"]), len(side["tracks"]))
        for side in (measured["first"], measured["second"])
    )
    fold = measured["fold"]
    timed = measured["factor"] in ("time", "dose")
    return ExonUsage(str(measured["assay"] or ""), _exon(measured), high, low, fold, bool(measured["inner"]), timed)


def _between(measured: Mapping[str, Any]) -> tuple[int, int] | None:
    first, last = measured["between"]
    return (int(first), int(last)) if measured["skipped"] else None


def _joined(measured: Mapping[str, Any]) -> tuple[int, int]:
    first, second = measured["exons"]
    return int(first), int(second)


def _differs(one: Judged, setting: Setting) -> JunctionDiffers:
    measured = one.measured
    first, second = (setting.labels.of([track]) for track in one.claim.tracks)
    (count, other), (share, its) = (map(float, measured[key]) for key in ("counts", "shares"))
    return JunctionDiffers(
        str(measured["gene"]), _joined(measured), _between(measured), (first, second), (count, other), (share, its)
    )


def _junctions(found: _Found, setting: Setting) -> list[Sentence]:
    """The junctions of the gene that has the one with most reads."""
    gene = found[0][1].measured["gene"]
    same = [pair for pair in found if pair[1].measured["gene"] == gene is not None][:MOST_PAIRS]
    if not same:
        return []
    pairs = tuple(
        JunctionReads(_joined(one.measured), float(one.measured["count"]), _between(one.measured)) for _, one in same
    )
    who = setting.labels.of([same[0][1].claim.tracks[0]])
    clause = Junctions(who, str(gene), pairs)
    return [sentence(clause, [number for number, _ in same], RANK_JUNCTIONS, Role.EVENT)]
