"""intergenic_peak: a peak lies in no gene, and at no start site."""

from __future__ import annotations

from dataclasses import replace

from renderer.values.evidence import Gene, Peak
from vlm.claims.checks import Case, Outcome, astray, describe, distance, met_peaks, verdict
from vlm.claims.genes.annotated import annotation, from_start
from vlm.claims.ground import TSS_REACH, Site, is_worth_naming
from vlm.claims.kind import Kind
from vlm.values.claim import Claim

NAME = "intergenic_peak"


def check(case: Case) -> Outcome:
    """A peak lies in no gene, and at no start site. `gene` is the nearest gene, if the window has one.

    One just inside a gene, or just within reach of a start, cannot be told: positions are read to within the slack.
    """
    genes, peaks, reach = annotation(case).genes, case.signal().peaks, TSS_REACH
    tolerance, met = {"bp": case.slack, "tss_bp": reach}, met_peaks(case, peaks)
    if stray := astray(case, peaks, met, tolerance):
        return stray
    options = [(peak, *_nearest(peak, genes)) for peak in met]
    free = [one for one in options if not one[1] or (one[2] > 0 and not _at_start(one[0], genes, case))]
    peak, near, away = (free or options)[0]
    facts = {"gene": near.name if near else None, "distance": away, **_flanks(peak, genes)}
    outcome = Outcome(verdict(bool(free)), describe(peak) | facts, tolerance)
    return outcome if free or _is_genic(peak, genes, case) else replace(outcome, verdict="cannot_tell")


def _nearest(peak: Peak, genes: tuple[Gene, ...]) -> tuple[Gene | None, int]:
    ranked = [(distance(peak.summit, one.start, one.end), number) for number, one in enumerate(genes)]
    if not ranked:
        return None, 0
    away, number = min(ranked)
    return genes[number], away


def _flanks(peak: Peak, genes: tuple[Gene, ...]) -> dict[str, str | None]:
    """The names of the nearest genes that people know to the left and right of the peak; None where the window has
    none."""
    known = [one for one in genes if is_worth_naming(one)]
    left = max((one for one in known if one.end <= peak.summit), key=lambda one: one.end, default=None)
    right = min((one for one in known if one.start > peak.summit), key=lambda one: one.start, default=None)
    return {"left": left.name if left else None, "right": right.name if right else None}


def _is_genic(peak: Peak, genes: tuple[Gene, ...], case: Case) -> bool:
    """Whether a peak lies well inside a gene, or has a start site in it."""
    inside = any(one.start + case.slack <= peak.summit < one.end - case.slack for one in genes)
    return inside or any(peak.start <= tss < peak.end for one in genes for tss in one.tss)


def _at_start(peak: Peak, genes: tuple[Gene, ...], case: Case) -> bool:
    return any(from_start(peak, tss) <= TSS_REACH for one in genes for tss in one.tss)


def placed(site: Site) -> list[Claim]:
    """No gene at all, worth naming or not, is in reach."""
    genes, peak, reach = site.annotation.genes, site.claim, TSS_REACH
    if not site.is_peak or site.starts or site.inside:
        return []
    far = all(gene.end <= peak.start - reach or gene.start >= peak.end + reach for gene in genes)
    return [site.make(NAME, None)] if genes and far else []


KIND = Kind(
    NAME,
    ("signal", "genes"),
    check,
    means="a summit in no gene",
    over="the summit, narrow",
    rests_on=frozenset({"summit"}),
    shows=("peak",),
    says=frozenset({"not"}),
    placed=placed,
)
