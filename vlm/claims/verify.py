"""Claim + Evidence -> verdict. The one place where a statement is held against the numbers, whoever made it.

Judges by `renderer.values.evidence` alone: it opens no file and sees no pixel. It is strict about what does not exist
(a track, a gene, a place outside the window: contradicted, it was made up) and modest about what was not measured, or
lies so near a threshold that two careful people would differ (cannot_tell). Every verdict carries what was measured
and the tolerance that was used. No claim, however malformed, makes it raise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from renderer.values.evidence import Evidence, type_of
from renderer.values.region import Region
from renderer.values.track import Scene
from vlm.claims.checks import POSITION_SHARE, Case, Malformed, Outcome
from vlm.claims.kind import Kind
from vlm.claims.registry import find
from vlm.values.claim import Claim, Judged

COUNTS = ("count", "inside")
"""Under which a check tells the number that a claim with a bare one states: of peaks in intervals those inside."""


def judge(claim: Claim, evidence: Evidence, scene: Scene | None = None) -> Judged:
    """The verdict on one claim.

    With the scene, a track that does not exist is told from one that was not measured, and scale groups and strands
    are known; without it, claims that need them cannot be told.
    """
    try:
        kind = _well_formed(claim, evidence.region)
        unmeasured = _check_tracks(claim, kind, evidence, scene)
        if unmeasured:
            outcome = Outcome("cannot_tell", {"reason": f"track {unmeasured[0]} was not measured"})
        else:
            outcome = kind.check(Case(claim, evidence, scene))
    except Malformed as exc:
        outcome = Outcome("contradicted", {"reason": str(exc)})
    return Judged(claim, outcome.verdict, outcome.measured, outcome.tolerance)


def judge_all(claims: Sequence[Claim], evidence: Evidence, scene: Scene | None = None) -> list[Judged]:
    """The verdicts on all claims, in their order."""
    return [judge(claim, evidence, scene) for claim in claims]


def restated(one: Judged) -> Claim:
    """What a claim says once it is measured: of one that holds, its numbers, its peak or stretch and its two ends are
    those that were measured, for a text may not say what is only nearly so. Any other claim stays as it was made."""
    claim, found = one.claim, one.measured
    if one.verdict != "supported":
        return claim
    start, end = claim.start, claim.end
    if "prominence" in found:  # a peak
        start, end = found["summit"], found["summit"] + 1
    elif "overlap" in found:  # a stretch
        start, end = found["start"], found["end"]
    return replace(claim, start=start, end=end, value=_measured_value(claim.value, found))


def _measured_value(value: Any, found: Mapping[str, Any]) -> Any:
    """The value of a claim with what was measured under the same names; a bare number is a count."""
    if isinstance(value, dict):
        if "min" in value and "count" in found:
            return found["count"]
        return {key: _instead(said, found.get(key)) for key, said in value.items()}
    counts = (found[key] for key in COUNTS if key in found)
    return _instead(value, next(counts, None)) if _is_whole(value) else value


def _instead(said: Any, measured: Any) -> Any:
    """The measured one of two numbers or two lists of places; else what was said."""
    alike = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (said, measured))
    return measured if alike or (isinstance(said, list) and isinstance(measured, list)) else said


def _well_formed(claim: Claim, region: Region) -> Kind:
    """The claim's kind, if its tracks and its interval can be meant. Raises Malformed."""
    kind = find(claim.kind)
    if kind is None:
        raise Malformed(f"'{claim.kind}' is no kind of claim")
    if len(claim.tracks) != len(kind.tracks):
        raise Malformed(f"a {claim.kind} claim names {len(kind.tracks)} track(s), not {len(claim.tracks)}")
    if not all(_is_whole(number) for number in claim.tracks):
        raise Malformed("tracks are named by their numbers")
    if len(set(claim.tracks)) != len(claim.tracks):
        raise Malformed("a claim about two tracks names one track twice")
    if not kind.of_window:
        _check_place(claim, region)
    return kind


def _check_place(claim: Claim, region: Region) -> None:
    if not (_is_whole(claim.start) and _is_whole(claim.end)):
        raise Malformed("the interval is two whole numbers")
    if claim.start >= claim.end:
        raise Malformed("the interval is empty: its start must come before its end")
    slack = POSITION_SHARE * region.span
    if claim.start < region.start - slack or claim.end > region.end + slack:
        raise Malformed(f"the interval lies outside the window {region}")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_tracks(claim: Claim, kind: Kind, evidence: Evidence, scene: Scene | None) -> list[int]:
    """The claim's tracks that exist but were not measured. Raises Malformed for one that cannot be meant."""
    types: dict[int, str] = {track.number: track.kind for track in scene.tracks} if scene else {}
    types |= {number: type_of(found) for number, found in evidence.tracks.items()}
    for number, wanted in zip(claim.tracks, kind.tracks, strict=True):
        if scene and number not in types:
            raise Malformed(f"there is no track {number}; the figure has {', '.join(map(str, sorted(types)))}")
        if types.get(number, wanted) != wanted:
            raise Malformed(f"track {number} is a track of {types[number]}, not of {wanted}")
    return [number for number in claim.tracks if number not in evidence.tracks]
