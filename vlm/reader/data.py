"""Batches of training strips from shards, labelled as they are read, mirrored at random."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vlm.reader import simulate, tokens


@dataclass(frozen=True)
class Batch:
    """Strips (n, HEIGHT, WIDTH) with what is to be learned of them."""

    ink: npt.NDArray[np.uint8]
    answers: list[list[int]]
    heights: npt.NDArray[np.float32]


class Shards:
    """All shards of a folder; new ones are picked up by `refresh` while they are still being drawn."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._loaded: dict[Path, dict[str, npt.NDArray[np.generic]]] = {}
        self.refresh()

    def refresh(self) -> None:
        """Read shards that have appeared since."""
        for path in sorted(self.folder.glob("*.npz")):
            if path not in self._loaded:
                with np.load(path) as arrays:
                    self._loaded[path] = {name: arrays[name] for name in ("ink", "columns", "vmax")}

    def __len__(self) -> int:
        """Strips at hand."""
        return sum(len(arrays["ink"]) for arrays in self._loaded.values())

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        """A random batch, every other strip mirrored."""
        shards = list(self._loaded.values())
        rows = [(shards[rng.integers(len(shards))], rng.random() < 0.5) for _ in range(size)]
        return make_batch([_row(arrays, int(rng.integers(len(arrays["ink"]))), flip) for arrays, flip in rows])


Strip = tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32], float]


def _row(arrays: dict[str, npt.NDArray[np.generic]], index: int, flip: bool) -> Strip:
    ink, columns = arrays["ink"][index], arrays["columns"][index]
    if flip:
        ink, columns = ink[:, ::-1], columns[::-1]
    return (
        np.asarray(ink, dtype=np.uint8),
        np.asarray(columns, dtype=np.float32),
        float(arrays["vmax"][index]),
    )


def make_batch(strips: list[Strip]) -> Batch:
    """Label strips given as (ink, columns, drawn maximum)."""
    evidence = [simulate.label(columns, vmax) for _, columns, vmax in strips]
    return Batch(
        np.stack([ink for ink, _, _ in strips]),
        [tokens.encode(found, simulate.WINDOW) for found in evidence],
        np.stack([simulate.dense_target(columns, vmax) for _, columns, vmax in strips]),
    )


def read_strips(folder: Path, most: int) -> list[Strip]:
    """The first `most` strips of a folder of shards, as (ink, columns, drawn maximum)."""
    rows: list[Strip] = []
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as shard:
            arrays = {name: shard[name] for name in ("ink", "columns", "vmax")}
        rows += [_row(arrays, index, flip=False) for index in range(min(len(arrays["ink"]), most - len(rows)))]
        if len(rows) >= most:
            break
    return rows
