"""What the kinds of this room share: the sides a design sets against each other, and how they compare at a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log2
from typing import Any

from renderer.assays.names import assays_named
from renderer.values.design import Condition, Contrast
from renderer.values.evidence import Evidence
from renderer.values.levels import Depth, Difference, Place
from vlm.claims.places import told_place, told_places
from vlm.values.claim import Claim

CHOSEN = 0.4
"""An element with a name was chosen beforehand, not because it is high: of the background that the higher side must
stand out of, it is asked this share (twice the usual level instead of five times)."""

WEIGHTS = {"start": 2.0, "body": 2.0, "span": 1.2, "window": 1.0, "exon": 1.0, "interval": 1.2, "side": 1.0}
"""A difference at a gene says more than one at a nameless place."""

MOST_FOLD_WEIGHT = 4.0
"""No difference weighs more than one of 16 times."""


@dataclass(frozen=True)
class Sides:
    """Two conditions over one place: the tracks of each, their levels, how they compare, and of what. `height` is the
    level of the higher side as a share of the highest of its kind of place."""

    place: Place
    first: Condition
    second: Condition
    contrast: Contrast | None
    depth: Depth
    difference: Difference
    of: str
    height: float = 1.0

    @property
    def weight(self) -> float:
        """How much it says: by its fold (log2, at most MOST_FOLD_WEIGHT), by what lies there, and by how high it is."""
        fold = self.difference.fold
        times = MOST_FOLD_WEIGHT if not fold else min(MOST_FOLD_WEIGHT, abs(log2(fold)))
        return times * WEIGHTS[self.place.kind] * (0.25 + self.height)

    @property
    def high(self) -> float:
        """The level of the higher side."""
        return max(self.difference.first, self.difference.second)

    def measured(self) -> dict[str, Any]:
        """As it is written into a verdict."""
        found = self.difference
        return {
            "of": self.of,
            "first": {"name": self.first.name, "tracks": list(self.first.tracks), "value": _short(found.first)},
            "second": {"name": self.second.name, "tracks": list(self.second.tracks), "value": _short(found.second)},
            "first_range": [_short(value) for value in found.first_range],
            "second_range": [_short(value) for value in found.second_range],
            "fold": None if found.fold is None else _short(found.fold),
            "at_least": None if found.at_least is None else _short(found.at_least),
            "factor": self.contrast.factor if self.contrast else None,
            "assay": self.contrast.assay if self.contrast else None,
            "depth": self.depth.source,
            **told_place(self.place),
        }


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def weighed(found: Sequence[Sides]) -> list[Sides]:
    """With their heights, those that say most first."""
    tops: dict[str, float] = {}
    for one in found:
        tops[one.of] = max(tops.get(one.of, 0.0), one.high)
    known = [replace(one, height=one.high / tops[one.of] if tops[one.of] else 0.0) for one in found]
    return sorted(known, key=lambda one: -one.weight)


def of_higher(name: str, first: Condition, second: Condition, found: Difference, start: int, end: int) -> Claim:
    """The claim of this kind that the higher of two conditions is so by its fold over [start, end); each is told by its
    first track."""
    one, two, fold = first.tracks[0], second.tracks[0], found.fold
    if found.first < found.second:
        one, two, fold = two, one, 1 / fold if fold else None
    return Claim(name, (one, two), start, end, None if fold is None else {"fold": float(f"{fold:.3g}")}, "measured")


def places_for(contrast: Contrast, evidence: Evidence) -> list[tuple[int, Place]]:
    """Places that a caption may speak of for a contrast: contacts of a viewpoint meet genes by chance, so that of them
    only elements with a name of their own are; spliced transcripts are told over the exons of genes, if there are any:
    the start of one is but its first exon, and the window its introns."""
    rows, told = assays_named(contrast.assay, ""), told_places(evidence)
    if any(row.viewpoint for row in rows):
        return [(at, one) for at, one in told if one.kind in ("window", "interval")]
    if any(row.spliced for row in rows) and any(one.kind == "body" for _, one in told):
        return [(at, one) for at, one in told if one.kind not in ("window", "start")]
    return told
