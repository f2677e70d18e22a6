"""What is measured over the same places in every row: levels of signals, shares of states; and what tracks compare.

The last step of measuring, when each row is measured alone and the genes are known. Values in, values out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from renderer.assays.design import guess_design
from renderer.assays.labels import strand_of
from renderer.assays.names import SITES, assay_of, is_signed
from renderer.measure.exons import block_level, exonic_level, gene_exons, has_blocks, novel_exons
from renderer.measure.levels import Windowed, levels, places_of
from renderer.measure.profiles import beyond_ends, likeness, parts_of, sides_of
from renderer.measure.rows import are_states, shares, spans_by_name
from renderer.measure.standing import class_levels, overlaps, standing_of
from renderer.values.evidence import (
    Arc,
    Evidence,
    Gene,
    IntervalEvidence,
    LinkEvidence,
    SignalEvidence,
    TrackEvidence,
)
from renderer.values.levels import START_REACH, Level, Place
from renderer.values.region import Region
from renderer.values.spans import Trough
from renderer.values.track import Track
from renderer.window.intervals import Interval
from renderer.window.signal import Columns, Steps

MOST_GENES = 40
"""Genes whose places are measured, the longest: a window with more shows none of them."""

MOST_NAMED = 30
"""Boxes of one row that are measured by their names."""

MOST_EXONS = 80
"""Exons that are measured one by one, in windows that show them."""

DENSE = 0.8
"""A file is dense that has a value at this share of a window's bases; at the bottom of a dip it then has at as many."""

PARTS = 200
"""Parts of a window among which the usual one is sought: peaks take fewer than half of them."""

EXON_SPAN = 1_000_000
"""In a wider window (bp) exons are not measured one by one ..."""

EXON_STEP = 15.0
"""... and with steps wider than this (bp) they cannot be told from introns."""

MOST_LOOPS, LOOP_SHARE = 3, 0.1
"""Links that are measured between their anchors, the widest: those of at least this share of the window ..."""

FLANK_SHARE = 0.05
"""... and beside them, where at least this share of the window is left."""

ALIKE = 0.9
"""Links whose insides overlap by so much (of both together) are one loop."""


def measure_drawn(evidence: Evidence, tracks: Sequence[Track], columns: Mapping[int, Columns]) -> Evidence:
    """The same of signals of which only equal columns over the window are known, by track number: shape (n,), file
    units, NaN where there is none."""
    region = evidence.region
    steps = {number: Steps.of_means(one, region.start, region.span / len(one)) for number, one in columns.items()}
    return measure_across(evidence, tracks, steps, {})


def measure_across(
    evidence: Evidence,
    tracks: Sequence[Track],
    steps: Mapping[int, Steps],
    intervals: Mapping[int, Sequence[Interval]],
) -> Evidence:
    """The evidence with its places, the level of every signal and the states of every segmentation over each, and the
    design of the tracks."""
    spliced = any(map(is_spliced, tracks))
    by_number = {track.number: track for track in tracks}
    signals = {
        number: Windowed(steps[number], gaps_are_zero(by_number[number]))
        for number, found in evidence.tracks.items()
        if isinstance(found, SignalEvidence) and number in steps and found.state != "no_data"
    }
    region = evidence.region
    viewed = [signals[number] for number in signals if _has_viewpoint(by_number[number])]
    places = (
        *_places(evidence, spliced),
        *_named(evidence),
        *sides_of(viewed, region),
        *_loops(evidence),
        *_parts(evidence, signals, by_number),
    )
    measured: dict[int, TrackEvidence] = {}
    named = {number: spans_by_name(found) for number, found in intervals.items() if are_states(found)}
    for number, found in evidence.tracks.items():
        if isinstance(found, SignalEvidence) and number in signals:
            signal = signals[number]
            found = replace(
                found,
                levels=levels(signal, places),
                usual=_usual(signal),
                standing=None if _both_sides(found, by_number[number]) else standing_of(signal, found.salient, region),
                classes=class_levels(signal, named, region),
                gaps=signal.steps.gaps,
                troughs=tuple(one for one in found.troughs if _is_known(signal, one, region)),
            )
            if own := _transcribed(evidence, by_number[number]):
                found = replace(found, beyond=beyond_ends(signal, own, region))
            if is_spliced(by_number[number]):
                found = _with_exons(found, steps[number], replace(evidence, places=places), by_number[number])
        elif isinstance(found, IntervalEvidence) and number in named:
            found = replace(found, shares=shares(named[number], places, region))
        measured[number] = found
    design = guess_design(tracks)
    alike = likeness(signals, design, region)
    boxes = {number: intervals[number] for number in intervals if number in evidence.tracks and number not in named}
    return replace(
        evidence,
        tracks=measured,
        places=places,
        design=design,
        likeness=alike,
        overlaps=overlaps(boxes, region),
    )


