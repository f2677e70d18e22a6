"""Checks of claims that name genes: where a peak lies among them, and how the signal runs over one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from renderer.assays.labels import strand_of, twin_of
from renderer.values.evidence import Gene, GeneEvidence, GeneSignal, Peak
from renderer.values.track import Scene, Track
from vlm.claims.checks import (
    OVERLAP,
    Case,
    Malformed,
    Outcome,
    best_domain,
    cannot_tell,
    core,
    describe,
    distance,
    met_peaks,
    missed,
    off,
    overlap,
    vague,
    verdict,
    whole_number,
)
from vlm.claims.join import tss_reach

AT_START = 1.4
"""A peak is at a start within the reach that claims are made with (`join.tss_reach`), this many times: a summit may lie
half a location bin beside where it is said to be."""

COVERED = 0.8
"""A domain covers a gene if this share of the gene's visible length lies in it, its soft edges counted in."""

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

STRAND_FOLD = 2.0
"""Signal is on a gene's strand if it is this many times that of the other strand; on neither within this fold."""

STRAND_HEIGHT = 0.02
"""... and its mean over the gene is drawn at least this high (share of the range), one pixel."""


def _annotation(case: Case) -> GeneEvidence:
    found = case.track(-1)
    assert isinstance(found, GeneEvidence)  # `verify` has seen that it is one
    return found


def _genes_called(case: Case, name: object) -> list[Gene]:
    """The genes of that name, upper and lower case alike; a name may occur twice. Raises Malformed if none does."""
    wanted = name.casefold() if isinstance(name, str) else None
    found = [gene for gene in _annotation(case).genes if gene.name.casefold() == wanted]
    if not found:
        raise Malformed(f"no gene called {str(name)[:80]!r} is annotated in this window")
    return found


# --- the annotation itself


def gene(case: Case) -> Outcome:
    """A gene of this name and strand lies there, cut to the window."""
    claim = case.claim
    if not isinstance(claim.value, dict) or "name" not in claim.value:
        raise Malformed("the value of a gene claim is {'name': ..., 'strand': ...}")
    found = _genes_called(case, claim.value["name"])
    spans = [(*_visible(one, case), one) for one in found]
    start, end, best = min(spans, key=lambda s: abs(s[0] - claim.start) + abs(s[1] - claim.end))
    placed = abs(start - claim.start) <= case.slack and abs(end - claim.end) <= case.slack
    same_strand = claim.value.get("strand", best.strand) == best.strand
    measured = {"name": best.name, "strand": best.strand, "start": start, "end": end, "named": best.named}
    return Outcome(verdict(placed and same_strand), measured, {"bp": case.slack})


def _visible(one: Gene, case: Case) -> tuple[int, int]:
    return max(one.start, case.region.start), min(one.end, case.region.end)


def gene_count(case: Case) -> Outcome:
    """So many genes overlap the window, exactly: the annotation is no matter of taste."""
    count = len(_annotation(case).genes)
    return Outcome(verdict(whole_number(case.claim, case.claim.value) == count), {"count": count}, {"count": 0})


# --- a peak among genes


def peak_at_tss(case: Case) -> Outcome:
    """A peak lies at an annotated start of the gene."""
    genes = _genes_called(case, case.claim.value)
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


def peak_in_gene(case: Case) -> Outcome:
    """A peak lies between the ends of the gene."""
    genes = _genes_called(case, case.claim.value)
    reach, peaks = tss_reach(case.region), case.signal().peaks
    tolerance, met = {"bp": case.slack, "gene_bp": reach}, met_peaks(case, peaks)
    if not met:
        return Outcome("contradicted", missed(case, peaks), tolerance)
    if wide := vague(case, met):
        return wide
    options = [(peak, one, distance(peak.summit, one.start, one.end)) for peak in met for one in genes]
    peak, one, away = min(options, key=lambda o: (o[2] > reach, off(case.claim, o[0]), o[2]))
    facts = {"gene": one.name, "named": one.named, "gene_start": one.start, "gene_end": one.end, "distance": away}
    outcome = Outcome(verdict(away <= reach), describe(peak) | facts, tolerance)
    return replace(outcome, verdict="cannot_tell") if reach < away <= reach + case.slack else outcome


