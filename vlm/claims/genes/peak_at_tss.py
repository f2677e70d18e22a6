"""peak_at_tss: a peak lies at an annotated start of the gene."""

from __future__ import annotations

from renderer.values.evidence import Gene, Peak
from vlm.claims.checks import (
    Case,
    Outcome,
    cannot_tell,
    core,
    describe,
    distance,
    met_peaks,
    missed,
    off,
    vague,
    verdict,
)
from vlm.claims.forms import GENE
from vlm.claims.genes.annotated import genes_called
from vlm.claims.ground import Site, tss_reach
from vlm.claims.kind import Kind
from vlm.values.claim import Claim

NAME = "peak_at_tss"

AT_START = 1.4
"""A peak is at a start within the reach that claims are made with (`tss_reach`), this many times: a summit may lie half
a location bin beside where it is said to be."""


def check(case: Case) -> Outcome:
    """A peak lies at an annotated start of the gene."""
    genes = genes_called(case, case.claim.value)
    reach, peaks = round(AT_START * tss_reach(case.region)), case.signal().peaks
    tolerance, met = {"bp": case.slack, "tss_bp": reach}, met_peaks(case, peaks)
    if not met:
        return Outcome("contradicted", missed(case, peaks), tolerance)
    if wide := vague(case, met):
        return wide
    options = [(peak, one, tss) for peak in met for one in genes for tss in one.tss]
    if not options:
        return cannot_tell(f"{case.claim.value} has no annotated start", **tolerance)

    def away_of(option: tuple[Peak, Gene, int]) -> int:
        return distance(option[2], *core(option[0], case.region))

    best = min(options, key=lambda o: (away_of(o) > reach, off(case.claim, o[0]), away_of(o), abs(o[2] - o[0].summit)))
    (peak, one, tss), away = best, away_of(best)
    outermost = abs(tss - one.first_base) <= reach  # the others are internal starts of shorter isoforms
    facts = {"gene": one.name, "named": one.named, "tss": tss, "outermost": outermost, "distance": away}
    return Outcome(verdict(away <= reach), describe(peak) | facts, tolerance)


def placed(site: Site) -> list[Claim]:
    """At the nearest TSS if one is in reach; of two that share a promoter, both."""
    return [site.make(NAME, gene.name) for gene in site.starts] if site.is_peak else []


KIND = Kind(
    NAME,
    ("signal", "genes"),
    check,
    over="the summit, narrow",
    value=GENE,
    rests_on=frozenset({"summit", "gene"}),
    shows=("peak", "start"),
    placed=placed,
)