def _is_known(signal: Windowed, trough: Trough, region: Region) -> bool:
    """Whether a dip is one of signal: of a file with a value at most bases, that there are values at its bottom too."""
    reach = max(1, region.span // PARTS // 2)
    here, whole = signal.over(trough.bottom - reach, trough.bottom + reach), signal.over(region.start, region.end)
    if here is None or whole is None or whole.covered < DENSE:
        return True
    return here.covered >= DENSE * whole.covered


def is_spliced(track: Track) -> bool:
    """Whether the signal is one of spliced transcripts."""
    row = assay_of(track)
    return row is not None and row.spliced


def _with_exons(found: SignalEvidence, steps: Steps, evidence: Evidence, track: Track) -> SignalEvidence:
    """A signal of spliced transcripts with what it has over the exons of genes, of its strand if it has one. Its level
    along a gene is that over the exons; none where steps are too coarse to tell them."""
    strand, every, region = strand_of(track), _annotated(evidence), evidence.region
    own = [gene for gene in every if strand in (None, gene.strand)]
    genes = {} if steps.step > EXON_STEP else {(one.name, *_in_view(one, region)): one for one in every}
    signal = Windowed(steps, gaps_are_zero(track))

    blocks = has_blocks(signal, own, region)

    def level_at(place: Place, level: Level | None) -> Level | None:
        if place.kind != "body":
            return level
        gene = genes.get((place.name, place.start, place.end))
        if gene is None:
            return None
        return block_level(signal, gene, region) if blocks else exonic_level(signal, gene, own, region)

    made = (level_at(place, level) for place, level in zip(evidence.places, found.levels, strict=True))
    found = replace(found, levels=tuple(made))
    if not (found.positive or found.negative):  # between genes, or exons, there are no transcripts to be fewer of
        found = replace(found, troughs=())
    if region.span > EXON_SPAN:
        return found
    deep = Windowed(steps.turned(), gaps_are_zero(track)) if found.downwards else signal
    along = gene_exons(deep, [gene for gene in _longest(evidence) if gene in own], own, evidence.region)
    return replace(found, along=along, novel=novel_exons(deep, along, every, evidence.region))


def _transcribed(evidence: Evidence, track: Track) -> list[Gene]:
    """The genes of the strand of a track of nascent RNA; none of any other track."""
    row, strand = assay_of(track), strand_of(track)
    own = row is not None and row.nascent and strand in ("+", "-")
    return [gene for gene in _longest(evidence) if gene.strand == strand] if own else []


def _parts(evidence: Evidence, signals: Mapping[int, Windowed], tracks: Mapping[int, Track]) -> Iterable[Place]:
    """The parts of genes in which nascent RNA steps up, each gene's once."""
    done: set[str] = set()
    for number, signal in signals.items():
        found, own = evidence.signal(number), _transcribed(evidence, tracks[number])
        peaks = found.peaks if found else ()
        parts = parts_of(signal, peaks, [one for one in own if one.name not in done], evidence.region)
        done |= {one.name for one in parts}
        yield from parts


def _in_view(gene: Gene, region: Region) -> tuple[int, int]:
    return max(gene.start, region.start), min(gene.end, region.end)


def _both_sides(found: SignalEvidence, track: Track) -> bool:
    """Whether the signal lies on both sides of 0, so that no peak is higher than all the rest."""
    return bool(found.positive or found.negative) or is_signed(track)


def _has_viewpoint(track: Track) -> bool:
    row = assay_of(track)
    return row is not None and row.viewpoint


def _usual(signal: Windowed) -> float:
    """The median magnitude of PARTS equal parts of the window."""
    known = np.abs(signal.means(PARTS))
    known = known[np.isfinite(known)]
    return float(f"{np.median(known):.6g}") if len(known) else 0.0


def gaps_are_zero(track: Track) -> bool:
    """Whether a base without a value has none of what is counted: of an assay that counts reads, or of none known; not
    of signals that lie on both sides of 0, nor of shares at single sites."""
    row = assay_of(track)
    return not is_signed(track) and (row.counts if row else track.format != SITES)


def _annotated(evidence: Evidence) -> list[Gene]:
    """The genes of all annotations, each once."""
    genes: dict[tuple[str, int], Gene] = {}
    for one in evidence.gene_tracks().values():
        genes |= {(gene.name, gene.start): gene for gene in one.genes}
    return list(genes.values())


def _longest(evidence: Evidence) -> list[Gene]:
    """The MOST_GENES longest genes, left to right."""
    longest = sorted(_annotated(evidence), key=lambda gene: (not gene.named, gene.start - gene.end))[:MOST_GENES]
    return sorted(longest, key=lambda gene: gene.start)


def _places(evidence: Evidence, spliced: bool) -> tuple[Place, ...]:
    found = places_of(evidence.region, _longest(evidence), _spans(evidence))
    exons = [place for place in found if place.kind == "exon"]
    if spliced and evidence.region.span <= EXON_SPAN and len(exons) <= MOST_EXONS:
        return found
    return tuple(place for place in found if place.kind != "exon")


def _named(evidence: Evidence) -> Iterable[Place]:
    """The boxes of rows whose boxes have names of their own, as regulatory elements have: not the states of a
    segmentation, nor numbers of peaks."""
    for found in evidence.tracks.values():
        if isinstance(found, IntervalEvidence) and found.spans:
            boxes = [box for box in found.spans if box.name not in ("", ".")]
            kinds = {box.name.rstrip("0123456789") for box in boxes}
            if 2 * len(boxes) >= len(found.spans) and 2 * len(kinds) > len(boxes) and len(boxes) <= MOST_NAMED:
                yield from (Place("interval", box.start, box.end, box.name) for box in boxes)


def _loops(evidence: Evidence) -> Iterable[Place]:
    """The insides of the widest links, each with what lies beside it, and the anchors of these links."""
    found = (one for one in evidence.tracks.values() if isinstance(one, LinkEvidence))
    arcs = sorted((arc for one in found for arc in one.arcs if arc.inside), key=lambda arc: arc.start1 - arc.end2)
    told: list[Arc] = []
    for arc in arcs:
        new = all(_overlap(arc, other) < ALIKE for other in told)
        if new and len(told) < MOST_LOOPS and arc.start2 - arc.end1 >= LOOP_SHARE * evidence.region.span:
            told.append(arc)
            yield from _loop(arc, evidence.region)
    for start, end in dict.fromkeys(foot for arc in told for foot in ((arc.start1, arc.end1), (arc.start2, arc.end2))):
        reach = max(0, START_REACH - (end - start) // 2)
        yield Place("anchor", max(start - reach, evidence.region.start), min(end + reach, evidence.region.end))


def _loop(arc: Arc, region: Region) -> Iterable[Place]:
    yield Place("loop", arc.end1, arc.start2)
    reach = arc.start2 - arc.end1
    left, right = max(region.start, arc.start1 - reach), min(region.end, arc.end2 + reach)
    for start, end, name in ((left, arc.start1, "left"), (arc.end2, right, "right")):
        if end - start >= FLANK_SHARE * region.span:
            yield Place("flank", start, end, name)


def _overlap(one: Arc, other: Arc) -> float:
    common = min(one.start2, other.start2) - max(one.end1, other.end1)
    return max(0, common) / max(1, max(one.start2, other.start2) - min(one.end1, other.end1))


def _spans(evidence: Evidence) -> Iterable[tuple[int, int]]:
    """Where any signal stands out."""
    for found in evidence.tracks.values():
        if isinstance(found, SignalEvidence):
            yield from ((peak.start, peak.end) for peak in found.salient)
            yield from ((domain.start, domain.end) for domain in found.domains if domain.salient)
