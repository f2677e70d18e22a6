"""peak_at_tss: a peak lies at an annotated start of the gene."""

from __future__ import annotations

from collections.abc import Iterator

from renderer.values.evidence import Gene, Peak
from vlm.claims.altered import Altered, called, moved
from vlm.claims.checks import (
    Case,
    Outcome,
    astray,
    cannot_tell,
    describe,
    met_peaks,
    off,
    verdict,
)
from vlm.claims.forms import GENE
from vlm.claims.genes.annotated import annotation, from_start, genes_called
from vlm.claims.ground import TSS_REACH, TSS_REACH_MOST, Site
from vlm.claims.kind import Kind
from vlm.values.claim import Claim

NAME = "peak_at_tss"


def check(case: Case) -> Outcome:
    """A peak lies within `TSS_REACH` of an annotated start of the gene, and its highest base within 2.5 kb: `at_start`
    tells whether that is within reach as well, `offset` how far it is from the start, along the gene."""
    genes = genes_called(case, case.claim.value)
    reach, peaks = TSS_REACH, case.signal().peaks
    tolerance, met = {"bp": case.slack, "tss_bp": reach}, met_peaks(case, peaks)
    if stray := astray(case, peaks, met, tolerance):
        return stray
    options = [(peak, one, tss) for peak in met for one in genes for tss in one.tss]
    if not options:
        return cannot_tell(f"{case.claim.value} has no annotated start", **tolerance)

    def away_of(option: tuple[Peak, Gene, int]) -> int:
        return from_start(option[0], option[2])

    best = min(options, key=lambda o: (away_of(o) > reach, off(case.claim, o[0]), away_of(o), abs(o[2] - o[0].at)))
    (peak, one, tss), away = best, away_of(best)
    outermost = abs(tss - one.first_base) <= reach  # the others are internal starts of shorter isoforms
    facts = {
        "gene": one.name,
        "named": one.named,
        "strand": one.strand,
        "tss": tss,
        "outermost": outermost,
        "distance": away,
        "at_start": abs(peak.at - tss) <= TSS_REACH,
        "offset": _offset(peak, one, tss),
    }
    return Outcome(verdict(away <= reach), describe(peak) | facts, tolerance)


def _offset(peak: Peak, gene: Gene, tss: int) -> int | None:
    """Base pairs from a start to the peak's highest single base, along the gene; None if it is not known."""
    if peak.top_at is None:
        return None
    away = peak.top_at - tss
    return -away if gene.strand == "-" else away


def altered(case: Case) -> Iterator[Altered]:
    """Where no peak is, and the gene that starts next, beyond reach of every peak at the place."""
    found = case.signal()
    taken = [(one.start, one.end) for one in found.peaks] + [(one.start, one.end) for one in found.domains]
    yield from moved(case, taken)
    met = met_peaks(case, found.peaks)
    beyond: dict[str, int] = {}
    for gene in annotation(case).genes:
        least = min((from_start(peak, tss) for peak in met for tss in gene.tss), default=0)
        beyond[gene.name] = min(least, beyond.get(gene.name, least))
    far = (name for name, away in beyond.items() if away > TSS_REACH_MOST)
    yield from called(case, sorted(far, key=lambda name: beyond[name]))


def placed(site: Site) -> list[Claim]:
    """At the nearest TSS if one is in reach; of two that share a promoter, both."""
    return [site.make(NAME, gene.name) for gene in site.starts] if site.is_peak else []


KIND = Kind(
    NAME,
    ("signal", "genes"),
    check,
    means="a summit at the gene's start, where its arrow begins",
    over="the summit, narrow",
    value=GENE,
    rests_on=frozenset({"summit", "gene"}),
    shows=("peak", "start"),
    placed=placed,
    altered=altered,
)
