"""A made-up chromosome: its genes, and ChIP-like and RNA-like tracks over them.

Nothing here comes from a measurement. Signal is drawn from densities that are written down below, by a seeded
random generator, so the same seed gives the same values. Positions are 0-based, half-open; signal is in bins of
BIN bases. What the textures stand for:

- fragments fall at random (Poisson) and cover FRAGMENT bins each, so low signal is as ragged as real pileups;
- all tracks share a slow unevenness, as from GC content, and an unsequenced gap without any value;
- an active promoter carries H3K4me3 on the nucleosomes beside its start, more of them downstream, and H3K27ac
  on a wider stretch; enhancers carry H3K27ac alone, in two humps; H3K36me3 grows along the body of a
  transcribed gene; H3K27me3 is a broad, patchy plateau; RNA covers exons, more of it towards the 3' end;
- the Input is the background alone, a little higher at open promoters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

SEED = 20_261_123
CHROM, LENGTH = "chr1", 2_400_000
BIN = 50
"""Bases of a bin: fine enough for an exon, coarse enough for a chromosome in some tens of kilobytes."""

FRAGMENT = 4
"""Bins a fragment covers: 200 bases, a nucleosome and its linker."""

GAP = (1_300_000, 1_345_000)
"""A stretch that no track has a value for."""

ENHANCERS = (
    (176_500, 0.8),
    (432_000, 0.9),
    (456_800, 0.6),
    (668_300, 0.7),
    (1_604_000, 1.0),
    (1_641_500, 0.8),
    (1_652_000, 0.5),
    (1_905_000, 0.5),
    (2_085_700, 0.7),
)
"""(centre, strength) of stretches with H3K27ac far from any promoter."""

POLYCOMB = ((792_000, 926_000, 1.0), (1_408_000, 1_446_000, 0.7), (2_130_000, 2_232_000, 0.6))
"""(start, end, strength) of domains with H3K27me3."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SimGene:
    """A made-up gene. `promoter` is its H3K4me3 and H3K27ac strength, `expression` that of RNA and H3K36me3,
    both from 0 to 1; `exons` how many to make; `second_start`: an isoform that starts so many bases further in."""

    name: str
    start: int
    end: int
    strand: str
    exons: int
    promoter: float = 0.0
    expression: float = 0.0
    acetylated: bool = True
    second_start: int = 0

    @property
    def tss(self) -> int:
        """The first base that is transcribed."""
        return self.start if self.strand == "+" else self.end - 1

    @property
    def sign(self) -> int:
        """1 where transcription runs rightwards, else -1."""
        return 1 if self.strand == "+" else -1

    @cached_property
    def exon_list(self) -> list[tuple[int, int]]:
        """(start, end) of every exon, left to right. The last one to be transcribed, the 3' UTR, is long."""
        rng = np.random.default_rng([SEED, *self.name.encode()])
        lengths = rng.integers(90, 260, self.exons)
        lengths[[0, -1]] = 380, min(2_200, (self.end - self.start) // 6)
        # The gaps between exons vary by chance; the first intron is the longest, as it often is.
        introns = rng.dirichlet([3.0] + [1.5] * (self.exons - 2)) if self.exons > 1 else np.empty(0)
        free = self.end - self.start - int(lengths.sum())
        starts = np.concatenate([[0], np.cumsum(lengths[:-1] + np.floor(introns * free).astype(int))])
        starts[-1] = self.end - self.start - lengths[-1]
        forward = [(self.start + int(s), self.start + int(s + n)) for s, n in zip(starts, lengths, strict=True)]
        if self.strand == "+":
            return forward
        return sorted((self.start + self.end - end, self.start + self.end - start) for start, end in forward)


GENES = (
    SimGene("ALVEN1", 118_000, 158_000, "+", 7, promoter=1.0, expression=0.8),
    SimGene("BRENK2", 208_000, 221_000, "-", 4, promoter=0.6, expression=0.4),
    SimGene("CORVAX", 312_000, 398_000, "+", 14, promoter=0.9, expression=0.6, second_start=22_000),
    SimGene("DORVA1", 552_000, 589_400, "-", 8, promoter=0.7, expression=0.5),
    SimGene("ELVIRO", 590_600, 641_000, "+", 10, promoter=0.9, expression=0.9),
    SimGene("FARNIX", 818_000, 832_000, "+", 3),
    SimGene("GALTOR", 846_000, 861_000, "-", 3),
    SimGene("HOLVEN", 882_000, 907_000, "+", 4),
    SimGene("IRVELA", 1_176_000, 1_238_000, "-", 9),
    SimGene("JUNTAR", 1_424_000, 1_471_000, "+", 6, promoter=0.5, acetylated=False),
    SimGene("KORVEX", 1_694_000, 1_818_000, "-", 17, promoter=1.0, expression=0.7),
    SimGene("LUMARA", 2_021_000, 2_031_500, "+", 3, promoter=0.8, expression=1.0, second_start=3_200),
    SimGene("MIRSOL", 2_152_000, 2_211_000, "-", 7),
)


class Simulation:
    """All tracks of the made-up chromosome: `tracks()` gives (name, values), one value per bin, NaN in the gap."""

    def __init__(self, seed: int = SEED) -> None:
        self._seed = seed
        self.centres: Array = np.arange(BIN / 2, LENGTH, BIN, dtype=np.float64)
        self.unevenness = self._unevenness()

    def tracks(self) -> Iterator[tuple[str, Array]]:
        """Every signal track, as fragments that cover a bin (RNA: reads)."""
        yield "H3K4me3", self._pileup(1, 0.20 + 26 * self._promoters(spread=90))
        yield "H3K27ac", self._pileup(2, 0.25 + 17 * self._acetylation())
        yield "H3K36me3", self._pileup(3, 1.2 + 11 * self._bodies())
        yield "H3K27me3", self._pileup(4, 1.2 + 11 * self._domains())
        yield "RNA-seq", self._rna()
        yield "Input", self._pileup(5, 1.5 + 0.4 * np.minimum(self._promoters(spread=400), 1))

    def _rng(self, part: int) -> np.random.Generator:
        """A generator for each part, so that one track can change without the others."""
        return np.random.default_rng([self._seed, part])

    def _unevenness(self) -> Array:
        """A factor around 1 that wanders over some ten kilobases."""
        knots = self._rng(0).normal(0, 0.15, LENGTH // 12_000 + 2)
        factor: Array = np.exp(np.interp(self.centres, np.arange(len(knots)) * 12_000, knots))
        return factor

    def _bump(self, centre: float, width: float) -> Array:
        bump: Array = np.exp(-0.5 * ((self.centres - centre) / width) ** 2)
        return bump

    def _promoters(self, spread: float, strength: str = "promoter") -> Array:
        """Nucleosomes beside each active start: one upstream, a gap at the start itself, three downstream."""
        density = np.zeros(len(self.centres))
        for gene in GENES:
            if not gene.promoter or (strength == "acetylated" and not gene.acetylated):
                continue
            for offset, weight in ((-260, 0.6), (180, 1.0), (380, 0.8), (600, 0.4)):
                density += gene.promoter * weight * self._bump(gene.tss + gene.sign * offset, spread)
        return density

    def _acetylation(self) -> Array:
        density = 0.6 * self._promoters(spread=220, strength="acetylated")
        for centre, strength in ENHANCERS:
            density += 0.8 * strength * (self._bump(centre - 420, 240) + 0.9 * self._bump(centre + 430, 260))
        return density

    def _bodies(self) -> Array:
        """H3K36me3: nothing at the start of a gene, most before its end, gone 2 kb past it."""
        density = np.zeros_like(self.centres)
        for gene in GENES:
            along = (self.centres - gene.tss) * gene.sign
            length = gene.end - gene.start
            ramp = np.clip((along - 0.08 * length) / (0.5 * length), 0, 1)
            density += gene.expression * ramp * np.clip((length + 2_000 - along) / 2_000, 0, 1)
        return density

    def _domains(self) -> Array:
        """H3K27me3: plateaus with soft edges, patchy over a few kilobases."""
        patches = self._rng(6).gamma(25.0, 1 / 25, LENGTH // 2_500 + 1)
        rough = np.interp(self.centres, np.arange(len(patches)) * 2_500, patches)
        density = np.zeros_like(self.centres)
        for start, end, strength in POLYCOMB:
            edges = np.clip((self.centres - start) / 6_000, 0, 1) * np.clip((end - self.centres) / 6_000, 0, 1)
            density += strength * edges * rough
        return density

    def _rna(self) -> Array:
        """Reads over exons, uneven from place to place; a trace in introns of transcribed genes, none elsewhere."""
        rng = self._rng(7)
        density = np.zeros_like(self.centres)
        for gene in GENES:
            along = np.clip((self.centres - gene.tss) * gene.sign / (gene.end - gene.start), 0, 1)
            inside = _cover(self.centres, [(gene.start, gene.end)])
            level = gene.expression * (0.45 + 0.55 * along)
            density += level * (0.8 * inside + 90 * _cover(self.centres, gene.exon_list))
        uneven = rng.gamma(6.0, 1 / 6, len(density))
        reads = rng.poisson(np.round(density * np.convolve(uneven, np.ones(3) / 3, mode="same"), 4))
        return _with_gap(reads.astype(float), self.centres)

    def _pileup(self, part: int, density: Array) -> Array:
        """Fragments drawn at `density` a bin, and how many cover each bin."""
        # Rounded, so that the last bit of an exponential on another processor changes no draw.
        fragments = self._rng(part).poisson(np.round(density * self.unevenness / 2, 4))
        return _with_gap(np.convolve(fragments, np.ones(FRAGMENT), mode="same"), self.centres)


def _cover(centres: Array, intervals: list[tuple[int, int]]) -> Array:
    """The share of each bin that the intervals cover (they do not overlap)."""
    share = np.zeros_like(centres)
    for start, end in intervals:
        overlap = np.minimum(centres + BIN / 2, end) - np.maximum(centres - BIN / 2, start)
        share += np.clip(overlap, 0, BIN) / BIN
    return share


def _with_gap(values: Array, centres: Array) -> Array:
    return np.where((centres >= GAP[0]) & (centres < GAP[1]), np.nan, values)


FOLD = 4.0
"""A bin is enriched where the pileup is this many times the Input around it ..."""

AROUND = 200
"""... averaged over so many bins (10 kb) ..."""

LEAST, JOIN = 6, 8
"""... and a peak is at least 6 enriched bins (300 bases), gaps of up to 8 bins (400 bases) included."""


def call_peaks(signal: Array, control: Array) -> list[str]:
    """narrowPeak rows of where `signal` rises above `control`; p and q values are -1, which means not computed."""
    local = np.convolve(np.nan_to_num(control), np.ones(AROUND) / AROUND, mode="same")
    fold = np.nan_to_num(signal) / np.maximum(local, 1.0)
    rows: list[str] = []
    for first, last in _enriched(fold):
        summit = first + int(np.argmax(fold[first:last]))
        best = float(fold[summit])
        rows.append(
            f"{CHROM}\t{first * BIN}\t{last * BIN}\tsim_peak_{len(rows) + 1}\t{min(1000, round(best * 10))}\t.\t"
            f"{best:.2f}\t-1\t-1\t{(summit - first) * BIN + BIN // 2}"
        )
    return rows


def _enriched(fold: Array) -> list[tuple[int, int]]:
    """Runs of enriched bins, half-open."""
    runs: list[tuple[int, int]] = []
    for bin_ in np.flatnonzero(fold >= FOLD).tolist():
        if runs and bin_ - runs[-1][1] <= JOIN:
            runs[-1] = (runs[-1][0], bin_ + 1)
        else:
            runs.append((bin_, bin_ + 1))
    return [(first, last) for first, last in runs if last - first >= LEAST]


def gtf_lines() -> Iterator[str]:
    """The genes as GTF (1-based, inclusive): gene, transcript, exon and CDS lines."""
    for number, gene in enumerate(GENES, 1):
        identity = f'gene_id "SIMG{number:04}"; gene_name "{gene.name}";'
        yield _gtf("gene", gene.start, gene.end, gene.strand, identity)
        for isoform, exons in enumerate(_isoforms(gene), 1):
            named = f'{identity} transcript_id "SIMT{number:04}.{isoform}";'
            yield _gtf("transcript", exons[0][0], exons[-1][1], gene.strand, named)
            yield from (_gtf("exon", start, end, gene.strand, named) for start, end in exons)
            yield from (_gtf("CDS", start, end, gene.strand, named) for start, end in _coding(gene, exons))


def _isoforms(gene: SimGene) -> list[list[tuple[int, int]]]:
    """The exons of each isoform. The second one starts further in, with an exon of its own."""
    exons = gene.exon_list
    if not gene.second_start:
        return [exons]
    start = gene.start + gene.second_start  # only genes on the + strand have a second start here
    return [exons, [(start, start + 300), *(exon for exon in exons if exon[0] > start + 300)]]


def _coding(gene: SimGene, exons: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The exons less 120 bases of 5' UTR and all but 250 bases of the 3' exon."""
    first, last = exons[0], exons[-1]
    if gene.strand == "+":
        return [(first[0] + 120, first[1]), *exons[1:-1], (last[0], last[0] + 250)]
    return [(first[1] - 250, first[1]), *exons[1:-1], (last[0], last[1] - 120)]


def _gtf(feature: str, start: int, end: int, strand: str, attributes: str) -> str:
    frame = "0" if feature == "CDS" else "."
    return f"{CHROM}\tsimulated\t{feature}\t{start + 1}\t{end}\t.\t{strand}\t{frame}\t{attributes}"
