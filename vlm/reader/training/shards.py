"""Shards: files of strips with what was measured of each.

A shard is an .npz file: `ink` (n, HEIGHT, WIDTH) uint8, `heights` (n, LOCATIONS) float16, `region` (n, 2) int64, `kind`
(n,), and as JSON `evidence` (n,), that of one track in its region, `traced` (n,), the arcs in its picture, and `seen`
(n,), what its heights show. They are
labelled when they are drawn: measuring takes half as long as that.
"""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from renderer.values.evidence import Evidence, LinkEvidence, SignalEvidence, TrackEvidence, type_of
from renderer.values.region import Region
from vlm.reader import strips, tokens
from vlm.reader.ink.arcs import Traced, trace
from vlm.reader.pointing import drawn_heights
from vlm.values.claim import Claim

CHROM = "chr1"
"""The name is not kept: no strip shows it."""

Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Drawn:
    """One drawn track: the ink of its box at the size it was drawn, what was measured of it in its window, and what is
    seen in the ink of a signal, as claims on track 1."""

    box: strips.Ink
    evidence: TrackEvidence
    region: Region
    seen: tuple[Claim, ...] | None = None


@dataclass(frozen=True)
class Strip:
    """One strip (HEIGHT, WIDTH) with what was measured of it, and its drawn heights (LOCATIONS,), NaN if no signal.

    `traced` are the arcs in the picture of a row of links, None of another kind; `seen` see `Drawn`.
    """

    ink: strips.Ink
    evidence: TrackEvidence
    region: Region
    heights: npt.NDArray[np.float32]
    traced: tuple[Traced, ...] | None = None
    seen: tuple[Claim, ...] | None = None


@dataclass
class Sink:
    """Collects drawn tracks as strips."""

    _strips: list[Strip] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._strips)

    def add(self, drawn: Drawn) -> None:
        """Keep one."""
        box, found = drawn.box, drawn.evidence
        traced = tuple(trace(box)) if isinstance(found, LinkEvidence) else None
        self._strips.append(
            Strip(strips.to_strip(box), _bare(found), drawn.region, _heights(box, found), traced, drawn.seen)
        )

    def write(self, path: Path, size: int) -> None:
        """The first `size` of them as a shard."""
        kept = self._strips[:size]
        partial = path.with_suffix(".part")
        with partial.open("wb") as out:
            np.savez_compressed(
                out,
                ink=np.stack([strip.ink for strip in kept]),
                heights=np.stack([strip.heights for strip in kept]).astype(np.float16),
                region=np.array([(strip.region.start, strip.region.end) for strip in kept]),
                kind=np.array([type_of(strip.evidence) for strip in kept]),
                evidence=np.array([_to_json(strip) for strip in kept]),
                seen=np.array([json.dumps(_said(strip.seen)) for strip in kept]),
                traced=np.array([json.dumps([astuple(one) for one in strip.traced or ()]) for strip in kept]),
            )
        partial.rename(path)


def _bare(evidence: TrackEvidence) -> TrackEvidence:
    """Without what is not seen in the strip."""
    if not isinstance(evidence, SignalEvidence):
        return evidence
    return replace(evidence, genes=(), levels=(), positive=(), negative=(), troughs=(), background=None)


def _heights(box: strips.Ink, evidence: TrackEvidence) -> npt.NDArray[np.float32]:
    """The highest drawn column of each location bin, 0 to 1: what the vision tower regresses beside the claims."""
    if not isinstance(evidence, SignalEvidence):
        return np.full(tokens.LOCATIONS, np.nan, dtype=np.float32)
    heights = drawn_heights(box) / max(1, len(box))
    starts = np.arange(tokens.LOCATIONS) * len(heights) // tokens.LOCATIONS
    highest: npt.NDArray[np.float32] = np.maximum.reduceat(heights, starts).astype(np.float32)
    return highest


def _to_json(strip: Strip) -> str:
    return json.dumps(Evidence(strip.region, {1: strip.evidence}).to_json()["1"])


def _said(seen: tuple[Claim, ...] | None) -> list[list[Any]] | None:
    return None if seen is None else [[one.kind, one.start, one.end, one.value] for one in seen]


def load_shard(path: Path) -> Arrays:
    """The arrays of a shard."""
    with np.load(path) as arrays:
        return {name: arrays[name] for name in arrays.files}


def strip_of(arrays: Arrays, index: int) -> Strip:
    """One strip of a shard."""
    start, end = arrays["region"][index].tolist()
    region = Region(CHROM, start, end)
    found = Evidence.from_json(region, {"1": json.loads(str(arrays["evidence"][index]))}).tracks[1]
    arcs = tuple(Traced(*one) for one in json.loads(str(arrays["traced"][index])))
    traced = arcs if isinstance(found, LinkEvidence) else None
    said = json.loads(str(arrays["seen"][index])) if "seen" in arrays else None
    seen = None if said is None else tuple(Claim(kind, (1,), *rest) for kind, *rest in said)
    return Strip(arrays["ink"][index], found, region, arrays["heights"][index].astype(np.float32), traced, seen)
