"""What a signal track shows over the genes of the window: at their start, along the body, in exons and introns.

Computed from the drawn columns, as everything that is measured, so a figure and its evidence never disagree.
Columns and genes in, numbers out; what they mean is said elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from renderer.values.evidence import Gene, GeneEvidence, GeneSignal, SignalEvidence, TrackEvidence
from renderer.values.region import Region
from renderer.window.signal import Columns

GENE_SHARE = 0.02
"""A gene is measured if its visible part takes this share of the window: 20 of 1000 columns."""

START_REACH = 500
"""What lies this close (bp) to a gene's start is its start: half a promoter ..."""

START_COLUMNS = 2
"""... or this many columns, where they are wider than that."""

BODY_COLUMNS = 5
"""A body of fewer columns is not told from the start."""

INTRON_COLUMNS = 8
"""Exons are told from introns if at least this many columns of the gene touch no exon ..."""

EXON_RUNS = 2
"""... and its exons are drawn as at least this many separate boxes."""

SEEN_FOLD = 2.0
"""An exon is seen if its highest column has at least this many times the mean of the introns ..."""

SEEN_HEIGHT = 0.02
"""... and is drawn at least this high (a share of the range): one pixel."""

OUTSIDE_SHARE = 0.05
"""If genes leave less than this share of the columns, the whole window stands for what is outside them."""

Array = npt.NDArray[np.float64]


def add_gene_signals(
    tracks: Mapping[int, TrackEvidence], columns: Mapping[int, Columns], region: Region
) -> dict[int, TrackEvidence]:
    """The evidence of all tracks, each signal's with what it shows over the genes of the annotation tracks.

    `columns` holds the drawn columns (n,) of each signal track, by number.
    """
    annotations = [found.genes for found in tracks.values() if isinstance(found, GeneEvidence)]
    genes = list({(gene.name, gene.start): gene for one in annotations for gene in one}.values())
    places: dict[int, _Places] = {}
    measured = dict(tracks)
    for number, found in tracks.items():
        if isinstance(found, SignalEvidence) and number in columns and genes:
            n = len(columns[number])
            if n not in places:
                places[n] = _Places.of(genes, region, n)
            measured[number] = replace(found, genes=_measure_genes(columns[number], places[n], region, found))
    return measured


@dataclass(frozen=True)
class _Places:
    """The genes that are long enough on screen, left to right, with the share of each of `n` columns that their exons
    take; and the columns that no gene touches."""

    genes: tuple[tuple[Gene, Array], ...]
    free: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, genes: Sequence[Gene], region: Region, n: int) -> _Places:
        shown = sorted((g for g in genes if _visible(g, region) >= GENE_SHARE * region.span), key=_order)
        free = np.ones(n, dtype=bool)
        for gene in genes:
            free[_columns(gene.start, gene.end, region, n)] = False
        return cls(tuple((gene, _exon_share(gene, region, n)) for gene in shown), free)


def _visible(gene: Gene, region: Region) -> int:
    return min(gene.end, region.end) - max(gene.start, region.start)


def _order(gene: Gene) -> tuple[int, int, str]:
    return gene.start, gene.end, gene.name


def _measure_genes(columns: Columns, places: _Places, region: Region, found: SignalEvidence) -> tuple[GeneSignal, ...]:
    if found.state == "no_data":
        return ()
    values = _depth(columns, found)
    enough = places.free.mean() >= OUTSIDE_SHARE
    outside = _rounded(float(values[places.free].mean() if enough else values.mean()))
    least = SEEN_HEIGHT * max(found.vmax, -found.vmin)
    return tuple(_measure(gene, exons, values, region, outside, least) for gene, exons in places.genes)


def _depth(columns: Columns, found: SignalEvidence) -> Array:
    """Columns measured from 0 in the direction the track is drawn; 0 where there is no data."""
    signed = -columns if found.downwards else columns
    depth: Array = np.clip(np.nan_to_num(signed), 0, None)
    return depth


def _columns(start: float, end: float, region: Region, n: int) -> slice:
    """The columns that the interval [start, end) touches."""
    first = int(np.floor((start - region.start) / region.span * n))
    last = int(np.ceil((end - region.start) / region.span * n))
    return slice(min(n, max(0, first)), min(n, max(0, last)))


def _measure(gene: Gene, weights: Array, values: Array, region: Region, outside: float, least: float) -> GeneSignal:
    reach = max(START_REACH, START_COLUMNS * region.span / len(values))
    first = gene.first_base
    tss = None
    if region.start <= first < region.end and gene.strand in ("+", "-"):
        tss = _mean(values[_columns(first - reach, first + reach, region, len(values))])
    start = gene.start if gene.strand == "-" else gene.start + reach
    end = gene.end - reach if gene.strand == "-" else gene.end
    body = values[_columns(start, end, region, len(values))]
    seen = len(body) >= BODY_COLUMNS
    inside = _columns(gene.start, gene.end, region, len(values))
    exons, introns, share = _exons(weights[inside], values[inside], least)
    return GeneSignal(
        gene.name,
        gene.start,
        gene.end,
        gene.strand,
        tss,
        _mean(body) if seen else None,
        _rounded(float(np.median(body))) if seen else None,
        exons,
        introns,
        share,
        outside,
    )


def _mean(values: Array) -> float | None:
    return _rounded(float(values.mean())) if len(values) else None


def _rounded(value: float) -> float:
    """To six digits, which is more than a drawing shows: a record holds many of these."""
    return float(f"{value:.6g}")


def _exons(weights: Array, shown: Array, least: float) -> tuple[float | None, float | None, float | None]:
    """The mean in exons and introns of a gene's columns, and the share of exons that stand out."""
    introns = shown[weights == 0]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], weights > 0, [False]]).astype(int))).reshape(-1, 2)
    if len(introns) < INTRON_COLUMNS or len(edges) < EXON_RUNS:
        return None, None, None
    level = float(introns.mean())
    tops = [float(shown[start:end].max()) for start, end in edges]
    share = float(np.mean([top >= max(SEEN_FOLD * level, least) and top > 0 for top in tops]))
    return _rounded(float(np.average(shown, weights=weights))), _rounded(level), _rounded(share)


def _exon_share(gene: Gene, region: Region, n: int) -> Array:
    """The share of each of `n` columns that exons take."""
    share = np.zeros(n)
    width = region.span / n
    left = region.start + np.arange(n) * width
    for start, end in gene.exons:
        at = _columns(start, end, region, n)
        share[at] += np.clip(np.minimum(end, left[at] + width) - np.maximum(start, left[at]), 0, None) / width
    return share
