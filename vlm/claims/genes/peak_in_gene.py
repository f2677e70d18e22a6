"""peak_in_gene: a peak lies between the ends of the gene."""

from __future__ import annotations

from dataclasses import replace

from vlm.claims.checks import Case, Outcome, astray, describe, distance, met_peaks, off, verdict
from vlm.claims.forms import GENE
from vlm.claims.genes.annotated import genes_called
from vlm.claims.ground import TSS_REACH, Site, on_exon
from vlm.claims.kind import Kind
from vlm.values.claim import Claim

NAME = "peak_in_gene"


def check(case: Case) -> Outcome:
    """A peak lies between the ends of the gene."""
    genes = genes_called(case, case.claim.value)
    reach, peaks = TSS_REACH, case.signal().peaks
    tolerance, met = {"bp": case.slack, "gene_bp": reach}, met_peaks(case, peaks)
    if stray := astray(case, peaks, met, tolerance):
        return stray
    options = [(peak, one, distance(peak.at, one.start, one.end)) for peak in met for one in genes]
    peak, one, away = min(options, key=lambda o: (o[2] > reach, off(case.claim, o[0]), o[2]))
    facts = {
        "gene": one.name,
        "named": one.named,
        "gene_start": one.start,
        "gene_end": one.end,
        "distance": away,
        "on_exon": on_exon(one, peak.at),
    }
    outcome = Outcome(verdict(away <= reach), describe(peak) | facts, tolerance)
    return replace(outcome, verdict="cannot_tell") if reach < away <= reach + case.slack else outcome


def placed(site: Site) -> list[Claim]:
    """In the gene a peak lies in, unless it is at a start. Of the strongest peak it is said as well: should its start
    site not hold, the caption has its place."""
    if not site.is_peak or (site.is_at_start and site.claim.kind != "strongest_peak"):
        return []
    return [site.make(NAME, gene.name) for gene in site.inside[:1]]


KIND = Kind(
    NAME,
    ("signal", "genes"),
    check,
    means="a summit inside the gene, off its start",
    over="the summit, narrow",
    value=GENE,
    rests_on=frozenset({"summit", "gene"}),
    shows=("peak",),
    placed=placed,
)
