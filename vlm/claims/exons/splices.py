"""What the kinds on splice junctions share: which junction a claim is about, and which exons of which gene it joins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from renderer.values.evidence import Evidence, Gene, LinkEvidence
from renderer.values.exons import Junction
from vlm.claims.gene_names import well_known
from vlm.values.claim import Claim

SPLICE = 5
"""The ends of an intron may be this far (bp) from where they are said to be, or from the edges of exons: aligners shift
a junction over bases that both exons share, and files differ in which base they name."""


@dataclass(frozen=True)
class Splice:
    """A junction with the exons it joins, counted in the direction of transcription. `annotated`: both its ends are at
    edges of these exons; else they lie within one."""

    junction: Junction
    gene: Gene
    first: int
    second: int
    annotated: bool

    @property
    def skipped(self) -> int:
        """How many annotated exons lie between the two."""
        return self.second - self.first - 1

    @property
    def key(self) -> tuple[str, int, int, int]:
        """What is the same junction in another row, and for a person: the exons it joins."""
        return self.gene.name, self.gene.start, self.first, self.second


def junction_at(claim: Claim, found: LinkEvidence) -> Junction | None:
    """The junction whose intron is the claim's interval, the nearest of several."""
    met = [
        (abs(one.start - claim.start) + abs(one.end - claim.end), -one.count, one)
        for one in found.junctions or ()
        if abs(one.start - claim.start) <= SPLICE and abs(one.end - claim.end) <= SPLICE
    ]
    return min(met, key=lambda pair: pair[:2])[2] if met else None


def splice_of(junction: Junction, evidence: Evidence) -> Splice | None:
    """The exons of one gene in which the junction ends: at their edges rather than within them, of a gene with a name
    rather than another; None if no gene has both."""
    found: list[tuple[bool, bool, int, Splice]] = []
    for genes in evidence.gene_tracks().values():
        for gene in genes.genes:
            left, right = _exon_at(gene, junction.start, 1), _exon_at(gene, junction.end, 0)
            if left is None or right is None or left >= right:
                continue
            off = abs(gene.exons[left][1] - junction.start), abs(gene.exons[right][0] - junction.end)
            count = len(gene.exons)
            numbers = (left + 1, right + 1) if gene.strand != "-" else (count - right, count - left)
            splice = Splice(junction, gene, *numbers, max(off) <= SPLICE)
            found.append((max(off) > SPLICE, not well_known(gene.name), sum(off), splice))
    return min(found, key=lambda one: one[:3])[3] if found else None


def _exon_at(gene: Gene, position: int, edge: int) -> int | None:
    """The index of the exon that ends (`edge` 1) or begins (0) nearest the position, of those that hold it."""
    held = [at for at, (start, end) in enumerate(gene.exons) if start - SPLICE <= position <= end + SPLICE]
    return min(held, key=lambda at: abs(gene.exons[at][edge] - position), default=None)


class Spliced:
    """A row of junctions with the exons they join: `splices`, and how many spliced reads each gene has."""

    def __init__(self, found: LinkEvidence, evidence: Evidence) -> None:
        made = (splice_of(one, evidence) for one in found.junctions or ())
        self.found = found
        self.splices = [one for one in made if one is not None]
        self._reads: dict[tuple[str, int], float] = {}
        for one in self.splices:
            gene = one.gene.name, one.gene.start
            self._reads[gene] = self._reads.get(gene, 0.0) + one.junction.count

    def reads(self, gene: Gene) -> float:
        """The sum over all junctions of the row that join exons of the gene."""
        return self._reads.get((gene.name, gene.start), 0.0)

    def count(self, intron: Claim) -> float:
        """The reads over an intron; 0 without such a junction."""
        found = junction_at(intron, self.found)
        return found.count if found else 0.0


def told_splice(splice: Splice | None, junction: Junction) -> dict[str, Any]:
    """A junction as it is written into a verdict."""
    where = {"start": junction.start, "end": junction.end, "count": junction.count}
    if splice is None:
        return {**where, "gene": None}
    return {
        **where,
        "gene": splice.gene.name,
        "strand": splice.gene.strand,
        "exons": [splice.first, splice.second],
        "skipped": splice.skipped,
        "between": [splice.first + 1, splice.second - 1],
        "annotated": splice.annotated,
    }
