"""only_in: the first track peaks at the place and the second does not."""

from __future__ import annotations

from renderer.assays.names import assay_of
from renderer.values.differences import STAND_OUT
from renderer.values.evidence import Peak, SignalEvidence
from renderer.values.track import Track
from vlm.claims.checks import Case, Outcome, astray, cannot_tell, describe, met_peaks
from vlm.claims.ground import Ground, apart, meet
from vlm.claims.kind import Kind
from vlm.values.claim import Claim

NAME = "only_in"

RATIO = 3.0
"""The first track is this many times as high as one that is said to lack a peak, base by base in file units."""

MOST_LONE = 24
"""Peaks of which it is said that another track lacks them; of a dozen samples there could be hundreds."""

APART_SHARE = 0.045
"""Only a place this far (share of the window) from every peak of a track is said to lack one: thrice the tolerance."""


def check(case: Case) -> Outcome:
    """The first track peaks here and the second does not; a bump or a raised stretch of the second leaves it open,
    and so does a level at the place that is not far below the first's, or not near the second's own background."""
    first, second = case.signal(0), case.signal(1)
    met = met_peaks(case, first.peaks)
    tolerance = {"bp": case.slack, "apart_bp": 2 * case.slack}
    if stray := astray(case, first.peaks, met, tolerance):
        return stray
    here = met[0]
    measured = describe(here)
    beside = [peak for peak in second.peaks if _together(here, peak, case)]
    if clear := [peak for peak in beside if peak.salient]:
        return Outcome("contradicted", measured | {"other": describe(clear[0])}, tolerance)
    if second.state in ("no_data", "noisy"):
        return cannot_tell(f"the second track is {second.state}", **tolerance)
    if beside or _domain_at(second, here.summit):
        return cannot_tell("the second track is raised here, without a clear peak", **tolerance)
    levels = _levels(case, here.summit)
    measured |= {"other": None} | levels
    return Outcome("supported" if _is_lone(second, levels) else "cannot_tell", measured, tolerance | {"ratio": RATIO})


def _levels(case: Case, summit: int) -> dict[str, float]:
    """The highest bases of both tracks over the narrowest measured place that the summit lies in, if there is one."""
    around = [(one.end - one.start, at) for at, one in enumerate(case.evidence.places) if one.start <= summit < one.end]
    if not around:
        return {}
    at = min(around)[1]
    both = [found.levels[at] for found in (case.signal(0), case.signal(1)) if at < len(found.levels)]
    values = [abs(level.maximum) for level in both if level is not None]
    return {"first_value": values[0], "second_value": values[1]} if len(values) == 2 else {}


def _is_lone(second: SignalEvidence, levels: dict[str, float]) -> bool:
    """Whether the second track is a third as high at most, and near its own background, as far as one knows."""
    if not levels:
        return True
    near = second.usual <= 0 or levels["second_value"] < STAND_OUT * second.usual
    return near and levels["first_value"] >= RATIO * levels["second_value"]


def _together(one: Peak, other: Peak, case: Case) -> bool:
    return abs(one.summit - other.summit) <= 2 * case.slack or (one.start < other.end and other.start < one.end)


def _domain_at(found: SignalEvidence, position: int) -> bool:
    return any(domain.start <= position < domain.end for domain in found.domains)


def joined(ground: Ground) -> list[Claim]:
    """Leading peaks of a track that another track, of which all peaks are told, does not share."""
    tracks = {track.number: track for track in ground.figure.scene.tracks}
    complete = {number: found for number in tracks if (found := _all_peaks(number, ground)) is not None}
    found = [
        Claim(NAME, (first, second), peak.start, peak.end, None, peak.source, peak.confidence)
        for first, peaks in ground.leading.items()
        for second, others in complete.items()
        if first in tracks and _comparable(tracks[first], tracks[second])
        for peak in peaks
        if all(apart(peak, other) > APART_SHARE * ground.region.span for other in others)
        and not any(domain.tracks == (second,) and meet(domain, peak) for domain in ground.domains)
    ]
    return found[:MOST_LONE]


def _all_peaks(track: int, ground: Ground) -> list[Claim] | None:
    """Every peak of a track, or None if the captioner has not told them all."""
    own = [claim for claim in ground.claims if claim.tracks == (track,)]
    if any(claim.kind == "flat" and claim.value is None for claim in own):
        return []
    told = [peak for peak in ground.peaks.get(track, ()) if peak.tracks == (track,)]
    counts = [claim.value for claim in own if claim.kind == "peak_count"]
    return told if counts and counts[0] == len(told) else None


def _comparable(one: Track, other: Track) -> bool:
    """Whether it means something that one peaks where the other does not: one assay in two samples, or two marks of
    active chromatin in one."""
    if one.number == other.number or not one.assay or not other.assay:
        return False
    if one.assay.casefold() == other.assay.casefold():
        return one.sample != other.sample
    return one.sample == other.sample and all(_is_at_starts(track) for track in (one, other))


def _is_at_starts(track: Track) -> bool:
    row = assay_of(track)
    return row is not None and row.starts


KIND = Kind(
    NAME,
    ("signal", "signal"),
    check,
    means="the first row peaks here, the second stays low",
    over="the first's summit, narrow",
    rests_on=frozenset({"summit"}),
    says=frozenset({"no peak", "not", "low", "only"}),
    joined=joined,
)
