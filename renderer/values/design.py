"""What a set of tracks was made to compare: conditions with their replicates, and which stand against which.

Values only. Guessed once from labels and fields (`renderer.assays.design`), or stated by whoever sends the tracks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Condition:
    """Tracks of one assay, strand and condition: its replicates, by number. `name` is what tells it from its peers;
    `level` is its number on an ordered factor (hours, doses, alleles), None where there is no order."""

    name: str
    tracks: tuple[int, ...]
    level: float | None = None


@dataclass(frozen=True)
class Contrast:
    """Conditions that differ in one factor and in nothing else, in order: by level, controls and wild types first, else
    as they are drawn.

    `factor` is genotype, treatment, time, dose, sample, strand (of one library), control (a ChIP and its Input) or
    condition (what labels do not tell). `assay` names what was measured; `strand` is '+', '-' or None. `ordered`:
    levels are numbers.
    """

    factor: str
    assay: str
    strand: str | None
    conditions: tuple[Condition, ...]

    @property
    def ordered(self) -> bool:
        """Whether a trend can be asked for: three levels or more, each with a number."""
        return len(self.conditions) > 2 and all(one.level is not None for one in self.conditions)


@dataclass(frozen=True)
class Replicates:
    """Tracks of one assay and strand that are the same in everything but their number: `name` says of what, '' where
    nothing does."""

    assay: str
    strand: str | None
    name: str
    tracks: tuple[int, ...]


@dataclass(frozen=True)
class Design:
    """Every contrast of a scene, and every set of replicates. Without any, tracks are described but not set against
    each other."""

    contrasts: tuple[Contrast, ...] = ()
    replicates: tuple[Replicates, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Design:
        """From its fields, as `dataclasses.asdict` gives them."""
        sets = (Replicates(**{**one, "tracks": tuple(one["tracks"])}) for one in data.get("replicates", ()))
        return cls(tuple(_contrast(one) for one in data.get("contrasts", ())), tuple(sets))


def _contrast(data: Mapping[str, Any]) -> Contrast:
    conditions = (Condition(**{**one, "tracks": tuple(one["tracks"])}) for one in data["conditions"])
    return Contrast(**{**data, "conditions": tuple(conditions)})
