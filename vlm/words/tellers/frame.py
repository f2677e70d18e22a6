"""The first sentence of a caption: whose tracks, which window, its genes, what is compared, in what unit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from renderer.values.track import Scene
from vlm.values.claim import Judged
from vlm.words.clauses.clause import Frame
from vlm.words.parts import Compared, Stranded
from vlm.words.places import Sentence, Setting, sentence
from vlm.words.profiles import supported

MOST_GENES = 4
"""Genes named in the first sentence; the rest is counted."""

CROWD = 20
"""Of more genes than this in a window none is named for being there."""

MOST_SAMPLES = 2

UNKNOWN = re.compile(r"not stated|unknown|not named|unlabel|unspecified|n/?a$", re.IGNORECASE)
"""What a sample is called that nobody named."""

CONTROLLED = ("control", "strand")


@dataclass(frozen=True)
class _Named:
    """A gene of which a supported claim tells."""

    id: int
    name: str
    strand: str
    start: int
    end: int


def tell_frame(judged: Sequence[Judged], scene: Scene, setting: Setting, worth: set[str]) -> Sentence:
    """The frame of a caption. `worth` are the names of genes that a caption would use."""
    counts = [(n, int(one.measured["count"])) for n, one in supported(judged) if one.claim.kind == "gene_count"]
    counted, total = [number for number, _ in counts[:1]], counts[0][1] if counts else None
    compared, ids = _compared(judged)
    about: dict[str, Any] = {
        "samples": _samples(scene, compared),
        "compared": compared,
        "heights": any(track.kind == "signal" for track in scene.tracks),
        "unknown": any(_unknown(one.measured) for _, one in supported(judged)),
    }
    genes = _named_genes(judged, worth) if total != 0 else []
    if not genes or (total or 0) > CROWD:
        return sentence(Frame(scene.assembly, total, **about), [*counted, *ids])
    home = next((gene for gene in genes if gene.start <= scene.region.start and gene.end >= scene.region.end), None)
    if home and len(genes) == 1 and total in (None, 1):
        inside = Stranded(home.strand, (home.name,))
        return sentence(Frame(scene.assembly, total, (inside,), inside=True, **about), [home.id, *counted, *ids])
    shown = _shown(genes, judged)
    others = max(0, (total or len(genes)) - len(shown))
    frame = Frame(scene.assembly, total, _by_strand(shown), others, **about)
    return sentence(frame, [*(gene.id for gene in shown), *(counted if others else ()), *ids])


def brief(frame: Frame) -> tuple[Frame, Frame]:
    """The same without its unit, and without genes too, for a caption that must be short."""
    plain = replace(frame, heights=False, unknown=False)
    return plain, Frame(frame.assembly, samples=frame.samples, compared=frame.compared)


def _samples(scene: Scene, compared: Compared | None) -> tuple[str, ...]:
    """Whose tracks they are, if of few; not those that are compared, which are named with what is compared."""
    named = dict.fromkeys(track.sample for track in scene.tracks if track.sample and track.kind != "genes")
    if any(UNKNOWN.search(name) for name in named):
        return ()
    samples = tuple(name for name in named if len(name) <= 30)
    if len(samples) > MOST_SAMPLES or len(samples) < len(named) or (compared and compared.factor == "sample"):
        return ()
    return samples


def _compared(judged: Sequence[Judged]) -> tuple[Compared | None, list[int]]:
    """The first contrast of which a claim tells: an ordered one with all its conditions."""
    for kind in ("trend", "contact_side", "level_differs", "profiles_alike", "level_alike"):
        for number, one in supported(judged):
            told = one.measured
            if one.claim.kind != kind or told.get("factor") in CONTROLLED or not told.get("assay"):
                continue
            if kind == "trend":
                return Compared(str(told["assay"]), tuple(map(str, told["names"])), str(told["factor"])), [number]
            if told.get("first") is not None:
                names = sorted((_name(told["first"]), _name(told["second"])))
                return Compared(str(told["assay"]), tuple(names), str(told.get("factor", ""))), [number]
    return None, []


def _name(side: object) -> str:
    return str(side["name"]) if isinstance(side, Mapping) else str(side)


def _unknown(measured: Mapping[str, Any]) -> bool:
    return measured.get("depth") == "unknown" and measured.get("factor") not in CONTROLLED


def _named_genes(judged: Sequence[Judged], worth: set[str]) -> list[_Named]:
    """Genes with a symbol, those worth a caption's words if there are any."""
    genes = [
        _Named(number, str(one.measured["name"]), str(one.measured["strand"]), one.claim.start, one.claim.end)
        for number, one in supported(judged)
        if one.claim.kind == "gene" and one.measured.get("named", True)
    ]
    return [gene for gene in genes if gene.name in worth] or genes


def _shown(genes: Sequence[_Named], judged: Sequence[Judged]) -> list[_Named]:
    """The genes that are named: those with a peak at their start first, then the longest; left to right."""
    started = {one.measured["gene"] for _, one in supported(judged) if one.claim.kind == "peak_at_tss"}
    ranked = sorted(genes, key=lambda gene: (gene.name not in started, gene.start - gene.end))
    once = list({gene.name: gene for gene in reversed(ranked)}.values())[::-1]
    return sorted(once[:MOST_GENES], key=lambda gene: gene.start)


def _by_strand(shown: Sequence[_Named]) -> tuple[Stranded, ...]:
    """Neighbours of one strand together; where strands alternate, all genes of a strand."""
    runs = [(strand, tuple(gene.name for gene in some)) for strand, some in groupby(shown, lambda gene: gene.strand)]
    if len(runs) > 2:
        strands = dict.fromkeys(strand for strand, _ in runs)
        runs = [(strand, tuple(gene.name for gene in shown if gene.strand == strand)) for strand in strands]
    return tuple(Stranded(strand, names) for strand, names in runs)
