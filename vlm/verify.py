"""Claim + Evidence -> verdict. The one place where a statement is held against the numbers, whoever made it.

A claim about a track, gene or place that is not in the figure is contradicted (it was made up); a claim about a track
that was not measured cannot be told. Every verdict carries what was measured and the tolerance that was used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from renderer.evidence import Evidence, Gene, Peak, SignalEvidence
from renderer.region import Region
from vlm.claims import Claim, Judged, Verdict
from vlm.join import COINCIDE_SHARE, distance, tss_reach

POSITION_SHARE = 0.015
"""A position may be off by this share of the window: two of the model's 128 bins, 15 of 1000 pixels."""

TIE = 0.93
"""Two peaks whose heights differ by less are equally tall to the eye (4 of 60 pixels): either is 'the strongest'."""

DOMAIN_OVERLAP = 0.5
"""A domain is the one meant if intersection over union reaches this, the usual bar for detected boxes."""

EXACT_COUNT = 3
"""Up to so many peaks a count must be exact; up to twice that one off is fine, beyond that a quarter."""

COUNT_SHARE = 0.25

Test = Callable[[Claim, Evidence, SignalEvidence], Judged]


def judge(claim: Claim, evidence: Evidence) -> Judged:
    """The verdict on one claim."""
    region = evidence.region
    if claim.kind not in _TESTS and claim.kind not in _GENE_TESTS:
        return Judged(claim, "contradicted", {"reason": f"'{claim.kind}' is no kind of claim"})
    if not claim.tracks or claim.start >= claim.end or claim.end <= region.start or claim.start >= region.end:
        return Judged(claim, "contradicted", {"reason": "the place is not in this window"})
    missing = [number for number in claim.tracks if number not in evidence.tracks]
    if missing:
        return Judged(claim, "cannot_tell", {"reason": f"track {missing[0]} was not measured"})
    if claim.kind in _GENE_TESTS:
        return _GENE_TESTS[claim.kind](claim, evidence)
    signal = evidence.signal(claim.tracks[0])
    if signal is None:
        return Judged(claim, "contradicted", {"reason": f"track {claim.tracks[0]} is no signal track"})
    return _TESTS[claim.kind](claim, evidence, signal)


def _say(claim: Claim, holds: bool, measured: dict[str, Any], tolerance: dict[str, Any] | None = None) -> Judged:
    verdict: Verdict = "supported" if holds else "contradicted"
    return Judged(claim, verdict, measured, tolerance or {})


def _reach(region: Region) -> int:
    return max(1, round(POSITION_SHARE * region.span))


def _meets(peak: Peak, claim: Claim, reach: int) -> bool:
    """Whether the claim's interval lies at the peak: within reach of its summit, or inside a wide peak."""
    near = distance(peak.summit, claim.start, claim.end) <= reach
    within = peak.start <= (claim.start + claim.end) / 2 < peak.end
    # A claim that spans much of the window points at nothing, even if a summit lies in it.
    precise = claim.end - claim.start <= max(4 * reach, 2 * (peak.end - peak.start))
    return precise and (near or within)


def _peak_there(claim: Claim, signal: SignalEvidence, reach: int) -> Peak | None:
    """The tallest visible peak the claim can mean."""
    there = [peak for peak in signal.peaks if _meets(peak, claim, reach)]
    return max(there, key=lambda peak: peak.height, default=None)


def _facts(peak: Peak | None) -> dict[str, Any]:
    if peak is None:
        return {"peak": None}
    return {"summit": peak.summit, "value": round(peak.value, 4), "height": round(peak.height, 3),
            "prominence": round(peak.prominence, 3)}  # fmt: skip


def _peak(claim: Claim, evidence: Evidence, signal: SignalEvidence) -> Judged:
    reach = _reach(evidence.region)
    found = _peak_there(claim, signal, reach)
    return _say(claim, found is not None, _facts(found), {"bp": reach})


def _strongest(claim: Claim, evidence: Evidence, signal: SignalEvidence) -> Judged:
    reach = _reach(evidence.region)
    tallest = max((peak.height for peak in signal.peaks), default=0.0)
    found = _peak_there(claim, signal, reach)
    # Inside a domain the tallest summit may be rough texture; the tallest that stands out is right as well.
    best = signal.strongest.height if signal.strongest else tallest
    holds = found is not None and found.height >= TIE * min(tallest, best)
    return _say(claim, holds, _facts(found) | {"tallest": round(tallest, 3)}, {"bp": reach, "height_ratio": TIE})


