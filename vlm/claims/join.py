"""Claims of several tracks from claims of one: where positions a model said meet each other, and the annotation.

The same joining serves every captioner, so that they differ only in where their positions come from. It sees no
measurement: that a track lacks a peak is said only where the captioner has told all peaks of that track. What is
joined each kind knows itself; this only goes through them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vlm.claims.ground import Ground, annotation_of, meet
from vlm.claims.registry import find, kinds, points
from vlm.values.captioner import Figure
from vlm.values.claim import Claim


def join_claims(claims: Sequence[Claim], figure: Figure) -> list[Claim]:
    """Claims that follow from the peaks and domains of signal tracks and the genes in view."""
    domains = [claim for claim in claims if claim.tracks and points(claim) == "stretch"]
    ground = Ground(tuple(claims), figure, _peaks_by_track(claims), domains, annotation_of(figure))
    # One site after the other, so that what is said of one peak stands together.
    placed = [claim for site in ground.sites() for kind in kinds() if kind.placed for claim in kind.placed(site)]
    ground = replace(ground, named=frozenset(str(claim.value) for claim in placed))
    return [*(claim for kind in kinds() if kind.joined for claim in kind.joined(ground)), *placed]


def rests_on(claim: Claim, claims: Sequence[Claim]) -> list[int]:
    """Ids (places in `claims`, from 1) of those a joined claim was made from: the peaks or the domain of its tracks
    that it overlaps, and the gene it names."""
    kind = find(claim.kind)
    if kind is None or not kind.rests_on:
        return []
    grounds = [number for number, other in enumerate(claims, 1) if points(other) in kind.rests_on]
    return [number for number in grounds if _is_ground(claim, claims[number - 1])]


def _is_ground(claim: Claim, other: Claim) -> bool:
    if points(other) == "gene":
        return isinstance(other.value, dict) and other.value.get("name") == claim.value
    return bool(other.tracks) and other.tracks[0] in claim.tracks and meet(other, claim)


def _peaks_by_track(claims: Sequence[Claim]) -> dict[int, list[Claim]]:
    """Each track's peaks, the strongest first, then as they were said or by the model's own certainty."""
    found: dict[int, list[Claim]] = {}
    for claim in claims:
        if points(claim) != "summit" or not claim.tracks:
            continue
        peaks = found.setdefault(claim.tracks[0], [])
        twin = next((peak for peak in peaks if meet(peak, claim)), None)
        if twin is None:
            peaks.append(claim)
        elif claim.kind == "strongest_peak":
            peaks[peaks.index(twin)] = claim
    for peaks in found.values():
        peaks.sort(key=lambda peak: (peak.kind != "strongest_peak", -(peak.confidence or 0.0)))
    return dict(sorted(found.items()))
