"""What is usual in a signal file: the distribution of its values over all of it, as a value. Opens no file.

A window alone cannot tell what is high: its own maximum may be noise, and it may lie wholly inside a domain. Here is
what it is compared with. `renderer.prepare.background` measures it from a file; `background_of` from any stretches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

WIDTHS = (100, 1_000, 10_000)
"""Bases of the bins whose means are counted: a summit, a peak, a domain."""

QUANTILES = (0.0001, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999)
"""Shares of the bins below a value. Symmetric, so that a signal drawn downwards has the same."""

LITTLE = 0.2
"""A file with data on less of its genome than this covers little of it ..."""

WHOLE = 20_000_000
"""... or, where the genome's size is not known, on less than this: the shortest arm of a fly, half of chromosome 21."""

ROOM = 10
"""A file tells what is usual beside a window if it holds data on this many times its bases ..."""

LEAST = 1_000_000
"""... and on so many: a file cut to a locus tells only of that."""

LIKE_BINS = 50
"""Stretches from the width of the file's widest bins to so many times that are like them: means of longer ones vary
less ..."""

LIKE_ROOM = 5
"""... if the file holds data on this many times their bases."""

SIDE = 0.1
"""A signal is signed if it reaches so far below 0, as a share of how far it reaches above."""

CALM = 0.9
"""Dispersion is measured on the lower nine tenths of the bins that hold anything: the rest may be peaks."""


@dataclass(frozen=True)
class BinMeans:
    """The means of all measured bins of `width` bp, in file units: how many, their mean, deviation and QUANTILES."""

    width: int
    bins: int
    mean: float
    sd: float
    quantiles: tuple[float, ...]

    def quantile(self, share: float) -> float:
        """The value that this share of the bins stay below; between QUANTILES, in a straight line."""
        return float(np.interp(share, QUANTILES, self.quantiles))

    def rank(self, value: float) -> float:
        """The share of the bins that surely lie below a value: one of QUANTILES, 0 if not even the least."""
        below = int(np.searchsorted(self.quantiles, value, side="left"))
        return QUANTILES[below - 1] if below else 0.0


