"""follows_exons: the signal lies over the exons of a gene, as RNA-seq of a spliced transcript does."""

from __future__ import annotations

from renderer.assays.labels import strand_of
from renderer.assays.names import assay_of
from vlm.claims.checks import Case, Outcome, cannot_tell
from vlm.claims.forms import GENE
from vlm.claims.genes.annotated import gene_here, signal_over
from vlm.claims.kind import Kind
from vlm.claims.subject import Subject, along_genes
from vlm.values.claim import Claim

NAME = "follows_exons"

EXON_FOLD = 3.0
"""Signal follows exons if their mean is this many times that of the introns ..."""

EXON_FOLD_LEAST = 1.5
"""... and does not below this; between the two nobody can tell."""

EXONS_SEEN = 0.6
"""... and this share of the exons stands out ..."""

EXONS_SEEN_LEAST = 0.3
"""... but not if it is less than this."""

EXON_HEIGHT = 0.04
"""... and their mean is drawn at least this high (share of the range): 2 px of a 60 px track can be seen."""


def check(case: Case) -> Outcome:
    """The exons of the gene stand out from its introns, as RNA-seq of a spliced transcript does."""
    found, measured = signal_over(case, gene_here(case))
    tolerance = {"fold": EXON_FOLD, "seen": EXONS_SEEN, "height": EXON_HEIGHT}
    if found is None or found.exons is None or found.introns is None or found.exons_seen is None:
        return cannot_tell(f"exons of {measured['gene']} cannot be told from introns at this width", **tolerance)
    reach = max(case.signal().vmax, -case.signal().vmin)
    height = found.exons / reach if reach > 0 else 0.0
    fold = found.exons / found.introns if found.introns > 0 else None
    measured |= {
        "exons": round(found.exons, 4),
        "introns": round(found.introns, 4),
        "fold": None if fold is None else round(fold, 2),
        "seen": round(found.exons_seen, 3),
        "height": round(height, 3),
    }
    rises = fold is None or fold >= EXON_FOLD
    if rises and found.exons_seen >= EXONS_SEEN and height >= EXON_HEIGHT:
        return Outcome("supported", measured, tolerance)
    unlike = (fold is not None and fold < EXON_FOLD_LEAST) or found.exons_seen < EXONS_SEEN_LEAST
    return Outcome("contradicted" if unlike or height < EXON_HEIGHT / 2 else "cannot_tell", measured, tolerance)


def stated(subject: Subject) -> list[Claim]:
    """Genes whose exons a track of spliced RNA follows; a strand's track is said to lie on its strand instead."""
    track = subject.track
    row = assay_of(track) if track else None
    if track is None or row is None or strand_of(track) or not row.spliced:
        return []
    return along_genes(NAME, check, subject, lambda over: over.exons)


KIND = Kind(
    NAME,
    ("signal", "genes"),
    check,
    means="signal on the gene's exons, little in its introns",
    over="the gene",
    value=GENE,
    shows=("body",),
    stated=stated,
)
