"""covers_gene: a broad domain lies over most of a gene."""

from __future__ import annotations

from vlm.claims.checks import OVERLAP, Case, Outcome, best_domain, verdict
from vlm.claims.forms import GENE
from vlm.claims.genes.annotated import genes_called
from vlm.claims.ground import Site, is_worth_naming, visible
from vlm.claims.kind import Kind
from vlm.values.claim import Claim

NAME = "covers_gene"

COVERED = 0.8
"""A domain covers a gene if this share of the gene's visible length lies in it; a verdict counts its soft edges in."""

MOST_COVERED = 3
"""Genes that one domain is said to cover: the longest."""


def check(case: Case) -> Outcome:
    """A broad domain lies where the claim says, and over most of what is visible of the gene."""
    genes = genes_called(case, case.claim.value)
    best, measured = best_domain(case, case.signal().domains)
    tolerance = {"overlap": OVERLAP, "covered": COVERED, "bp": case.slack}
    if best is None:
        return Outcome("contradicted", measured, tolerance)
    shares = []
    for one in genes:
        start, end = visible(one, case.region)
        common = min(end, best.end + case.slack) - max(start, best.start - case.slack)
        shares.append((max(0.0, common / max(1, end - start)), one.name, one.named))
    share, name, named = max(shares)
    facts = {"gene": name, "named": named, "covered": round(share, 3)}
    return Outcome(verdict(share >= COVERED), measured | facts, tolerance)


def placed(site: Site) -> list[Claim]:
    """The longest genes that lie in a domain."""
    if site.is_peak:
        return []
    domain = site.claim
    spans = [(*visible(gene, site.region), gene.name) for gene in site.annotation.genes if is_worth_naming(gene)]
    inside = [
        (start - end, name)
        for start, end, name in spans
        if min(end, domain.end) - max(start, domain.start) >= COVERED * (end - start)
    ]
    return [site.make(NAME, name) for _, name in sorted(inside)[:MOST_COVERED]]


KIND = Kind(
    NAME,
    ("signal", "genes"),
    check,
    means="a raised stretch over most of the gene",
    over="the broad domain",
    value=GENE,
    rests_on=frozenset({"stretch", "gene"}),
    shows=("body",),
    says=frozenset({"broad"}),
    placed=placed,
)
