"""A claim: one statement a computer can check (DESIGN section 5), and its verdict.

A claim names a kind, the tracks it is about (by number), a genome interval (0-based, half-open) and a value. What kinds
there are, what each says and how it is judged is `vlm.claims`' to know; biological readings, claims that rest on
supported ones, are those of `vlm.rules`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from renderer.values.region import Region

Verdict = Literal["supported", "contradicted", "cannot_tell"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
Source = Literal["model", "annotation", "measured", "rule"]

TrackType = Literal["signal", "genes", "intervals", "links", "contacts"]


@dataclass(frozen=True)
class Claim:
    """One checkable statement. `confidence` is the model's own probability, where it has one."""

    kind: str
    tracks: tuple[int, ...]
    start: int
    end: int
    value: Any = None
    source: Source = "model"
    confidence: float | None = None

    def where(self, region: Region) -> Region:
        """The claim's interval as a Region on the scene's chromosome."""
        return Region(region.chrom, self.start, self.end)


@dataclass(frozen=True)
class Judged:
    """A claim with its verdict, the measured number it was compared with, and the tolerance used.

    `rests_on` are the claims a biological reading was made from, by their place in the list of claims, from 1.
    """

    claim: Claim
    verdict: Verdict
    measured: dict[str, Any] = field(default_factory=dict)
    tolerance: dict[str, Any] = field(default_factory=dict)
    rests_on: tuple[int, ...] = ()
