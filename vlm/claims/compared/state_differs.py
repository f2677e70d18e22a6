"""state_differs: two segmentations of different samples give a place different states: half of it or more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from renderer.values.evidence import Evidence, IntervalEvidence
from renderer.values.levels import Place
from vlm.claims.altered import Altered
from vlm.claims.checks import Case, Outcome, cannot_tell, of_type
from vlm.claims.compared.state_at import top
from vlm.claims.ground import is_known
from vlm.claims.kind import Kind
from vlm.claims.places import elsewhere, nowhere, place_of, told_place, told_places
from vlm.claims.subject import Subject
from vlm.values.claim import Claim, Verdict

NAME = "state_differs"

APART, ALIKE = 0.5, 0.25
"""Shares of a place under other states from which its states differ, and below which they are alike."""

MOST = 2
"""Genes, or parts of them, over which two rows are said to differ: those with most bases in other states."""

PARTS = ("upstream", "downstream")

COMMON = 0.2
"""Rows of one segmentation share names: of both rows' names over the window, this share."""


def check(case: Case) -> Outcome:
    """Half of the place or more has another state in the second row."""
    found = place_of(case)
    if found is None:
        return nowhere()
    at, place = found
    rows = [of_type(case.track(index), IntervalEvidence) for index in (0, 1)]
    if not all(row.shares for row in rows):
        return cannot_tell("the intervals of a track name no states")
    first, second = (row.shares[at] for row in rows)
    away = apart(first, second)
    measured = {"apart": round(away, 3), "first": top(first, place), "second": top(second, place), **told_place(place)}
    judged: Verdict = "supported" if away >= APART else "contradicted" if away < ALIKE else "cannot_tell"
    return Outcome(judged, measured, {"apart": APART, "alike": ALIKE})


def altered(case: Case) -> Iterator[Altered]:
    """Where the states are alike."""
    first, second = (of_type(case.track(index), IntervalEvidence).shares for index in (0, 1))
    return elsewhere(case, lambda at, _: apart(first[at], second[at]) < ALIKE)


def apart(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    """Half the sum of the differences of shares (total variation): the share of the place whose states differ."""
    return sum(abs(first.get(name, 0.0) - second.get(name, 0.0)) for name in {*first, *second}) / 2


def stated(subject: Subject) -> Iterator[Claim]:
    """Where this row and a later one of the same states differ most."""
    figure = subject.figure
    row = of_type(subject.found, IntervalEvidence)
    if figure is None or figure.evidence is None or not row.shares:
        return
    for number, other in figure.evidence.tracks.items():
        if number <= subject.number or not isinstance(other, IntervalEvidence) or not other.shares:
            continue
        if not _one_language(row, other) or not _two_samples(subject, number):
            continue
        places = _told(figure.evidence)
        differing = [
            (away * (place.end - place.start), place)
            for at, place in places
            if (away := apart(row.shares[at], other.shares[at])) >= APART
        ]
        for place in _each_its_own([place for _, place in sorted(differing, key=lambda pair: -pair[0])])[:MOST]:
            yield subject.at(NAME, place.start, place.end, beside=number)


def _told(evidence: Evidence) -> list[tuple[int, Place]]:
    """The bodies of genes; of one in which transcription steps up, its parts before and after that."""
    parts = [
        (at, one) for at, one in enumerate(evidence.places) if one.kind in PARTS and is_known(one.name, one.coding)
    ]
    parted = {one.name for _, one in parts}
    bodies = [(at, one) for at, one in told_places(evidence) if one.kind == "body" and one.name not in parted]
    return [*bodies, *parts]


def _each_its_own(ranked: Sequence[Place]) -> list[Place]:
    """Places that do not overlap one before them."""
    kept: list[Place] = []
    for place in ranked:
        if all(place.end <= one.start or one.end <= place.start for one in kept):
            kept.append(place)
    return kept


def _one_language(one: IntervalEvidence, other: IntervalEvidence) -> bool:
    names = [{name for shares in row.shares for name in shares} for row in (one, other)]
    return len(names[0] & names[1]) >= COMMON * len(names[0] | names[1])


def _two_samples(subject: Subject, number: int) -> bool:
    tracks = {track.number: track for track in subject.figure.scene.tracks} if subject.figure else {}
    own, other = tracks.get(subject.number), tracks.get(number)
    return own is not None and other is not None and own.sample != other.sample


KIND = Kind(
    NAME,
    ("intervals", "intervals"),
    check,
    over="the place",
    beside=True,
    stated=stated,
    symmetric=True,
    altered=altered,
    turn=2,
    asked=False,
)
