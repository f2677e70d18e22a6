"""What drawing gives back, as a value. Opens no file, and imports nothing that draws."""

from __future__ import annotations

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
