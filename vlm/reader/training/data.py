"""Batches of training strips from shards, labelled as they are read, mirrored at random.

A shard is an .npz file. Of signals it holds `ink` (n, HEIGHT, WIDTH) uint8, `columns` (n, LABEL_COLUMNS) and `vmax`
(n,) float32, from which evidence is measured when a strip is read, so that a change of `measure` needs no new drawing.
Of other tracks it holds `ink` and `evidence` (n,), each the JSON of one track's evidence in `simulate.WINDOW`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from renderer.values.evidence import (
    ContactEvidence,
    Evidence,
    IntervalEvidence,
    LinkEvidence,
    SignalEvidence,
    TrackEvidence,
)
from vlm.reader import tokens
from vlm.reader.training import simulate
from vlm.reader.training.encode import encode

SHARES = {"signal": 0.42, "intervals": 0.16, "links": 0.22, "contacts": 0.20}
"""Share of a batch by the kind of track, among the kinds that have shards. Signals are most of what is said; arcs and
boundaries are learned late."""

NO_HEIGHTS = np.full(tokens.LOCATIONS, np.nan, dtype=np.float32)

Ink = npt.NDArray[np.uint8]
Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Strip:
    """One strip (HEIGHT, WIDTH) with what was measured of it, and its drawn heights (LOCATIONS,), NaN if no signal."""

    ink: Ink
    evidence: TrackEvidence
    heights: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Batch:
    """Strips (n, HEIGHT, WIDTH) with what is to be learned of them."""

    ink: Ink
    answers: list[list[int]]
    heights: npt.NDArray[np.float32]


class Shards:
    """All shards of a folder; new ones are picked up by `refresh` while they are still being drawn.

    The kind of a shard is the part of its name before the first '-'.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._loaded: dict[Path, Arrays] = {}
        self.refresh()

    def refresh(self) -> None:
        """Read shards that have appeared since."""
        for path in sorted(self.folder.glob("*.npz")):
            if path not in self._loaded:
                self._loaded[path] = _load(path)

    def __len__(self) -> int:
        """Strips at hand."""
        return sum(len(arrays["ink"]) for arrays in self._loaded.values())

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        """A random batch, every other strip mirrored."""
        by_kind: dict[str, list[Arrays]] = {}
        for path, arrays in self._loaded.items():
            by_kind.setdefault(path.name.partition("-")[0], []).append(arrays)
        kinds = list(by_kind)
        shares = np.array([SHARES[kind] for kind in kinds])
        picks = rng.choice(len(kinds), size, p=shares / shares.sum())
        return make_batch([self._pick(rng, by_kind[kinds[pick]]) for pick in picks])

    def _pick(self, rng: np.random.Generator, shards: list[Arrays]) -> Strip:
        arrays = shards[rng.integers(len(shards))]
        strip = read_strip(arrays, int(rng.integers(len(arrays["ink"]))))
        return mirror(strip) if rng.random() < 0.5 else strip


def _load(path: Path) -> Arrays:
    with np.load(path) as arrays:
        return {name: arrays[name] for name in arrays.files}


def read_strip(arrays: Arrays, index: int) -> Strip:
    """One strip of a shard, measured."""
    ink = arrays["ink"][index]
    if "evidence" in arrays:
        found = json.loads(str(arrays["evidence"][index]))
        return Strip(ink, Evidence.from_json(simulate.WINDOW, {"1": found}).tracks[1], NO_HEIGHTS)
    columns, vmax = arrays["columns"][index], float(arrays["vmax"][index])
    return Strip(ink, simulate.label(columns, vmax), simulate.dense_target(columns, vmax))


def read_strips(folder: Path, most: int) -> list[Strip]:
    """The first `most` strips of a folder of shards, taken from all of them in turn."""
    shards = [_load(path) for path in sorted(folder.glob("*.npz"))]
    places = sorted((index, number) for number, arrays in enumerate(shards) for index in range(len(arrays["ink"])))
    return [read_strip(shards[number], index) for index, number in places[:most]]


def make_batch(strips: list[Strip]) -> Batch:
    """Strips as arrays, with the answers that are to be learned."""
    return Batch(
        np.stack([strip.ink for strip in strips]),
        [encode(strip.evidence, simulate.WINDOW) for strip in strips],
        np.stack([strip.heights for strip in strips]),
    )


def parts(strips: list[Strip], size: int) -> Iterator[list[Strip]]:
    """The strips in lists of at most `size`."""
    return (strips[start : start + size] for start in range(0, len(strips), size))


# --- mirroring


def mirror(strip: Strip) -> Strip:
    """The strip and its evidence turned round, left to right."""
    return Strip(np.ascontiguousarray(strip.ink[:, ::-1]), mirror_evidence(strip.evidence), strip.heights[::-1].copy())


def mirror_evidence(evidence: TrackEvidence) -> TrackEvidence:
    """The evidence of a window read from right to left. Genes are not mirrored: they are not read."""
    if isinstance(evidence, SignalEvidence):
        peaks = tuple(replace(p, **_turn(p), summit=_back(p.summit)) for p in reversed(evidence.peaks))
        return replace(evidence, peaks=peaks, domains=tuple(replace(d, **_turn(d)) for d in reversed(evidence.domains)))
    if isinstance(evidence, IntervalEvidence):
        return replace(evidence, spans=tuple(replace(span, **_turn(span)) for span in reversed(evidence.spans)))
    if isinstance(evidence, LinkEvidence):
        return replace(evidence, arcs=tuple(_turn_arc(arc) for arc in evidence.arcs))
    if isinstance(evidence, ContactEvidence):
        turned = tuple(replace(b, position=_back(b.position)) for b in reversed(evidence.boundaries))
        return replace(evidence, boundaries=turned)
    return evidence


def _back(position: int) -> int:
    return simulate.WINDOW.end - 1 - (position - simulate.WINDOW.start)


def _turn(part: Any) -> dict[str, Any]:
    return {"start": _back(part.end - 1), "end": _back(part.start) + 1}


def _turn_arc(arc: Any) -> Any:
    first, second = (arc.start2, arc.end2), (arc.start1, arc.end1)
    (start1, end1), (start2, end2) = ((_back(end - 1), _back(start) + 1) for start, end in (first, second))
    return replace(arc, start1=start1, end1=end1, start2=start2, end2=end2)
