"""The captioner without a model: it states the measurements. The baseline every model is compared with, and the
fall-back where a model says nothing that holds. It looks at no pixels, and its name says so.
"""

from __future__ import annotations

from renderer.evidence import SignalEvidence
from renderer.region import Region
from vlm.captioner import Figure, ModelInfo, RawReading
from vlm.checks import core
from vlm.claims import Claim
from vlm.join import join_claims

REVISION = "1"
LISTED = 12
"""Peaks that are stated of one track, as many as `builtin` can say."""


class Measured:
    """The captioner called 'measured'."""

    @property
    def info(self) -> ModelInfo:
        """Name and revision; no device, there is no model."""
        return ModelInfo("measured", REVISION, "none")

    def read(self, figures: list[Figure]) -> list[RawReading]:
        """State what was measured in each figure."""
        return [self._read(figure) for figure in figures]

    def _read(self, figure: Figure) -> RawReading:
        if figure.evidence is None:
            return RawReading((), error="There are no measurements for this figure.")
        claims = [
            claim
            for number, found in figure.evidence.tracks.items()
            if isinstance(found, SignalEvidence)
            for claim in signal_claims(number, found, figure.region)
        ]
        return RawReading((*claims, *join_claims(claims, figure)))


def signal_claims(track: int, found: SignalEvidence, region: Region) -> list[Claim]:
    """Every claim of one track's evidence that a caption could use."""
    whole = (region.start, region.end)
    if found.state != "signal":
        return [Claim(found.state, (track,), *whole, source="measured")]
    tallest = sorted(found.salient, key=lambda peak: -peak.height)[:LISTED]
    claims = [Claim("broad_domain", (track,), d.start, d.end, source="measured") for d in found.domains]
    claims += [Claim("peak", (track,), *core(peak, region), source="measured") for peak in tallest]
    if found.strongest:
        claims.append(Claim("strongest_peak", (track,), *core(found.strongest, region), source="measured"))
    claims.append(Claim("peak_count", (track,), *whole, value=len(found.salient), source="measured"))
    if found.low_elsewhere:
        claims.append(Claim("flat", (track,), *whole, value="elsewhere", source="measured"))
    return claims
