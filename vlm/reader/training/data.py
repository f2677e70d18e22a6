"""Batches of training strips from shards, mirrored at random. See `shards` for what a shard holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from renderer.values.evidence import (
    ContactEvidence,
    IntervalEvidence,
    LinkEvidence,
    SignalEvidence,
    TrackEvidence,
)
from renderer.values.region import Region
from vlm.reader.strips import Ink
from vlm.reader.training.encode import encode
from vlm.reader.training.shards import Arrays, Strip, load_shard, strip_of

SHARES = {"signal": 0.68, "intervals": 0.12, "links": 0.10, "contacts": 0.10}
"""Share of a batch by the kind of track, among the kinds there are. Signals are most of what is said."""


@dataclass(frozen=True)
class Batch:
    """Strips (n, HEIGHT, WIDTH) with what is to be learned of them; heights (n, LOCATIONS)."""

    ink: Ink
    answers: list[list[int]]
    heights: npt.NDArray[np.float32]


class Shards:
    """All shards of a folder; new ones are picked up by `refresh` while they are still being drawn."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._loaded: dict[Path, Arrays] = {}
        self._by_kind: dict[str, list[tuple[Arrays, int]]] = {}
        self.refresh()

    def refresh(self) -> None:
        """Read shards that have appeared since."""
        for path in sorted(self.folder.glob("*.npz")):
            if path not in self._loaded:
                self._loaded[path] = arrays = load_shard(path)
                for index, kind in enumerate(arrays["kind"].tolist()):
                    self._by_kind.setdefault(kind, []).append((arrays, index))

    def __len__(self) -> int:
        """Strips at hand."""
        return sum(map(len, self._by_kind.values()))

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        """A random batch, every other strip mirrored."""
        kinds = list(self._by_kind)
        shares = np.array([SHARES[kind] for kind in kinds])
        picks = rng.choice(len(kinds), size, p=shares / shares.sum())
        return make_batch([self._pick(rng, self._by_kind[kinds[pick]]) for pick in picks])

    def _pick(self, rng: np.random.Generator, places: list[tuple[Arrays, int]]) -> Strip:
        strip = strip_of(*places[int(rng.integers(len(places)))])
        return mirror(strip) if rng.random() < 0.5 else strip


def read_strips(folder: Path, most: int) -> list[Strip]:
    """The first `most` strips of a folder of shards, taken from all of them in turn."""
    shards = [load_shard(path) for path in sorted(folder.glob("*.npz"))]
    places = sorted((index, number) for number, arrays in enumerate(shards) for index in range(len(arrays["ink"])))
    return [strip_of(shards[number], index) for index, number in places[:most]]


def make_batch(strips: list[Strip]) -> Batch:
    """Strips as arrays, with the answers that are to be learned."""
    return Batch(
        np.stack([strip.ink for strip in strips]),
        [encode(strip.evidence, strip.region) for strip in strips],
        np.stack([strip.heights for strip in strips]),
    )


def parts(strips: list[Strip], size: int) -> Iterator[list[Strip]]:
    """The strips in lists of at most `size`."""
    return (strips[start : start + size] for start in range(0, len(strips), size))


# --- mirroring


def mirror(strip: Strip) -> Strip:
    """The strip and its evidence turned round, left to right."""
    turned = mirror_evidence(strip.evidence, strip.region)
    arcs = strip.traced and tuple(replace(one, left=1 - one.right, right=1 - one.left) for one in strip.traced)
    return Strip(np.ascontiguousarray(strip.ink[:, ::-1]), turned, strip.region, strip.heights[::-1].copy(), arcs)


def mirror_evidence(evidence: TrackEvidence, region: Region) -> TrackEvidence:
    """The evidence of a window read from right to left. Genes are not mirrored: they are not read."""
    if isinstance(evidence, SignalEvidence):
        peaks = tuple(replace(p, **_turn(p, region), summit=_back(p.summit, region)) for p in reversed(evidence.peaks))
        domains = tuple(replace(d, **_turn(d, region)) for d in reversed(evidence.domains))
        return replace(evidence, peaks=peaks, domains=domains)
    if isinstance(evidence, IntervalEvidence):
        return replace(evidence, spans=tuple(replace(span, **_turn(span, region)) for span in reversed(evidence.spans)))
    if isinstance(evidence, LinkEvidence):
        return replace(evidence, arcs=tuple(_turn_arc(arc, region) for arc in evidence.arcs))
    if isinstance(evidence, ContactEvidence):
        turned = tuple(replace(b, position=_back(b.position, region)) for b in reversed(evidence.boundaries))
        return replace(evidence, boundaries=turned)
    return evidence


def _back(position: int, region: Region) -> int:
    return region.end - 1 - (position - region.start)


def _turn(part: Any, region: Region) -> dict[str, Any]:
    return {"start": _back(part.end - 1, region), "end": _back(part.start, region) + 1}


def _turn_arc(arc: Any, region: Region) -> Any:
    first, second = (arc.start2, arc.end2), (arc.start1, arc.end1)
    (start1, end1), (start2, end2) = (
        (_back(end - 1, region), _back(start, region) + 1) for start, end in (first, second)
    )
    return replace(arc, start1=start1, end1=end1, start2=start2, end2=end2)
