"""on_strand: the signal of a stranded track lies over a gene of its own strand."""

from __future__ import annotations

from renderer.assays.labels import strand_of, twin_of
from renderer.values.evidence import Gene, GeneSignal
from renderer.values.track import Scene, Track
from vlm.claims.checks import Case, Outcome, cannot_tell
from vlm.claims.forms import GENE
from vlm.claims.genes.annotated import gene_here, signal_over
from vlm.claims.kind import Kind
from vlm.claims.subject import Subject, along_genes
from vlm.values.claim import Claim

NAME = "on_strand"

STRAND_FOLD = 2.0
"""Signal is on a gene's strand if it is this many times that of the other strand; on neither within this fold."""

STRAND_HEIGHT = 0.02
"""... and its mean over the gene is drawn at least this high (share of the range), one pixel."""


def check(case: Case) -> Outcome:
    """The signal of a stranded track lies over a gene of its own strand, and the other strand's track is lower there.

    Compared by the means over the gene's body, so the two tracks must count alike; they are one sample's.
    """
    wanted = gene_here(case)
    track = next((t for t in case.scene.tracks if t.number == case.claim.tracks[0]), None) if case.scene else None
    strand = strand_of(track) if track else None
    if track is None or case.scene is None or strand is None:
        return cannot_tell("it is not known that the track holds one strand's signal")
    found, measured = signal_over(case, wanted)
    measured["track_strand"] = strand
    if wanted.strand != strand:
        return Outcome("contradicted", measured)
    other = _other_strand(case, track, case.scene, wanted)
    if found is None or other is None or found.body is None or other.body is None:
        return cannot_tell(f"the strands over {wanted.name} cannot be compared")
    measured |= {"sense": round(found.body, 4), "antisense": round(other.body, 4)}
    tolerance = {"fold": STRAND_FOLD, "height": STRAND_HEIGHT}
    seen = found.body >= STRAND_HEIGHT * max(case.signal().vmax, -case.signal().vmin)
    if seen and found.body >= STRAND_FOLD * other.body:
        return Outcome("supported", measured, tolerance)
    return Outcome("contradicted" if found.body * STRAND_FOLD <= other.body else "cannot_tell", measured, tolerance)


def _other_strand(case: Case, track: Track, scene: Scene, wanted: Gene) -> GeneSignal | None:
    twin = twin_of(track, scene)
    found = case.evidence.signal(twin.number) if twin else None
    return found.over(wanted) if found else None


def stated(subject: Subject) -> list[Claim]:
    """Genes on whose strand a strand's track has its signal."""
    track = subject.track
    return along_genes(NAME, check, subject, lambda over: over.body) if track and strand_of(track) else []


KIND = Kind(
    NAME,
    ("signal", "genes"),
    check,
    means="signal along the gene in the row of the gene's own strand",
    over="the gene",
    value=GENE,
    shows=("body",),
    stated=stated,
)
