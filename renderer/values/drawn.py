"""What drawing gives back, as a value. Opens no file, and imports nothing that draws."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from renderer.values.evidence import Evidence
from renderer.values.layout import Layout
from renderer.values.region import Region


@dataclass(frozen=True)
class Drawn:
    """A figure that was written: its geometry, the numbers behind it, and what a reader should know of it."""

    layout: Layout
    evidence: Evidence
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As sent from one process to another."""
        return {"layout": self.layout.to_json(), "evidence": self.evidence.to_json(), "warnings": list(self.warnings)}

    @classmethod
    def from_json(cls, region: Region, data: Mapping[str, Any]) -> Drawn:
        """The inverse of `to_json`, for a figure of `region`."""
        evidence = Evidence.from_json(region, data["evidence"])
        return cls(Layout.from_json(data["layout"]), evidence, tuple(data["warnings"]))


@dataclass(frozen=True)
class DrawnBins:
    """The signals of a figure as they are drawn: bin i lies from `edges[i]` to `edges[i + 1]` (0-based, half-open).

    `values` is track number -> a mean for each bin, in file units, NaN where the file has no data; tracks that are
    joined are one. A window of fewer bases than a figure has columns has a bin a base.
    """

    edges: tuple[int, ...]
    values: Mapping[int, tuple[float, ...]]

    def to_json(self) -> dict[str, Any]:
        """As sent from one process to another."""
        known = {track: [None if math.isnan(one) else one for one in row] for track, row in self.values.items()}
        return {"edges": list(self.edges), "values": known}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> DrawnBins:
        """The inverse of `to_json`; JSON makes texts of track numbers."""
        rows = {
            int(track): tuple(math.nan if one is None else float(one) for one in row)
            for track, row in data["values"].items()
        }
        return cls(tuple(data["edges"]), rows)
