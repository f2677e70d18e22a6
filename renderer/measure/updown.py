"""Up-down segmentation: the best cut of a row of numbers into ground and raised parts, found exactly.

The model is PeakSeg's (Hocking et al. 2015, ICML; 2020, JMLR 21:87): parts alternate ground, raised, ground ...; a
raised part's level is at least FOLD times that of both neighbours; least is the sum of Poisson losses, weighted by the
bases of each number, and a penalty for each raised part. Levels lie on a grid, so one pass over the numbers, with all
levels at once, finds the optimum in O(numbers x levels). Knows nothing of genomes, files or figures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

LEVELS = 96
"""Levels of the grid, a factor of 1.09 apart ..."""

REACH = 3000.0
"""... from the highest number down to this part of it: a part of next to nothing is as good as one of nothing."""

FOLD = 2.0
"""A raised part is at least twice the ground on either side of it: less is a matter of taste."""


@dataclass(frozen=True)
class Part:
    """Numbers [start, end) at one level."""

    start: int
    end: int
    raised: bool
    level: float

    def __len__(self) -> int:
        return self.end - self.start

    @property
    def columns(self) -> slice:
        """Its numbers in the row."""
        return slice(self.start, self.end)


@dataclass(frozen=True)
class Limits:
    """What the numbers alone do not tell: `floor` is the least level of ground, `cap` the highest, and `usual` the
    level that is taken to lie left of the first number: if it is raised, then over that."""

    floor: float = 0.0
    cap: float = np.inf
    usual: float = 0.0


def updown(numbers: Array, weights: Array, penalty: float, limits: Limits = Limits()) -> list[Part]:
    """The best parts of `numbers` (shape (n,), not negative), left to right, over all of them.

    `weights` (shape (n,)) are the bases of each number; one of weight 0 is not known and goes with what is before it.
    Empty if nothing is above 0.
    """
    top = float(numbers.max(initial=0.0))
    if top <= 0:
        return []
    values, bases, starts = _runs(numbers, weights)
    levels = np.geomspace(min(max(top / REACH, limits.floor), top / (FOLD * 1.5)), top, LEVELS)
    parts = _best(_Costs(levels, values, bases, penalty, limits))
    edges = np.append(starts, len(numbers))
    return [Part(int(edges[part.start]), int(edges[part.end]), part.raised, part.level) for part in parts]


def _runs(numbers: Array, weights: Array) -> tuple[Array, Array, npt.NDArray[np.intp]]:
    """Neighbours of one value as one number: no part need end between them. Value, bases and start of each."""
    known = np.flatnonzero(weights > 0)
    last = np.maximum.accumulate(np.where(weights > 0, np.arange(len(numbers)), known[0] if len(known) else 0))
    filled = numbers[last]
    starts = np.flatnonzero(np.concatenate([[True], filled[1:] != filled[:-1]]))
    return filled[starts], np.add.reduceat(weights, starts), starts


GROUND, RAISED = 0, 1


class _Costs:
    """The least cost of every prefix of the numbers that ends at each level, in ground or raised.

    Rows of `ends` and `entries` (numbers, 2, levels) are GROUND, levels upwards, and RAISED, levels downwards, so that
    one running minimum over both gives the best part to come from: lower ground, and higher raised.

    Measuring a figure waits for these rows, so each lies in one piece of memory: before the levels of either kind stand
    `step` places of infinite cost. Read backwards, a row then has what is left of a number, at the other kind of part
    and FOLD away, at the place where that would begin.
    """

    def __init__(self, levels: Array, values: Array, bases: Array, penalty: float, limits: Limits) -> None:
        self.levels = np.stack([levels, levels[::-1]])
        # A level and one at least FOLD times as high are so many places of the grid apart.
        self.step = step = max(1, int(np.ceil(np.log(FOLD) / np.log(levels[1] / levels[0]) - 1e-9)))
        ends = np.full((len(values), 2, step + len(levels)), np.inf)
        self.ends = losses = ends[:, :, step:]  # each row is added to in its turn
        losses[:] = bases[:, None, None] * (self.levels - values[:, None, None] * np.log(self.levels))
        losses[:, GROUND, levels > max(limits.cap, levels[0])] = np.inf
        losses[0, RAISED] += penalty
        losses[0, RAISED, self.levels[RAISED] < FOLD * max(limits.usual, levels[0])] = np.inf
        entries = np.empty_like(ends)
        self.into = entries[:, ::-1, ::-1][:, :, step:]
        due = np.zeros_like(ends[0])
        due[GROUND] = penalty
        self._fill(ends, entries, due.ravel())

    @staticmethod
    def _fill(ends: Array, entries: Array, due: Array) -> None:
        """Row after row: the cost of ending in a part that goes on, or begins here, for what it owes."""
        costs, begun = ends.reshape(len(ends), -1), entries.reshape(len(ends), -1)
        best = np.empty_like(due)
        running, lesser, add = np.minimum.accumulate, np.minimum, np.add
        rows = zip(ends[:-1], entries[1:], costs[:-1], costs[1:], begun[1:], begun[1:, ::-1], strict=True)
        for kinds_before, kinds_entry, before, after, entry, into in rows:
            running(kinds_before, axis=1, out=kinds_entry)
            add(entry, due, out=entry)
            lesser(before, into, out=best)
            add(after, best, out=after)

    def entered(self, kind: int, place: int, end: int) -> int:
        """Where the part of this kind and level that ends at `end` begins."""
        changes = self.into[1:end, kind, place] < self.ends[: end - 1, kind, place]
        found = np.flatnonzero(changes)
        return int(found[-1]) + 1 if len(found) else 0


def _best(costs: _Costs) -> list[Part]:
    """The parts of the optimum, left to right, read backwards from its end."""
    kind, place = divmod(int(costs.ends[-1].argmin()), LEVELS)
    parts, end = [], len(costs.ends)
    while True:
        start = costs.entered(kind, place, end)
        parts.append(Part(start, end, kind == RAISED, float(costs.levels[kind, place])))
        if not start:
            return parts[::-1]
        # In the other order, whatever is at least FOLD away stands before this place.
        kind, place, end = 1 - kind, int(costs.ends[start - 1, 1 - kind, : LEVELS - place - costs.step].argmin()), start
