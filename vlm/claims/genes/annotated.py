"""What the kinds with genes share: the annotation a claim speaks of, its genes by name. No kind of its own."""

from __future__ import annotations

from typing import Any

from renderer.values.evidence import Gene, GeneEvidence, GeneSignal, Peak
from vlm.claims.checks import OVERLAP, Case, Malformed, distance, of_type, overlap
from vlm.claims.ground import TSS_REACH_MOST, visible


def annotation(case: Case) -> GeneEvidence:
    """The annotation the claim speaks of, its last track."""
    return of_type(case.track(-1), GeneEvidence)


def genes_called(case: Case, name: object) -> list[Gene]:
    """The genes of that name, upper and lower case alike; a name may occur twice. Raises Malformed if none does."""
    wanted = name.casefold() if isinstance(name, str) else None
    found = [gene for gene in annotation(case).genes if gene.name.casefold() == wanted]
    if not found:
        raise Malformed(f"no gene called {str(name)[:80]!r} is annotated in this window")
    return found


def from_start(peak: Peak, tss: int) -> int:
    """Bases between a start site and a peak, its width at half prominence; its summit (the highest base, if that is
    known), where that is further off than a promoter reaches."""
    away = abs(peak.at - tss)
    return distance(tss, peak.start, peak.end) if away <= TSS_REACH_MOST else away


def gene_here(case: Case) -> Gene:
    """The gene of the claim's name at the claim's place. Raises Malformed if the place is not the gene's."""
    found = genes_called(case, case.claim.value)
    best = max(found, key=lambda one: overlap(case.claim, *visible(one, case.region)))
    if overlap(case.claim, *visible(best, case.region)) < OVERLAP:
        raise Malformed(f"{best.name} does not lie there")
    return best


def signal_over(case: Case, wanted: Gene) -> tuple[GeneSignal | None, dict[str, Any]]:
    """The first track's signal along the gene, and the gene as it is written into a verdict."""
    found = case.signal().over(wanted)
    return found, {"gene": wanted.name, "named": wanted.named, "strand": wanted.strand}
