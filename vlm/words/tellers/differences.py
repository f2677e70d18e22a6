"""Sentences on what the tracks were made to compare: courses over ordered conditions, levels that differ or are alike,
whole profiles. They lead a caption: a figure of several samples is made for them.

Gets supported claims, so whatever is said here holds; every number is the measured one of its claim.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from renderer.assays.names import assays_named
from vlm.values.claim import Judged
from vlm.words.clauses.clause import Clause, Series
from vlm.words.clauses.compared import (
    Alike,
    Balance,
    Course,
    Differs,
    HigherAt,
    Highest,
    ProfilesAlike,
    SummitMoves,
)
from vlm.words.clauses.groups import Agree, OnlyInGroup, OutOfLine
from vlm.words.parts import Pair, Side, Stretch
from vlm.words.places import Role, Sentence, Setting, sentence
from vlm.words.profiles import supported

RANK_COURSE, RANK_DIFFERENCE, RANK_MOVES, RANK_OVER, RANK_ALIKE = -5, -4, -3.5, -2, 1
"""Courses and differences between conditions lead; those of strands and over controls come after relations."""

TOLD = 2
"""Differences of one pair of conditions that one sentence tells, each with its place ..."""

LISTED = 4
"""... or the places at which one of them is higher, in a list."""

MOST_PAIRS = 2
"""Pairs of conditions whose differences are told."""

CONTROLLED = ("control", "strand")
TELLING = ("level_differs", "contact_side", "only_in_group")
KINDS = ("level_differs", "level_alike", "contact_side", "profiles_alike", "only_in_group")

_Found = list[tuple[int, Judged]]


def tell_differences(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """Courses first, then each pair of conditions, the most telling first: what differs, then what is alike."""
    told = [_course(number, one) for number, one in supported(judged) if one.claim.kind == "trend"]
    pairs: dict[tuple[str, str, str], _Found] = {}
    for number, one in supported(judged):
        if one.claim.kind in KINDS and one.measured.get("first") is not None:
            pairs.setdefault(_pair(one.measured), []).append((number, one))
    ranked = sorted(pairs.values(), key=lambda found: (_rank(found), not _of(found, *TELLING)))
    if told:
        ranked = [_most_alike(ranked)] if _most_alike(ranked) else []
    pairwise = [one for found in ranked[:MOST_PAIRS] for one in _tell(found, setting)]
    return [*told, *pairwise, *_tell_moves(judged, setting), *_tell_replicates(judged, setting)]


def _pair(measured: Mapping[str, Any]) -> tuple[str, str, str]:
    """What a difference is between, whichever side is the higher one."""
    names = sorted((_name(measured["first"]), _name(measured["second"])))
    return str(measured["assay"]), names[0], names[1]


def _name(side: object) -> str:
    return str(side["name"]) if isinstance(side, Mapping) else str(side)


def _rank(found: _Found) -> int:
    return RANK_OVER if any(one.measured.get("factor") in CONTROLLED for _, one in found) else RANK_DIFFERENCE


def _of(found: _Found, *kinds: str) -> _Found:
    return [(number, one) for number, one in found if one.claim.kind in kinds]


def _most_alike(pairs: Sequence[_Found]) -> _Found:
    """Of a series of conditions the two profiles that are most alike."""
    alike = [pair for found in pairs for pair in _of(found, "profiles_alike")]
    return [max(alike, key=lambda pair: float(pair[1].measured["r"]))] if alike else []


def _tell(found: _Found, setting: Setting) -> list[Sentence]:
    """What two conditions differ in, in one sentence or two; then what is alike."""
    rank = _rank(found)
    lone = _of(found, "only_in_group")[:TOLD]
    sides = _of(found, "contact_side")
    differing = [pair for pair in _of(found, "level_differs") if not any(_meet(pair[1], one) for _, one in lone)]
    profiles = [] if sides else _of(found, "profiles_alike")
    listed, single = _listed(differing)
    single = single[:TOLD]
    led = (
        [*((number, _profiles(one)) for number, one in profiles)] if differing or not _of(found, "level_alike") else []
    )
    told = [*led, *((number, _only_in_group(one)) for number, one in lone)]
    told += [(number, _differs(one, setting)) for number, one in sides]
    told += [(sides[0][0], balance) for balance in _balance(sides)]
    told += [(number, _differs(one, setting)) for number, one in single]
    sentences = [_sentence(told, rank, Role.FINDING)] if told else []
    if listed:
        ids = [number for some in listed for number, _ in some]
        clauses = tuple(_higher_at([one for _, one in some]) for some in listed)
        sentences.append(sentence(Series(clauses), ids, rank + bool(sentences), Role.FINDING))
    alike = [(number, _alike(one)) for number, one in _of(found, "level_alike")[:TOLD]]
    alike = [*(() if led else ((number, _profiles(one)) for number, one in profiles)), *alike]
    return [*sentences, *([_sentence(alike, RANK_ALIKE if sentences else rank, Role.CONTRAST)] if alike else [])]


def _balance(sides: _Found) -> list[Clause]:
    """How conditions lean to the right or left of their viewpoint, where both sides are told."""
    right = [one.measured for _, one in sides if one.measured["side"] == "right" and one.measured["balance"]]
    return [Balance(tuple(sorted(right[0]["balance"].items())))] if right and len(sides) == 2 else []


def _tell_moves(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """Where conditions are highest, if that is not at one place, of the pair that lies farthest apart."""
    found = [(number, one) for number, one in supported(judged) if one.claim.kind == "summit_moves"]
    if not found:
        return []
    number, one = max(found, key=lambda pair: int(pair[1].measured["bp"]))
    measured, places = one.measured, list[Highest]()
    both = [measured["first"], measured["second"]]
    for told in measured["course"] if measured["factor"] in ("time", "dose") else both:
        last, at = places[-1] if places else None, int(told["at"])
        near = last is not None and (told["gene"] is not None or abs(at - last.last) <= setting.region.span // 100)
        if last and last.gene == told["gene"] and near:
            names = (*last.names, str(told["name"]))
            places[-1] = Highest(names, min(last.first, at), max(last.last, at), last.gene)
        else:
            places.append(Highest((str(told["name"]),), at, at, told["gene"]))
    moves = SummitMoves(str(measured["assay"] or ""), tuple(places), measured["factor"] in ("time", "dose"))
    return [sentence(moves, [number], RANK_MOVES, Role.FINDING)]


def _meet(one: Judged, other: Judged) -> bool:
    """Whether both are told of one place: no difference over the window is that of a peak in it."""
    whole = "window" in (one.measured["place"], other.measured["place"])
    apart = one.claim.end <= other.claim.start or other.claim.end <= one.claim.start
    return not whole and not apart


def _only_in_group(one: Judged) -> OnlyInGroup:
    measured = one.measured
    first, second = _sides(measured)
    return OnlyInGroup(str(measured["assay"]), stretch(measured), first, second, measured["factor"] == "sample")


def _tell_replicates(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """Which replicates agree, an assay in one clause; and which one is out of line, the first said."""
    found = [(number, one) for number, one in supported(judged) if one.claim.kind == "reproducible"]
    alike: dict[str, _Found] = {}
    for number, one in found:
        if one.claim.value == "agree":
            alike.setdefault(str(one.measured["assay"]), []).append((number, one))
    told: list[tuple[int, Clause]] = []
    ids: list[int] = []
    for assay, some in alike.items():
        told.append((some[0][0], Agree(assay, tuple(_replicates(one) for _, one in some))))
        ids += [number for number, _ in some]
    odd = [(number, _out_of_line(one, setting)) for number, one in found if one.claim.value == "differs"]
    told, ids = [*told, *odd[:TOLD]], [*ids, *(number for number, _ in odd[:TOLD])]
    clause = Series(tuple(clause for _, clause in told))
    return [sentence(clause, ids, RANK_ALIKE, Role.CONTRAST)] if told else []


def _replicates(one: Judged) -> Side:
    measured = one.measured
    least, most = map(float, measured["range"])
    return Side(str(measured["name"]), float(measured["mean"]), int(measured["count"]), least, most)


def _out_of_line(one: Judged, setting: Setting) -> OutOfLine:
    measured = one.measured
    who = setting.labels.of([one.claim.tracks[0]])
    value, (least, most) = float(measured["odd_value"]), map(float, measured["range"])
    return OutOfLine(who, str(measured["name"]), stretch(measured), value, least, most, int(measured["count"]))


def _sentence(told: Sequence[tuple[int, Clause]], rank: int, role: Role) -> Sentence:
    return sentence(Series(tuple(clause for _, clause in told)), [number for number, _ in told], rank, role)


def _listed(differing: _Found) -> tuple[list[_Found], _Found]:
    """Places at which one condition is higher, if they are several and of one kind, in lists by that condition; and the
    other differences."""
    if any(one.measured["factor"] == "strand" for _, one in differing):
        return [], _one_a_side(differing)
    if len(differing) <= TOLD or any(one.measured["factor"] in CONTROLLED for _, one in differing):
        return [], differing
    groups: dict[tuple[str, str], _Found] = {}
    for number, one in differing:
        if one.measured["place"] != "window":
            groups.setdefault((_name(one.measured["first"]), str(one.measured["of"])), []).append((number, one))
    told = {number for some in groups.values() for number, _ in some}
    return [some[:LISTED] for some in groups.values()], [pair for pair in differing if pair[0] not in told]


def _one_a_side(differing: _Found) -> _Found:
    """Of two strands the leading difference in each direction."""
    first: dict[str, tuple[int, Judged]] = {}
    for number, one in differing:
        first.setdefault(_name(one.measured["first"]), (number, one))
    return list(first.values())


def _higher_at(found: Sequence[Judged]) -> HigherAt:
    first = found[0].measured
    pairs = tuple(Pair(stretch(one.measured), *_sides(one.measured)) for one in found)
    high, low = _name(first["first"]), _name(first["second"])
    return HigherAt(str(first["assay"] or ""), high, low, pairs, first["of"] == "maximum")


def _profiles(one: Judged) -> ProfilesAlike:
    measured = one.measured
    first, second = str(measured["first"]), str(measured["second"])
    return ProfilesAlike(str(measured["assay"]), first, second, float(measured["r"]), int(measured["width"]))


def _differs(one: Judged, setting: Setting) -> Differs:
    measured = one.measured
    high, low = _sides(measured)
    if measured["factor"] == "control":
        names = (setting.labels.by_track[track] for track in one.claim.tracks)
        high, low = (replace(side, name=name) for side, name in zip((high, low), names, strict=True))
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
    first, second = sorted(_sides(measured), key=lambda side: side.name)
    return Alike(str(measured["assay"] or ""), stretch(measured), first, second, measured["of"] == "maximum")


def _sides(measured: Mapping[str, Any]) -> tuple[Side, Side]:
    first, second = (
        Side(_name(side), float(side["value"]), len(side["tracks"]), *map(float, measured[f"{which}_range"]))
        for which, side in (("first", measured["first"]), ("second", measured["second"]))
    )
    return first, second


def _course(number: int, one: Judged) -> Sentence:
    measured = one.measured
    sides = tuple(Side(name, value) for name, value in zip(measured["names"], measured["values"], strict=True))
    standing, way = tuple(measured.get("standing", ())), measured.get("standing_way")
    course = Course(str(measured["assay"]), stretch(measured), one.claim.value, sides, standing, way)
    return sentence(course, [number], RANK_COURSE, Role.FINDING)


def stretch(measured: Mapping[str, Any]) -> Stretch:
    """The place that was measured: along genes, spliced transcripts are over their exons."""
    spliced = any(row.spliced for row in assays_named(str(measured.get("assay") or ""), ""))
    start, end, gene = int(measured["start"]), int(measured["end"]), measured.get("gene")
    if spliced and measured["place"] == "body":
        return Stretch("exons", start, end, gene)
    return Stretch(measured["place"], start, end, gene, measured.get("exon"))
