"""Signals of spliced transcripts along exons, base by base; what lies off annotated exons; the junctions of a row.

Signals, genes and links in, values out: no file is opened and nothing is judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from renderer.measure.levels import Windowed, merged
from renderer.values.evidence import Gene, LinkEvidence
from renderer.values.exons import ExonLevel, GeneExons, Junction, NovelExon
from renderer.values.levels import Level
from renderer.values.region import Region
from renderer.window.intervals import Link

LEAST_EXONS = 3
"""Exons a gene must show before one of them can be held against the others."""

LEAST_READS = 10.0
"""A gene is expressed if the median of its exons is at least so many times the least level of the window, which is
about one read ..."""

OVER_INTRONS = 3.0
"""... and its exons lie this many times above its introns: else unspliced transcripts, or noise, are counted."""

LEAST_LEVEL = 0.01
"""The least level of the window is that which this share of all levels above 0 stays below: the very least may be
rounding."""

NOVEL_LEAST, NOVEL_MOST, NOVEL_APART, NOVEL_SHARE = 50, 5_000, 15, 0.2
"""An unannotated exon is so long (bp), so far (bp) from annotated ones, and its mean this share of the highest mean of
NOVEL_LEAST bases; it reaches from where the signal passes half of that to where it falls below it."""

NOVEL_EDGE = 0.5
"""The NOVEL_LEAST bases on either side of an exon have less than this share of its mean: an exon has edges."""

BLOCK, BLOCK_EXONS = 0.9, 2
"""A file has one value a gene if some gene of so many exons has one value, not 0, at this share of its bases."""

MOST_NOVEL, MOST_JUNCTIONS = 8, 300
"""Unannotated exons (the highest) and junctions (those with most reads) that are kept."""

Stretch = tuple[int, int]


def gene_exons(signal: Windowed, genes: Sequence[Gene], every: Sequence[Gene], region: Region) -> tuple[GeneExons, ...]:
    """The exons of each of `genes` with some in view, in their order; `every` gene that the signal can be of, these
    among them."""
    unit = _least(signal)
    if has_blocks(signal, every, region):
        blocks = ((gene, block_level(signal, gene, region)) for gene in genes)
        return tuple(
            GeneExons(
                gene.name, gene.start, gene.end, gene.strand, abs(one.mean), None, abs(one.mean), unit, block=True
            )
            for gene, one in blocks
            if one is not None
        )
    return tuple(found for gene in genes if (found := _along(signal, gene, every, region, unit)) is not None)


def has_blocks(signal: Windowed, genes: Iterable[Gene], region: Region) -> bool:
    """Whether the signal is a table of one value a gene, drawn over all of it, introns as well."""
    for gene in genes:
        spliced = len(cut(gene.exons, region)) >= BLOCK_EXONS
        level = block_level(signal, gene, region) if spliced else None
        if level is not None and level.mean and level.covered >= BLOCK:
            return True
    return False


def block_level(signal: Windowed, gene: Gene, region: Region) -> Level | None:
    """The value that most of the gene's bases in view have, `covered` the share of them; None if they have none."""
    start, end = max(gene.start, region.start), min(gene.end, region.end)
    steps = signal.steps
    first, last = round((start - steps.start) / steps.step), round((end - steps.start) / steps.step)
    inside, known = steps.extremes[first:last], steps.counts[first:last] > 0
    if not known.any():
        return None
    values, counts = np.unique(inside[known], return_counts=True)
    most = float(values[counts.argmax()])
    return Level(float(f"{most:.6g}"), most, (start + end) // 2, float(f"{counts.max() / len(inside):.6g}"))


def _least(signal: Windowed) -> float:
    levels = np.abs(signal.steps.extremes)
    levels = levels[levels > 0]
    return float(f"{np.quantile(levels, LEAST_LEVEL):.6g}") if len(levels) else 0.0


def _along(signal: Windowed, gene: Gene, genes: Sequence[Gene], region: Region, unit: float) -> GeneExons | None:
    others = merged(exon for one in genes if one is not gene for exon in one.exons)
    seen = cut([(gene.start, gene.end)], region)
    exonic = mean_over(signal, without(cut(gene.exons, region), others))
    if exonic is None:
        return None
    intronic = mean_over(signal, without(seen, merged([*others, *gene.exons])))
    levels = _exon_levels(signal, gene, others, region)
    median = float(np.median([one.mean for one in levels])) if levels else 0.0
    expressed = (
        len(levels) >= LEAST_EXONS and median >= LEAST_READS * unit > 0 and exonic >= OVER_INTRONS * (intronic or 0.0)
    )
    told = tuple(levels) if expressed else ()
    return GeneExons(gene.name, gene.start, gene.end, gene.strand, exonic, intronic, median, unit, expressed, told)


def exonic_level(signal: Windowed, gene: Gene, others: Iterable[Gene], region: Region) -> Level | None:
    """The level over all bases of the gene's exons in view that none of the `others` has an exon at."""
    taken = merged(exon for one in others if one is not gene for exon in one.exons)
    spans = without(cut(gene.exons, region), taken)
    known = [(level, end - start) for start, end in spans if (level := signal.over(start, end)) is not None]
    if not known:
        return None
    levels, bases = [level for level, _ in known], [length for _, length in known]
    highest = max(levels, key=lambda level: abs(level.maximum))
    mean, covered = (
        float(np.average([getattr(one, of) for one in levels], weights=bases)) for of in ("mean", "covered")
    )
    return Level(float(f"{mean:.6g}"), highest.maximum, highest.summit, float(f"{covered:.6g}"))


def _exon_levels(signal: Windowed, gene: Gene, others: Sequence[Stretch], region: Region) -> list[ExonLevel]:
    """Those of the exons that are wholly in the window."""
    ordered = gene.exons if gene.strand != "-" else gene.exons[::-1]
    return [
        ExonLevel(number, start, end, abs(level.mean), any(left < end and start < right for left, right in others))
        for number, (start, end) in enumerate(ordered, 1)
        if start >= region.start and end <= region.end and (level := signal.over(start, end)) is not None
    ]


def mean_over(signal: Windowed, spans: Sequence[Stretch]) -> float | None:
    """The magnitude of the mean over all bases of these spans; None without a base, or a value."""
    known = [(level.mean, end - start) for start, end in spans if (level := signal.over(start, end)) is not None]
    bases = sum(length for _, length in known)
    return float(f"{abs(sum(mean * length for mean, length in known)) / bases:.6g}") if bases else None


def cut(spans: Iterable[Stretch], region: Region) -> list[Stretch]:
    """The parts of these spans that lie in the window."""
    inside = ((max(start, region.start), min(end, region.end)) for start, end in spans)
    return [(start, end) for start, end in inside if start < end]


def without(spans: Iterable[Stretch], others: Sequence[Stretch]) -> list[Stretch]:
    """What is left of `spans` off the `others`, which are merged and in order."""
    left = []
    for start, end in spans:
        for low, high in others:
            if high <= start or low >= end:
                continue
            if low > start:
                left.append((start, low))
            start = high
        if start < end:
            left.append((start, end))
    return left


def novel_exons(
    signal: Windowed, found: Sequence[GeneExons], genes: Sequence[Gene], region: Region
) -> tuple[NovelExon, ...]:
    """Stretches like exons in the introns of expressed genes, left to right, the MOST_NOVEL highest. `genes` are all
    that are annotated, of either strand: their exons are no news."""
    top = signal.highest(region.start, region.end, NOVEL_LEAST)
    taken = merged((start - NOVEL_APART, end + NOVEL_APART) for gene in genes for start, end in gene.exons)
    expressed = [one for one in found if one.expressed]
    options = []
    for start, end in _runs(signal, NOVEL_SHARE / 2 * top) if top > 0 and expressed else ():
        if not NOVEL_LEAST <= end - start <= NOVEL_MOST or start <= region.start or end >= region.end:
            continue
        home = [one for one in expressed if one.start < start and end < one.end]
        if not home:
            continue
        mean = mean_over(signal, [(start, end)]) or 0.0
        if any(low < end and start < high for low, high in taken) or not _has_edges(signal, start, end, mean):
            continue
        gene = min(home, key=lambda one: one.end - one.start)
        if mean >= max(NOVEL_SHARE * top, LEAST_READS * gene.unit):
            options.append(NovelExon(start, end, gene.gene, mean, float(f"{mean / top:.4g}")))
    highest = sorted(options, key=lambda one: -one.mean)[:MOST_NOVEL]
    return tuple(sorted(highest, key=lambda one: one.start))


def _runs(signal: Windowed, least: float) -> list[Stretch]:
    """Stretches of bases that all reach this level."""
    steps = signal.steps
    above = np.abs(steps.extremes) >= least
    edges = np.flatnonzero(np.diff(np.concatenate(([False], above, [False])).astype(int)))
    return [
        (steps.start + round(first * steps.step), steps.start + round(last * steps.step))
        for first, last in zip(edges[::2], edges[1::2], strict=True)
    ]


def _has_edges(signal: Windowed, start: int, end: int, mean: float) -> bool:
    sides = ((start - NOVEL_LEAST, start), (end, end + NOVEL_LEAST))
    return all((mean_over(signal, [side]) or 0.0) < NOVEL_EDGE * mean for side in sides)


def measure_junctions(links: Sequence[Link], region: Region) -> LinkEvidence:
    """Measure a row of splice junctions: what is between the feet of a link is its intron. Those of one intron are one.

    Kept are the MOST_JUNCTIONS with most reads of those that lie wholly in the window. They are no arcs: a junction is
    told from the next base by base, and joins exons, no places that meet.
    """
    counts: dict[Stretch, float] = {}
    for link in links:
        (_, start), (end, _) = sorted([(link.start1, link.end1), (link.start2, link.end2)])
        if region.start <= start < end <= region.end:
            counts[start, end] = counts.get((start, end), 0.0) + link.score
    most = sorted(counts, key=lambda intron: (-counts[intron], intron))[:MOST_JUNCTIONS]
    found = tuple(Junction(*intron, counts[intron]) for intron in sorted(most))
    return LinkEvidence(len(counts), "dense" if counts else "none", (), found)