def intergenic_peak(case: Case) -> Outcome:
    """A peak lies in no gene, and at no start site. `gene` is the nearest gene, if the window has one.

    One just inside a gene, or just within reach of a start, cannot be told: positions are read to within the slack.
    """
    genes, peaks, reach = _annotation(case).genes, case.signal().peaks, tss_reach(case.region)
    tolerance, met = {"bp": case.slack, "tss_bp": reach}, met_peaks(case, peaks)
    if not met:
        return Outcome("contradicted", missed(case, peaks), tolerance)
    if wide := vague(case, met):
        return wide
    options = [(peak, *_nearest(peak, genes)) for peak in met]
    free = [one for one in options if not one[1] or (one[2] > 0 and not _at_start(one[0], genes, case))]
    peak, near, away = (free or options)[0]
    facts = {"gene": near.name if near else None, "distance": away}
    outcome = Outcome(verdict(bool(free)), describe(peak) | facts, tolerance)
    return outcome if free or _is_genic(peak, genes, case) else replace(outcome, verdict="cannot_tell")


def _nearest(peak: Peak, genes: tuple[Gene, ...]) -> tuple[Gene | None, int]:
    ranked = [(distance(peak.summit, one.start, one.end), number) for number, one in enumerate(genes)]
    if not ranked:
        return None, 0
    away, number = min(ranked)
    return genes[number], away


def _is_genic(peak: Peak, genes: tuple[Gene, ...], case: Case) -> bool:
    """Whether a peak lies well inside a gene, or has a start site in it."""
    inside = any(one.start + case.slack <= peak.summit < one.end - case.slack for one in genes)
    return inside or any(peak.start <= tss < peak.end for one in genes for tss in one.tss)


def _at_start(peak: Peak, genes: tuple[Gene, ...], case: Case) -> bool:
    place = core(peak, case.region)
    return any(distance(tss, *place) <= tss_reach(case.region) for one in genes for tss in one.tss)


# --- signal over a gene


def covers_gene(case: Case) -> Outcome:
    """A broad domain lies where the claim says, and over most of what is visible of the gene."""
    genes = _genes_called(case, case.claim.value)
    best, measured = best_domain(case, case.signal().domains)
    tolerance = {"overlap": OVERLAP, "covered": COVERED, "bp": case.slack}
    if best is None:
        return Outcome("contradicted", measured, tolerance)
    shares = []
    for one in genes:
        start, end = _visible(one, case)
        common = min(end, best.end + case.slack) - max(start, best.start - case.slack)
        shares.append((max(0.0, common / max(1, end - start)), one.name, one.named))
    share, name, named = max(shares)
    facts = {"gene": name, "named": named, "covered": round(share, 3)}
    return Outcome(verdict(share >= COVERED), measured | facts, tolerance)


def _signal_over(case: Case, wanted: Gene) -> tuple[GeneSignal | None, dict[str, Any]]:
    found = case.signal().over(wanted)
    return found, {"gene": wanted.name, "named": wanted.named, "strand": wanted.strand}


def _gene_here(case: Case) -> Gene:
    """The gene of that name at the claim's place. Raises Malformed if the place is not the gene's."""
    found = _genes_called(case, case.claim.value)
    best = max(found, key=lambda one: overlap(case.claim, *_visible(one, case)))
    if overlap(case.claim, *_visible(best, case)) < OVERLAP:
        raise Malformed(f"{best.name} does not lie there")
    return best


def follows_exons(case: Case) -> Outcome:
    """The exons of the gene stand out from its introns, as RNA-seq of a spliced transcript does."""
    found, measured = _signal_over(case, _gene_here(case))
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


def on_strand(case: Case) -> Outcome:
    """The signal of a stranded track lies over a gene of its own strand, and the other strand's track is lower there.

    Compared by the means over the gene's body, so the two tracks must count alike; they are one sample's.
    """
    wanted = _gene_here(case)
    track = next((t for t in case.scene.tracks if t.number == case.claim.tracks[0]), None) if case.scene else None
    strand = strand_of(track) if track else None
    if track is None or case.scene is None or strand is None:
        return cannot_tell("it is not known that the track holds one strand's signal")
    found, measured = _signal_over(case, wanted)
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
