"""gene: a gene of this name and strand lies in the window."""

from __future__ import annotations

from renderer.values.evidence import Gene
from vlm.claims.checks import Case, Malformed, Outcome, verdict
from vlm.claims.forms import NAMED
from vlm.claims.genes.annotated import genes_called
from vlm.claims.ground import Ground, is_worth_naming, visible
from vlm.claims.kind import Kind
from vlm.values.claim import Claim

NAME = "gene"

MOST_GENES = 12
"""Gene claims of one window beyond those at a peak: the longest. The rest is counted."""


def check(case: Case) -> Outcome:
    """A gene of this name and strand lies there, cut to the window."""
    claim = case.claim
    if not isinstance(claim.value, dict) or "name" not in claim.value:
        raise Malformed("the value of a gene claim is {'name': ..., 'strand': ...}")
    spans = [(*visible(one, case.region), one) for one in genes_called(case, claim.value["name"])]
    start, end, best = min(spans, key=lambda s: abs(s[0] - claim.start) + abs(s[1] - claim.end))
    placed = abs(start - claim.start) <= case.slack and abs(end - claim.end) <= case.slack
    same_strand = claim.value.get("strand", best.strand) == best.strand
    measured = {"name": best.name, "strand": best.strand, "start": start, "end": end, "named": best.named}
    return Outcome(verdict(placed and same_strand), measured, {"bp": case.slack})


def joined(ground: Ground) -> list[Claim]:
    """The genes at a peak, those a broad domain meets, and the longest others."""
    if ground.annotation is None:
        return []
    track, genes, region = ground.annotation.track, ground.annotation.genes, ground.region
    longest = sorted(genes, key=lambda gene: (not is_worth_naming(gene), visible(gene, region)[0] - gene.end))
    met = [gene for gene in longest if any(gene.start < d.end and d.start < gene.end for d in ground.domains)]
    kept = {gene for gene in genes if gene.name in ground.named} | {*longest[:MOST_GENES], *met[:MOST_GENES]}
    return [_claim(gene, track, ground) for gene in genes if gene in kept]


def _claim(gene: Gene, track: int, ground: Ground) -> Claim:
    value = {"name": gene.name, "strand": gene.strand}
    return Claim(NAME, (track,), *visible(gene, ground.region), value=value, source="annotation")


KIND = Kind(
    NAME,
    ("genes",),
    check,
    over="the gene",
    value=NAMED,
    points="gene",
    asked=False,  # the annotation's to say
    joined=joined,
)
