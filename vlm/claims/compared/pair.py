"""Two conditions that stand against each other, with what holds for them at every place: their contrast, their depth,
and what either must stand out of. Asked for a place, they are `Sides`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from renderer.assays.names import assays_named
from renderer.values.design import Condition, Contrast, Design
from renderer.values.differences import STAND_OUT, compare, depth_of
from renderer.values.evidence import Evidence
from renderer.values.levels import Depth, Level, Place
from renderer.values.track import Scene
from vlm.claims.checks import Case, Outcome, cannot_tell
from vlm.claims.compared.sides import CHOSEN, Sides
from vlm.claims.places import nowhere, place_of
from vlm.claims.subject import Subject


@dataclass(frozen=True)
class Pair:
    """Two conditions of one figure, each with its replicates; `contrast` is that of the design, None if it has none."""

    evidence: Evidence
    scene: Scene | None
    contrast: Contrast | None
    first: Condition
    second: Condition

    @classmethod
    def of(cls, evidence: Evidence, scene: Scene | None, one: int, two: int) -> Pair:
        """The conditions that two tracks stand for."""
        return cls(evidence, scene, *_conditions(evidence.design, one, two))

    @property
    def factor(self) -> str | None:
        """What the conditions differ in."""
        return self.contrast.factor if self.contrast else None

    def over(self, at: int, place: Place) -> Sides | None:
        """How they compare over the place of this index; None if a level there is not known."""
        ones, twos = (self._levels(condition, at) for condition in (self.first, self.second))
        if not ones or not twos:
            return None
        of = "maximum" if place.kind in ("start", "span") else "mean"
        background = 0.0 if place.kind in ("window", "side") else self._background[of]
        if place.kind == "interval":
            background *= CHOSEN
        difference = compare(ones, twos, self.depth, background, of)
        return Sides(place, self.first, self.second, self.contrast, self.depth, difference, of)

    @cached_property
    def depth(self) -> Depth:
        """One on a declared scale; else from the features that both have, over the places that stand out."""
        if self.factor == "strand":
            return Depth(1.0, "declared")
        groups = {track.number: track.group for track in self.scene.tracks} if self.scene else {}
        shared = {groups.get(number) for number in (*self.first.tracks, *self.second.tracks)}
        if len(shared) == 1 and None not in shared:
            return Depth(1.0, "declared")
        spans = [at for at, place in enumerate(self.evidence.places) if place.kind == "span"]
        ones, twos = ([self._level(side.tracks[0], at) for at in spans] for side in (self.first, self.second))
        return depth_of(ones, twos, (self._usual(self.first), self._usual(self.second)))

    @cached_property
    def _background(self) -> dict[str, float]:
        """What the higher side must stand out of, in file units, by what is compared: the usual level of its window.
        None is asked against a control, nor of what is no count of reads and so has no background; of two strands,
        which are next to nothing over most of a window, as much as the window holds on average, or a tenth of its
        highest base."""
        counted = all(row.counts for row in assays_named(self.contrast.assay, "")) if self.contrast else True
        if self.factor == "control" or not counted:
            return {"mean": 0.0, "maximum": 0.0}
        if self.factor == "strand":
            whole = next((at for at, place in enumerate(self.evidence.places) if place.kind == "window"), None)
            both = () if whole is None else (self._levels(self.first, whole), self._levels(self.second, whole))
            known = [one for side in both for one in side]
            mean = max((abs(one.mean) for one in known), default=0.0)
            return {
                "mean": mean / STAND_OUT,
                "maximum": max((abs(one.maximum) / 10 for one in known), default=0.0) / STAND_OUT,
            }
        usual = max(self._usual(self.first), self._usual(self.second), self._one_read / STAND_OUT)
        return {"mean": usual, "maximum": usual}

    @property
    def _one_read(self) -> float:
        """Of spliced transcripts the least level of the windows: over its exons a gene has that on average at least."""
        signals = (self.evidence.signal(number) for number in (*self.first.tracks, *self.second.tracks))
        return max((one.along[0].unit for one in signals if one is not None and one.along), default=0.0)

    def _levels(self, condition: Condition, at: int) -> list[Level]:
        """Those of all replicates; none if one is not known."""
        found = [self._level(number, at) for number in condition.tracks]
        known = [one for one in found if one is not None]
        return known if len(known) == len(found) else []

    def _level(self, track: int, at: int) -> Level | None:
        found = self.evidence.signal(track)
        return found.levels[at] if found and at < len(found.levels) else None

    def _usual(self, condition: Condition) -> float:
        known = [found.usual for number in condition.tracks if (found := self.evidence.signal(number))]
        return max(known, default=0.0)


def _conditions(design: Design, one: int, two: int) -> tuple[Contrast | None, Condition, Condition]:
    for contrast in design.contrasts:
        homes = [next((c for c in contrast.conditions if number in c.tracks), None) for number in (one, two)]
        if homes[0] and homes[1] and homes[0] is not homes[1]:
            return contrast, homes[0], homes[1]
    return None, Condition("", (one,)), Condition("", (two,))


def pair_of(case: Case) -> Pair:
    """The conditions of the claim's two tracks."""
    return Pair.of(case.evidence, case.scene, *case.claim.tracks)


def sides_here(case: Case) -> Sides | Outcome:
    """How the claim's two tracks compare at its place, or why that cannot be told."""
    found = place_of(case)
    if found is None:
        return nowhere()
    return pair_of(case).over(*found) or cannot_tell("a track has no value here")


def pairs_in(contrast: Contrast, evidence: Evidence, scene: Scene | None) -> Iterator[Pair]:
    """The pairs of a contrast that are told: everything against the first; of two, the second against it."""
    base, *others = contrast.conditions
    return (Pair.of(evidence, scene, other.tracks[0], base.tracks[0]) for other in others)


def pairs_told(subject: Subject) -> Iterator[tuple[Contrast, Pair]]:
    """The pairs of each contrast that a track tells of: those whose other condition it is the first of."""
    figure = subject.figure
    if figure is None or figure.evidence is None:
        return
    for contrast in figure.evidence.design.contrasts:
        told = pairs_in(contrast, figure.evidence, figure.scene)
        yield from ((contrast, pair) for pair in told if pair.first.tracks[0] == subject.number)
