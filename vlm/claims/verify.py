"""Claim + Evidence -> verdict. The one place where a statement is held against the numbers, whoever made it.

Judges by `renderer.values.evidence` alone: it opens no file and sees no pixel. It is strict about what does not exist
(a track, a gene, a place outside the window: contradicted, it was made up) and modest about what was not measured, or
lies so near a threshold that two careful people would differ (cannot_tell). Every verdict carries what was measured
and the tolerance that was used. No claim, however malformed, makes it raise.
"""

from __future__ import annotations

from collections.abc import Sequence

from renderer.values.evidence import (
    ContactEvidence,
    Evidence,
    GeneEvidence,
    IntervalEvidence,
    LinkEvidence,
    SignalEvidence,
)
from renderer.values.region import Region
from renderer.values.track import Scene
from vlm.claims import verify_genes, verify_peaks, verify_rows
from vlm.claims.checks import POSITION_SHARE, Case, Check, Malformed, Outcome
from vlm.values.claim import SHAPES, WINDOW_KINDS, Claim, Judged

_EVIDENCE_KINDS: dict[type, str] = {
    SignalEvidence: "signal",
    GeneEvidence: "genes",
    IntervalEvidence: "intervals",
    LinkEvidence: "links",
    ContactEvidence: "contacts",
}

_CHECKS: dict[str, Check] = {
    "no_data": verify_peaks.state,
    "flat": verify_peaks.flat,
    "noisy": verify_peaks.state,
    "peak": verify_peaks.peak,
    "strongest_peak": verify_peaks.strongest_peak,
    "peak_count": verify_peaks.peak_count,
    "broad_domain": verify_peaks.broad_domain,
    "coincide": verify_peaks.coincide,
    "only_in": verify_peaks.only_in,
    "higher_in": verify_peaks.higher_in,
    "gene": verify_genes.gene,
    "gene_count": verify_genes.gene_count,
    "peak_at_tss": verify_genes.peak_at_tss,
    "peak_in_gene": verify_genes.peak_in_gene,
    "intergenic_peak": verify_genes.intergenic_peak,
    "covers_gene": verify_genes.covers_gene,
    "follows_exons": verify_genes.follows_exons,
    "on_strand": verify_genes.on_strand,
    "interval_count": verify_rows.interval_count,
    "interval_at": verify_rows.interval_at,
    "link": verify_rows.link,
    "domain_boundary": verify_rows.domain_boundary,
}
"""How each kind of claim is checked; the kinds are those of `vlm.values.claim.SHAPES`."""


def judge(claim: Claim, evidence: Evidence, scene: Scene | None = None) -> Judged:
    """The verdict on one claim.

    With the scene, a track that does not exist is told from one that was not measured, and scale groups and strands
    are known; without it, claims that need them cannot be told.
    """
    try:
        _check_shape(claim, evidence.region)
        unmeasured = _check_tracks(claim, evidence, scene)
        if unmeasured:
            outcome = Outcome("cannot_tell", {"reason": f"track {unmeasured[0]} was not measured"})
        else:
            outcome = _CHECKS[claim.kind](Case(claim, evidence, scene))
    except Malformed as exc:
        outcome = Outcome("contradicted", {"reason": str(exc)})
    return Judged(claim, outcome.verdict, outcome.measured, outcome.tolerance)


def judge_all(claims: Sequence[Claim], evidence: Evidence, scene: Scene | None = None) -> list[Judged]:
    """The verdicts on all claims, in their order."""
    return [judge(claim, evidence, scene) for claim in claims]


def _check_shape(claim: Claim, region: Region) -> None:
    shape = SHAPES.get(claim.kind) if isinstance(claim.kind, str) else None
    if shape is None:
        raise Malformed(f"'{claim.kind}' is no kind of claim")
    if len(claim.tracks) != len(shape):
        raise Malformed(f"a {claim.kind} claim names {len(shape)} track(s), not {len(claim.tracks)}")
    if not all(_is_whole(number) for number in claim.tracks):
        raise Malformed("tracks are named by their numbers")
    if len(set(claim.tracks)) != len(claim.tracks):
        raise Malformed("a claim about two tracks names one track twice")
    if claim.kind not in WINDOW_KINDS:
        _check_place(claim, region)


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


def _check_tracks(claim: Claim, evidence: Evidence, scene: Scene | None) -> list[int]:
    """The claim's tracks that exist but were not measured. Raises Malformed for one that cannot be meant."""
    kinds: dict[int, str] = {track.number: track.kind for track in scene.tracks} if scene else {}
    kinds |= {number: _EVIDENCE_KINDS[type(found)] for number, found in evidence.tracks.items()}
    for number, wanted in zip(claim.tracks, SHAPES[claim.kind], strict=True):
        if scene and number not in kinds:
            raise Malformed(f"there is no track {number}; the figure has {', '.join(map(str, sorted(kinds)))}")
        if kinds.get(number, wanted) != wanted:
            raise Malformed(f"track {number} is a track of {kinds[number]}, not of {wanted}")
    return [number for number in claim.tracks if number not in evidence.tracks]