def _count(claim: Claim, evidence: Evidence, signal: SignalEvidence) -> Judged:
    measured = len(signal.salient)
    if isinstance(claim.value, dict) and set(claim.value) == {"min"}:
        least = int(claim.value["min"])
        slack = max(1, round(COUNT_SHARE * least))
        return _say(claim, measured >= least - slack, {"count": measured}, {"count": slack})
    if not isinstance(claim.value, int) or isinstance(claim.value, bool):
        return _say(claim, False, {"count": measured, "reason": "the claim gives no number"})
    slack = 0 if measured <= EXACT_COUNT else 1 if measured <= 2 * EXACT_COUNT else -(-measured // 4)
    return _say(claim, abs(claim.value - measured) <= slack, {"count": measured}, {"count": slack})


def _domain(claim: Claim, evidence: Evidence, signal: SignalEvidence) -> Judged:
    def overlap(start: int, end: int) -> float:
        common = max(0, min(end, claim.end) - max(start, claim.start))
        return common / (max(end, claim.end) - min(start, claim.start))

    best = max(signal.domains, key=lambda domain: overlap(domain.start, domain.end), default=None)
    if best is None:
        return _say(claim, False, {"domain": None}, {"overlap": DOMAIN_OVERLAP})
    share = overlap(best.start, best.end)
    facts = {"start": best.start, "end": best.end, "overlap": round(share, 3), "mean_height": round(best.mean, 3)}
    return _say(claim, share >= DOMAIN_OVERLAP, facts, {"overlap": DOMAIN_OVERLAP})


def _state(claim: Claim, evidence: Evidence, signal: SignalEvidence) -> Judged:
    if claim.kind == "flat" and claim.value == "elsewhere":
        return _say(claim, signal.low_elsewhere, {"low_elsewhere": signal.low_elsewhere})
    return _say(claim, signal.state == claim.kind, {"state": signal.state})


def _coincide(claim: Claim, evidence: Evidence, signal: SignalEvidence) -> Judged:
    other = evidence.signal(claim.tracks[1]) if len(claim.tracks) == 2 else None
    if other is None or claim.tracks[0] == claim.tracks[1]:
        return _say(claim, False, {"reason": "two different signal tracks are needed"})
    reach = _reach(evidence.region)
    one, two = _peak_there(claim, signal, reach), _peak_there(claim, other, reach)
    apart = abs(one.summit - two.summit) if one and two else None
    # Both peaks must lie at the place that is claimed, and be one place to the eye.
    together = round(2 * (POSITION_SHARE + COINCIDE_SHARE) / 2 * evidence.region.span)
    overlap = bool(one and two and one.start < two.end and two.start < one.end)
    holds = apart is not None and (apart <= together or overlap)
    facts = {"summits": [peak.summit if peak else None for peak in (one, two)], "apart": apart}
    return _say(claim, holds, facts, {"bp": together})


def _gene_named(claim: Claim, evidence: Evidence) -> Gene | None:
    """The annotated gene a claim names, nearest to its place; names are compared without regard to case."""
    name = claim.value["name"] if isinstance(claim.value, dict) else claim.value
    annotation = evidence.gene_tracks().get(claim.tracks[-1])
    if annotation is None or not isinstance(name, str):
        return None
    same = [gene for gene in annotation.genes if gene.name.casefold() == name.casefold()]
    return min(same, key=lambda gene: distance(claim.start, gene.start, gene.end), default=None)


def _gene(claim: Claim, evidence: Evidence) -> Judged:
    gene = _gene_named(claim, evidence)
    if gene is None:
        return Judged(claim, "contradicted", {"reason": "no gene of this name is in this window"})
    region, reach = evidence.region, _reach(evidence.region)
    start, end = max(gene.start, region.start), min(gene.end, region.end)
    strand = claim.value.get("strand", gene.strand) if isinstance(claim.value, dict) else gene.strand
    placed = abs(claim.start - start) <= reach and abs(claim.end - end) <= reach
    facts = {"name": gene.name, "strand": gene.strand, "start": gene.start, "end": gene.end}
    return _say(claim, placed and strand == gene.strand, facts, {"bp": reach})


def _peak_and_gene(claim: Claim, evidence: Evidence) -> Judged:
    signal = evidence.signal(claim.tracks[0])
    gene = _gene_named(claim, evidence)
    if signal is None or gene is None or len(claim.tracks) != 2:
        why = "no gene of this name is in this window" if signal else f"track {claim.tracks[0]} is no signal track"
        return Judged(claim, "contradicted", {"reason": why})
    found = _peak_there(claim, signal, _reach(evidence.region))
    if found is None:
        return _say(claim, False, {"peak": None, "gene": gene.name})
    reach = tss_reach(evidence.region) + _reach(evidence.region) // 2
    if claim.kind == "peak_at_tss":
        away = min((distance(tss, found.start, found.end) for tss in gene.tss), default=None)
    else:
        away = max(gene.start - found.summit, found.summit - gene.end, 0)
    facts = _facts(found) | {"gene": gene.name, "distance": away}
    return _say(claim, away is not None and away <= reach, facts, {"bp": reach})


_TESTS: dict[str, Test] = {
    "no_data": _state, "flat": _state, "noisy": _state, "peak": _peak, "strongest_peak": _strongest,
    "peak_count": _count, "broad_domain": _domain, "coincide": _coincide,
}  # fmt: skip
_GENE_TESTS: dict[str, Callable[[Claim, Evidence], Judged]] = {
    "gene": _gene, "peak_at_tss": _peak_and_gene, "peak_in_gene": _peak_and_gene,
}  # fmt: skip
