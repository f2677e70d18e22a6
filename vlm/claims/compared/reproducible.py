"""reproducible: the replicates of a condition, that of the claim's two tracks, agree, or one of them is out of line.

They agree at a place if the highest of their means there is less than twice the lowest
(`renderer.values.differences.agree`); over the window, if besides none is out of line where something stands out. The
first track is out of line at a place if it lies at least twice off the median of the others, which agree, in file
units and as a share of its own window, which depth does not change; of two the first is then the higher one.
Replicates are those of the design: what was not tested against another is never called reproducible.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from renderer.values.design import Replicates
from renderer.values.differences import LEAST_FOLD, STAND_OUT, agree, out_of_line
from renderer.values.evidence import Evidence
from renderer.values.levels import Place
from vlm.claims.altered import Altered
from vlm.claims.checks import Case, Malformed, Outcome, cannot_tell
from vlm.claims.forms import ValueForm
from vlm.claims.kind import Kind
from vlm.claims.places import nowhere, place_of, told_place, told_places
from vlm.claims.subject import Subject
from vlm.values.claim import Claim, Verdict

NAME = "reproducible"

AGREE, DIFFERS = WAYS = ("agree", "differs")

MOST = 1
"""Places at which a replicate is said to be out of line: where it is so most."""

WAY = ValueForm("agree, or differs if the first track is out of line", lambda _: {"enum": list(WAYS)})


@dataclass(frozen=True)
class _Set:
    """A set of replicates in one window; `whole` is the index of the window among the places."""

    evidence: Evidence
    members: Replicates
    whole: int

    def over(self, at: int) -> dict[int, float]:
        """The mean of each over the place of this index, in file units; none if one is not known."""
        found = {}
        for number in self.members.tracks:
            signal = self.evidence.signal(number)
            level = signal.levels[at] if signal and at < len(signal.levels) else None
            if level is None:
                return {}
            found[number] = abs(level.mean)
        return found

    def stands_out(self, at: int) -> bool:
        """Whether the highest replicate stands out of its background at a place."""
        values = self.over(at)
        highest = max(values, key=lambda number: values[number], default=None)
        signal = self.evidence.signal(highest) if highest is not None else None
        return highest is not None and signal is not None and values[highest] >= STAND_OUT * signal.usual > 0

    def odd(self, at: int) -> int | None:
        """The replicate that is out of line at a place; none over the window, where depth may be all there is to it."""
        values, whole = self.over(at), self.over(self.whole)
        if at == self.whole or not values or min(whole.values(), default=0.0) <= 0 or not self.stands_out(at):
            return None
        shares = {number: value / whole[number] for number, value in values.items()}
        odd = out_of_line(values)
        return odd if odd is not None and odd == out_of_line(shares) else None

    def agrees(self, at: int) -> bool:
        """Whether all agree at a place; over the window, whether they do and none is out of line anywhere."""
        if not agree(list(self.over(at).values())):
            return False
        return at != self.whole or all(self.odd(place) is None for place in range(len(self.evidence.places)))

    def far(self, at: int) -> float:
        """How many times the highest is the lowest at a place."""
        values = self.over(at).values()
        return max(values) / max(min(values), 1e-9)


def _set_of(evidence: Evidence, one: int, two: int) -> _Set | None:
    whole = next((at for at, place in enumerate(evidence.places) if place.kind == "window"), None)
    members = next((some for some in evidence.design.replicates if {one, two} <= set(some.tracks)), None)
    return _Set(evidence, members, whole) if members is not None and whole is not None else None


def check(case: Case) -> Outcome:
    """The replicates agree here, or the first track is the one out of line."""
    if case.claim.value not in WAYS:
        raise Malformed(f"the value of a reproducible claim is one of {', '.join(WAYS)}")
    found = place_of(case)
    if found is None:
        return nowhere()
    some = _set_of(case.evidence, *case.claim.tracks)
    if some is None or not some.over(found[0]):
        return cannot_tell("these tracks are not measured replicates of one condition")
    at, place = found
    odd, agrees = some.odd(at), some.agrees(at)
    if case.claim.value == AGREE:
        verdict: Verdict = "supported" if agrees else "contradicted" if odd is not None else "cannot_tell"
    else:
        right = odd == case.claim.tracks[0]
        verdict = "supported" if right else "contradicted" if agrees or odd is not None else "cannot_tell"
    return Outcome(verdict, _measured(some, at, place), {"fold": LEAST_FOLD})


def _measured(some: _Set, at: int, place: Place) -> dict[str, Any]:
    values = {number: float(f"{value:.4g}") for number, value in some.over(at).items()}
    odd = some.odd(at)
    rest = [value for number, value in values.items() if number != odd]
    return {
        "name": some.members.name,
        "assay": some.members.assay,
        "tracks": list(values),
        "values": list(values.values()),
        "mean": float(f"{sum(values.values()) / len(values):.4g}"),
        "range": [min(rest), max(rest)],
        "count": len(values),
        "odd": odd,
        "odd_value": None if odd is None else values[odd],
        **told_place(place),
    }


def altered(case: Case) -> Iterator[Altered]:
    """The other of both; and another of the replicates that is out of line."""
    said = DIFFERS if case.claim.value == AGREE else AGREE
    yield "reversed", replace(case.claim, value=said)
    if case.claim.value == DIFFERS:
        yield "swapped", replace(case.claim, tracks=case.claim.tracks[::-1])


def stated(subject: Subject) -> Iterator[Claim]:
    """That the replicates of this track agree, told by the first of them; or where one is out of line, told by it."""
    figure = subject.figure
    if figure is None or figure.evidence is None:
        return
    for members in figure.evidence.design.replicates:
        if subject.number not in members.tracks:
            continue
        other = next(number for number in members.tracks if number != subject.number)
        some = _set_of(figure.evidence, subject.number, other)
        if some is None:
            continue
        if subject.number == members.tracks[0] and some.agrees(some.whole):
            yield subject.at(NAME, subject.region.start, subject.region.end, AGREE, beside=other)
        odd = [(at, place) for at, place in told_places(figure.evidence) if some.odd(at) == subject.number]
        for _, place in sorted(odd, key=lambda pair: -some.far(pair[0]))[:MOST]:
            yield subject.at(NAME, place.start, place.end, DIFFERS, beside=other)


KIND = Kind(
    NAME,
    ("signal", "signal"),
    check,
    over="the place: a gene, its start, a peak, or the window",
    value=WAY,
    asked=False,
    beside=True,
    stated=stated,
    altered=altered,
    turn=3,
)
