"""summit_moves: where a signal is highest in one condition it is not in another: their highest bases lie apart.

Apart are two highest single bases of the window that lie 2 % of it from each other, and 10 kb, if neither is a tie:
over a measured place (a gene, a stretch that stands out) that holds the highest base of the one condition and not that
of the other, the other stays below 0.9 of its own highest. Of an ordered series the ends are compared, and every
condition is told. Of replicates all have to be highest at one place. Spliced transcripts, which are highest on some
exon, contacts of a viewpoint, strands and controls are not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from renderer.assays.names import assays_named
from renderer.values.design import Condition, Contrast
from renderer.values.evidence import Evidence
from renderer.values.levels import Level, Place
from vlm.claims.altered import Altered, scaled
from vlm.claims.checks import Case, Malformed, Outcome, cannot_tell, told
from vlm.claims.forms import ValueForm
from vlm.claims.ground import is_known
from vlm.claims.kind import Kind, told_number
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "summit_moves"

APART, APART_SHARE = 10_000, 0.02
"""Bases, and share of the window, that highest bases lie apart; those nearer together are at one place."""

TIE = 0.9
"""What comes so near its highest at the other's place has not moved."""

SHARE = 0.15
"""A distance that is said may be off by this share of the measured one."""

CONTROLLED = ("control", "strand")

FORM = ValueForm('{"bp": how far apart the two highest bases lie}')


def check(case: Case) -> Outcome:
    """The highest bases of the two conditions lie apart, as far as is said, and neither is a tie."""
    said = told(case.claim, "bp")
    if said is None:
        raise Malformed(f"the value of a summit_moves claim is {FORM.words}")
    contrast = _contrast(case.evidence, *case.claim.tracks)
    if contrast is None:
        return cannot_tell("these tracks are no two conditions of a series whose summits can be compared")
    one, other = (_condition(contrast, number) for number in case.claim.tracks)
    first, second = _summit(case.evidence, one), _summit(case.evidence, other)
    if first is None or second is None:
        return cannot_tell("where a condition is highest is not known")
    away = abs(first - second)
    measured: dict[str, Any] = {"bp": away, "assay": contrast.assay, "factor": contrast.factor}
    measured |= {
        "first": _told(case.evidence, one, first),
        "second": _told(case.evidence, other, second),
        "course": [
            _told(case.evidence, each, at) for each in contrast.conditions if (at := _summit(case.evidence, each))
        ],
    }
    tolerance = {"bp": _least(case.evidence), "tie": TIE, "share": SHARE}
    if away < _least(case.evidence) or abs(said - away) > SHARE * away:
        return Outcome("contradicted", measured, tolerance)
    tied = [_ties(case.evidence, one, first, second), _ties(case.evidence, other, second, first)]
    if None in tied or any(tied):
        return Outcome(
            "cannot_tell", {**measured, "reason": "it is about as high where the other is highest"}, tolerance
        )
    return Outcome("supported", measured, tolerance)


def _least(evidence: Evidence) -> int:
    return max(APART, round(APART_SHARE * evidence.region.span))


def _contrast(evidence: Evidence, one: int, other: int) -> Contrast | None:
    """The contrast that parts the two tracks, if its summits can be compared."""
    for contrast in evidence.design.contrasts:
        homes = [_condition(contrast, number) for number in (one, other)]
        if all(homes) and homes[0] is not homes[1] and _is_asked(contrast):
            return contrast
    return None


def _is_asked(contrast: Contrast) -> bool:
    rows = assays_named(contrast.assay, "")
    return contrast.factor not in CONTROLLED and not any(row.spliced or row.viewpoint for row in rows)


def _condition(contrast: Contrast, number: int) -> Condition:
    found = next((one for one in contrast.conditions if number in one.tracks), None)
    return found or Condition("", ())


def _levels(evidence: Evidence, number: int, kinds: Sequence[str]) -> Iterator[tuple[Place, Level]]:
    signal = evidence.signal(number)
    for place, level in zip(evidence.places, signal.levels if signal else (), strict=False):
        if place.kind in kinds and level is not None:
            yield place, level


def _summit(evidence: Evidence, condition: Condition) -> int | None:
    """Where a condition is highest: its first track's highest base; None if its replicates are not all so there."""
    found = [
        level.summit
        for number in condition.tracks
        for _, level in _levels(evidence, number, ("window",))
        if level.maximum
    ]
    known = [at for at in found if at is not None]
    if not known or len(known) < len(condition.tracks) or max(known) - min(known) >= _least(evidence):
        return None
    return known[0]


def _ties(evidence: Evidence, condition: Condition, own: int, at: int) -> bool | None:
    """Whether a condition comes near its highest, which is at `own`, where the other is highest too (`at`); None if
    nothing was measured that holds that place alone."""
    ratios = []
    for number in condition.tracks:
        top = next((abs(level.maximum) for _, level in _levels(evidence, number, ("window",))), 0.0)
        there = [
            (place.end - place.start, abs(level.maximum))
            for place, level in _levels(evidence, number, ("body", "span", "interval"))
            if place.start <= at < place.end and not place.start <= own < place.end
        ]
        if not there or not top:
            return None
        ratios.append(min(there)[1] / top)
    return max(ratios) >= TIE


def _told(evidence: Evidence, condition: Condition, at: int) -> dict[str, Any]:
    """A condition and where it is highest, with the shortest gene there that people know."""
    top = next((abs(level.maximum) for _, level in _levels(evidence, condition.tracks[0], ("window",))), 0.0)
    genes = [one for one in evidence.places if one.kind == "body" and one.start <= at < one.end]
    known = sorted((one for one in genes if is_known(one.name, one.coding)), key=lambda one: one.end - one.start)
    gene = known[0].name if known else None
    return {"name": condition.name, "tracks": list(condition.tracks), "at": at, "value": top, "gene": gene}


def altered(case: Case) -> Iterator[Altered]:
    """Another distance."""
    yield from scaled(case)


def stated(subject: Subject) -> Iterator[Claim]:
    """Of contrasts that begin with this track: the ends of an ordered one, else each other condition against it."""
    evidence = subject.figure.evidence if subject.figure else None
    for contrast in evidence.design.contrasts if evidence else ():
        base, *others = contrast.conditions
        if base.tracks[0] != subject.number or not _is_asked(contrast):
            continue
        for other in others[-1:] if contrast.ordered else others:
            first, second = _summit(evidence, base), _summit(evidence, other)  # type: ignore[arg-type]
            if first is None or second is None or abs(first - second) < _least(evidence):  # type: ignore[arg-type]
                continue
            apart = _ties(evidence, base, first, second), _ties(evidence, other, second, first)  # type: ignore[arg-type]
            if apart == (False, False):
                start, end = sorted((first, second))
                yield subject.at(NAME, start, end + 1, {"bp": end - start}, beside=other.tracks[0])


KIND = Kind(
    NAME,
    ("signal", "signal"),
    check,
    over="what lies between the two highest bases",
    value=FORM,
    numbers=told_number("bp"),
    says=frozenset({"strongest"}),
    stated=stated,
    altered=altered,
    symmetric=True,
    turn=2,
    asked=False,
    beside=True,
)