@dataclass(frozen=True)
class Background:
    """A signal file as a whole, in file units.

    `levels` has a row for each of WIDTHS that the data allow, finest first (at least one). `dispersion` is the variance
    of a bin's sum over its mean, in bases: how long a stretch one independent piece of signal (a read) fills; 0 if it
    varies by nothing. `minimum` and `maximum` are those of single bases. `extent` is bp of the stretches that hold
    data, `covered` bp that have a value, `measured` bp that were read for `levels`. `chroms` is the number of
    chromosomes with data, `genome_share` the extent over the genome, None if its size is not known. `empty` is the
    share of the extent that has no value or 0. `unit` is the step of which all values are multiples (one read), None
    if there is none.
    """

    levels: tuple[BinMeans, ...]
    dispersion: float
    minimum: float
    maximum: float
    extent: int
    covered: int
    measured: int
    chroms: int
    genome_share: float | None
    empty: float
    unit: float | None

    @property
    def signed(self) -> bool:
        """Whether it has values on both sides of 0, as ratios and eigenvectors do: a positive signal that was smoothed
        may lie a little below 0 beside its peaks."""
        return self.maximum > 0 and self.minimum < -SIDE * self.maximum

    @property
    def downwards(self) -> bool:
        """Whether nothing in it is above 0: a minus strand."""
        return self.minimum < 0 and self.maximum <= 0

    @property
    def covers_little(self) -> bool:
        """Whether the file holds so little of its genome that it cannot say what is usual there."""
        return self.extent < WHOLE if self.genome_share is None else self.genome_share < LITTLE

    def is_wider(self, span: int) -> bool:
        """Whether it holds so much more than a window of `span` bp that it tells what is usual outside it."""
        return self.extent >= max(ROOM * span, LEAST)

    def at(self, width: float) -> BinMeans:
        """The row whose bins are nearest in width (on a log scale)."""
        return min(self.levels, key=lambda level: abs(np.log(level.width / width)))

    @property
    def median(self) -> float:
        """The median of 1-kb bins."""
        return self.at(1_000).quantile(0.5)

    @property
    def mean(self) -> float:
        """The mean over all that was measured."""
        return self.levels[0].mean

    @property
    def high(self) -> float:
        """What 99 % of 1-kb bins stay below."""
        return self.at(1_000).quantile(0.99)

    def high_of(self, length: int) -> float:
        """What 99 % of the bins that are like a stretch of `length` bp stay below; 0 where none are."""
        widest = self.levels[-1]
        like = widest.width <= length <= LIKE_BINS * widest.width
        room = self.extent >= max(LIKE_ROOM * length, LEAST)
        return widest.quantile(0.99) if like and room else 0.0

    def mirrored(self) -> Background:
        """That of the same signal times -1, for what is drawn downwards."""
        flipped = tuple(
            replace(level, mean=-level.mean, quantiles=tuple(-value for value in reversed(level.quantiles)))
            for level in self.levels
        )
        return replace(self, levels=flipped, minimum=-self.maximum, maximum=-self.minimum)

    def summary(self, width: float) -> FileLevels:
        """What a claim about one window needs to know; `width` is that of a drawn column, in bp."""
        level = self.at(width)
        return FileLevels(
            width=level.width,
            median=_rounded(level.quantile(0.5)),
            mean=_rounded(level.mean),
            high=_rounded(level.quantile(0.99)),
            q999=_rounded(level.quantile(0.999)),
            maximum=_rounded(self.maximum),
            covers_little=self.covers_little,
            signed=self.signed,
        )

    def to_json(self) -> dict[str, Any]:
        """As kept in the database."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Background:
        """The inverse of `to_json`."""
        levels = tuple(BinMeans(**{**level, "quantiles": tuple(level["quantiles"])}) for level in data["levels"])
        return cls(**{**data, "levels": levels})


@dataclass(frozen=True)
class FileLevels:
    """What is usual in the whole of a file, in its units: the median and mean of bins of `width` bp (about that of a
    drawn column), what 99 % and 99.9 % of them stay below, and the highest single base."""

    width: int
    median: float
    mean: float
    high: float
    q999: float
    maximum: float
    covers_little: bool
    signed: bool


def mean_background(parts: Sequence[Background]) -> Background | None:
    """About that of the mean of files: what is usual in each, averaged; None of files with other levels."""
    if not parts or len({tuple(level.width for level in part.levels) for part in parts}) > 1:
        return None
    rows = [
        replace(
            same[0],
            mean=float(np.mean([level.mean for level in same])),
            sd=float(np.mean([level.sd for level in same])),
            quantiles=tuple(float(value) for value in np.mean([level.quantiles for level in same], axis=0)),
        )
        for same in zip(*(part.levels for part in parts), strict=True)
    ]
    dispersion, minimum, maximum = (
        float(np.mean([(part.dispersion, part.minimum, part.maximum)[at] for part in parts])) for at in range(3)
    )
    return replace(parts[0], levels=tuple(rows), dispersion=dispersion, minimum=minimum, maximum=maximum, unit=None)


def background_of(runs: Sequence[Array], width: int, *, whole: Background | None = None) -> Background | None:
    """What is usual in unbroken stretches of bins of `width` bp (their means, file units; NaN: unknown).

    None if no bin is known. Facts that bins do not tell (extent, extremes ...) are those of the stretches; a file's
    own are set by `renderer.prepare.background`.
    """
    known = np.concatenate([run[np.isfinite(run)] for run in runs]) if runs else np.zeros(0)
    if not len(known):
        return None
    steps = [max(1, round(target / width)) for target in WIDTHS if target >= width] or [1]
    levels = [_bin_means(runs, step, width * step) for step in dict.fromkeys(steps)]
    size = len(known) * width
    return Background(
        levels=tuple(level for level in levels if level is not None) or (_row(known, width),),
        dispersion=_dispersion(runs, width),
        minimum=float(known.min()),
        maximum=float(known.max()),
        extent=size,
        covered=size,
        measured=size,
        chroms=1,
        genome_share=None,
        empty=float(np.mean(known == 0)),
        unit=None,
    )


def coarser(run: Array, step: int) -> Array:
    """Means of `step` bins each, NaN where none of them is known; a rest at the end is left out."""
    if step == 1:
        return run
    rows = run[: len(run) // step * step].reshape(-1, step)
    known = np.isfinite(rows)
    count = np.count_nonzero(known, axis=1)
    with np.errstate(invalid="ignore"):
        means: Array = np.where(count > 0, np.where(known, rows, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)
    return means


def _bin_means(runs: Sequence[Array], step: int, width: int) -> BinMeans | None:
    values = np.concatenate([coarser(run, step) for run in runs])
    values = values[np.isfinite(values)]
    return _row(values, width) if len(values) else None


def _row(values: Array, width: int) -> BinMeans:
    quantiles = tuple(float(value) for value in np.quantile(values, QUANTILES))
    return BinMeans(width, len(values), float(values.mean()), float(values.std()), quantiles)


def _dispersion(runs: Sequence[Array], width: int) -> float:
    """Variance over mean of the sum of a bin of 500 bp, in bases, from the differences of neighbours: slopes and
    domains hardly count in those."""
    step = max(1, round(500 / width))
    bins = [np.abs(coarser(run, step)) for run in runs]
    left, right = (np.concatenate([run[cut] for run in bins]) for cut in (slice(None, -1), slice(1, None)))
    mean = (left + right) / 2
    some = mean > 0  # False where one is unknown
    if not some.any():
        return 0.0
    some &= mean <= np.quantile(mean[some], CALM)
    return float(((left - right)[some] ** 2 / 2).sum() / mean[some].sum() * step * width)


def _rounded(value: float) -> float:
    """To six digits: more than any file's values bear out."""
    return float(f"{value:.6g}") + 0.0  # no -0
