"""What a person can see in a drawn signal track, as numbers.

Everything is computed from the drawn columns and the drawn value range, so a figure and its evidence never
disagree. The same function labels the training strips of our model, checks every claim, and feeds `measured`.
It knows no files and no pixels: columns in, evidence out.

All thresholds are fractions of the drawn range (height) or of the window (length). They were set by looking at
the drawn tracks of K562, GM12878, mESC and fly data sets: what two people would point at, and what they would not.
Where two careful people could differ there are two levels: what a caption is about (salient, `state`), and what may
be said as well without being wrong (the other peaks and domains, `near`, `low_near`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.signal import find_peaks, peak_widths

from renderer.values.evidence import Domain, Peak, SignalEvidence, State
from renderer.values.region import Region
from renderer.window.signal import Columns

ENVELOPE = 256
"""Bins of the envelope in which peaks are sought: a bin is 4 of 1000 pixels, the least one can point at."""

FLAT_HEIGHT = 0.08
"""A track whose envelope varies by less than this is flat: 5 px of a 60 px track."""

LOW_HEIGHT = 0.15
"""'Low elsewhere' means the 95th percentile outside peaks and domains stays below this ..."""

LOW_HEIGHT_NEAR = 0.22
"""... and of a track below this one may say so: 4 px of a 60 px track are a matter of taste."""

SPARSE = 0.02
"""A flat track with data in less than this share of its columns may be called one without data."""

COUNT_MARGIN = 1.2
"""A careful person's count of peaks may differ by those whose thresholds are missed or met by this factor."""

MARGIN = 1.3
"""A state that changes if its thresholds move by this factor is near another: two people could differ."""

SALIENT_PROMINENCE = 0.25
"""A peak for a caption stands out by a quarter of the range ..."""

VISIBLE_PROMINENCE = 0.12
"""... one that is visible on a second look by an eighth."""

RELATIVE_PROMINENCE = 0.5
"""... and rises by half of its own height above the valley that parts it from a taller one: no shoulders ..."""

STAND_OUT = 3.0
"""... and outside domains is this many times the median envelope there: the bumps of a noisy track are no peaks."""

MIN_DISTANCE = 0.02
"""Two summits closer than this share of the window are one peak to the eye (bimodal promoters)."""

DOMAIN_SMOOTHING = 0.03
"""Window of the running mean in which domains are sought."""

DOMAIN_LENGTH = 0.08
"""A domain takes at least this share of the window; anything shorter is a peak."""

DOMAIN_MOST = 0.9
"""... and at most this: with nothing beside it, a raised track is no domain."""

DOMAIN_LEVEL = 0.20
"""The mean drawn height inside a domain is at least this ..."""

DOMAIN_FOLD = 2.0
"""... and this many times the mean outside it."""

DOMAIN_FILL = 0.6
"""This share of a domain's envelope bins is above half its mean: raised throughout, not two spikes."""

LOOSE = 0.8
"""A stretch with this share of what a domain needs (length, level, fold, fill) is a visible one, not salient."""

PEAK_LENGTH = 0.15
"""A hump wider than this share of the window at half prominence is no peak for a caption."""

DOMAIN_PEAK = 2.0
"""Inside a domain only a summit this many times its mean envelope is a peak of its own: domains are rough on top."""

DOMAIN_EDGE = 2 / ENVELOPE
"""A summit this close (share of the window) to the edge of a domain is the domain's: the edge is not known better."""

NOISE_BACKGROUND = 0.22
"""A noisy track has a median envelope above this (it is raised everywhere) and nothing far above it ..."""

NOISE_CONTRAST = 3.5
"""... that is, no peak this many times the median envelope ..."""

NOISE_COUNT = 10
"""... or it has at least this many salient peaks on a background half as high ..."""

NOISE_EVENNESS = 0.5
"""... of which the median is at least this share of the tallest, so that none stands out ..."""

NOISE_MANY = 20
"""... or as many as this, less even and on less of a background, as sparse reads are. Nobody points at one of them."""

NOISE_LEAST = 0.05
"""The median envelope of such sparse noise: between true peaks, however many, there is next to nothing."""

NOISE_ROUGHNESS = 0.04
"""Noise is rough: the envelope turns (second difference of its bins) by this on average. The hills of replication
timing are raised, not noisy: they turn by 0.01 to 0.02, real noise by more than 0.1."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Scale:
    """Envelope bins <-> genome positions of one window."""

    region: Region

    def position(self, bins: float) -> int:
        return round(float(self.region.start + bins / ENVELOPE * self.region.span))


def measure_signal(columns: Columns, region: Region, vmin: float, vmax: float) -> SignalEvidence:
    """Measure one track from its drawn columns (shape (n,), file units, NaN = no data) and drawn value range.

    A track drawn downwards from 0 (a minus strand stored as negative values) is measured by its depth.
    """
    if len(columns) < ENVELOPE:
        columns = columns[np.arange(ENVELOPE) * len(columns) // ENVELOPE]
    finite = np.isfinite(columns)
    covered = float(finite.mean())
    if not finite.any():
        return SignalEvidence("no_data", vmin, vmax, None, None, 0.0, (), (), False)
    heights = drawn_heights(columns, vmin, vmax)
    envelope = _envelope(heights)
    summary = (vmin, vmax, float(np.nanmax(columns)), float(np.nanmean(columns)), covered)
    reach = float(envelope.max() - envelope.min())
    if reach < FLAT_HEIGHT:
        empty: tuple[State, ...] = ("no_data",) if covered < SPARSE else ()
        return SignalEvidence("flat", *summary, (), (), False, empty)
    domains = _find_domains(envelope, heights, region)
    salient = [domain for domain in domains if domain.salient]
    top = _Surroundings(envelope, salient, region)
    found = _find_peaks(envelope, heights, columns, region)
    state, near = _state(envelope, [peak.height for peak in found if top.is_clear(peak)], salient)
    peaks = [replace(peak, salient=top.is_clear(peak) and top.stands_out(peak)) for peak in found]
    outside = _outside_level(envelope, peaks, salient, region) if state == "signal" else 1.0
    low = outside < LOW_HEIGHT
    return SignalEvidence(
        state,
        *summary,
        tuple(peaks),
        tuple(domains),
        low,
        near,
        low or outside < LOW_HEIGHT_NEAR,
        count_range=(top.count(found, COUNT_MARGIN), top.count(found, 1 / COUNT_MARGIN)),
    )


def drawn_heights(columns: Columns, vmin: float, vmax: float) -> Array:
    """Columns as fractions of the drawn range, measured from 0 towards the larger side; 0 where there is no data."""
    down = -vmin > vmax
    reach = -vmin if down else vmax
    signed = -columns if down else columns
    heights: Array = np.clip(np.nan_to_num(signed / reach if reach > 0 else signed * 0), 0, 1)
    return heights


def _envelope(heights: Array) -> Array:
    """The highest column of each of ENVELOPE equal bins: what the eye follows."""
    envelope: Array = np.maximum.reduceat(heights, np.arange(ENVELOPE) * len(heights) // ENVELOPE)
    return envelope


def _find_peaks(envelope: Array, heights: Array, columns: Columns, region: Region) -> list[Peak]:
    # Zeros at both ends make a summit cut by the window's edge a peak, as the eye does.
    padded = np.concatenate([[0.0], envelope, [0.0]])
    summits, found = find_peaks(
        padded, prominence=VISIBLE_PROMINENCE, distance=max(1, round(MIN_DISTANCE * ENVELOPE)), plateau_size=1
    )
    prominences = found["prominences"]
    keep = prominences >= RELATIVE_PROMINENCE * padded[summits]
    summits, prominences = summits[keep], prominences[keep]
    _, _, left, right = peak_widths(padded, summits, rel_height=0.5)
    scale = _Scale(region)
    peaks = []
    for summit, prominence, lo, hi in zip(summits, prominences, left, right, strict=True):
        column = _summit_column(heights, int(summit) - 1)
        position = int(region.start + (column + 0.5) / len(heights) * region.span)
        start = min(scale.position(max(lo - 0.5, 0)), position)
        end = max(scale.position(min(hi - 0.5, ENVELOPE)), position + 1)
        peaks.append(
            Peak(start, end, position, float(columns[column]), float(heights[column]), float(prominence), False)
        )
    return peaks


def _summit_column(heights: Array, bin_: int) -> int:
    """The highest column of one envelope bin."""
    start = bin_ * len(heights) // ENVELOPE
    end = max(start + 1, (bin_ + 1) * len(heights) // ENVELOPE)
    return start + int(np.argmax(heights[start:end]))


def _find_domains(envelope: Array, heights: Array, region: Region) -> list[Domain]:
    """Salient domains, and visible stretches that overlap none of them by half; left to right."""
    means = _bin_means(heights)
    width = max(3, round(DOMAIN_SMOOTHING * ENVELOPE)) | 1  # odd, so that nothing is shifted
    smooth = np.convolve(np.pad(means, width // 2, mode="edge"), np.ones(width) / width, mode="valid")
    salient = _raised(means, smooth, envelope, region, 1.0)
    loose = _raised(means, smooth, envelope, region, LOOSE)
    others = [replace(one, salient=False) for one in loose if not any(_same(one, domain) for domain in salient)]
    return sorted([*salient, *others], key=lambda domain: (domain.start, domain.end))


def _bin_means(heights: Array) -> Array:
    """The mean height in each bin of the envelope."""
    starts = np.arange(ENVELOPE) * len(heights) // ENVELOPE
    means: Array = np.add.reduceat(heights, starts) / np.diff(np.append(starts, len(heights)))
    return means


def _same(one: Domain, other: Domain) -> bool:
    common = min(one.end, other.end) - max(one.start, other.start)
    return common >= 0.5 * (max(one.end, other.end) - min(one.start, other.start))


def _raised(means: Array, smooth: Array, envelope: Array, region: Region, share: float) -> list[Domain]:
    """Stretches that reach `share` of every threshold of a domain."""
    low, high = np.percentile(smooth, [10, 90])
    level = max(low + 0.5 * share * (high - low), DOMAIN_LEVEL * 0.75 * share)
    runs = _runs(smooth >= level, gap=round(DOMAIN_SMOOTHING * ENVELOPE))
    elsewhere = np.ones(ENVELOPE, dtype=bool)
    for start, end in runs:
        elsewhere[start:end] = False
    background = float(means[elsewhere].mean()) if elsewhere.any() else 1.0
    scale = _Scale(region)
    domains = []
    for start, end in runs:
        mean = float(means[start:end].mean())
        filled = float(np.mean(envelope[start:end] >= 0.5 * mean))
        long_enough = DOMAIN_LENGTH * share * ENVELOPE <= end - start <= DOMAIN_MOST * ENVELOPE
        raised = mean >= max(DOMAIN_LEVEL * share, DOMAIN_FOLD * share * background)
        if long_enough and raised and filled >= DOMAIN_FILL * share:
            domains.append(Domain(scale.position(start), scale.position(end), mean, background))
    return domains


def _runs(mask: npt.NDArray[np.bool_], gap: int) -> list[tuple[int, int]]:
    """Maximal runs of True as half-open (start, end), runs closer than `gap` joined."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    runs: list[tuple[int, int]] = []
    for start, end in edges.reshape(-1, 2):
        if runs and start - runs[-1][1] < gap:
            runs[-1] = (runs[-1][0], int(end))
        else:
            runs.append((int(start), int(end)))
    return runs


@dataclass(frozen=True)
class _Surroundings:
    """What a peak must stand out from. `strict` is the factor by which every threshold is moved."""

    envelope: Array
    domains: list[Domain]
    region: Region

    def is_clear(self, peak: Peak, strict: float = 1.0) -> bool:
        """Whether it is tall enough, and neither a wide hump nor the rough top of a domain."""
        if peak.prominence < SALIENT_PROMINENCE * strict:
            return False
        if peak.end - peak.start > PEAK_LENGTH / strict * self.region.span:
            return False
        around = [~_mask([(d.start, d.end)], self.region) for d in self.domains if self._is_in(d, peak)]
        return not any(peak.height < DOMAIN_PEAK * strict * self.envelope[inside].mean() for inside in around)

    def _is_in(self, domain: Domain, peak: Peak) -> bool:
        """Whether the summit belongs to the domain, whose edges are sought in a smoothed track and so are soft."""
        soft = DOMAIN_EDGE * self.region.span
        return domain.start - soft <= peak.summit < domain.end + soft

    def stands_out(self, peak: Peak, strict: float = 1.0) -> bool:
        """Whether what is outside domains is not nearly as high everywhere."""
        if any(self._is_in(domain, peak) for domain in self.domains):
            return True
        outside = _mask([(domain.start, domain.end) for domain in self.domains], self.region)
        level = float(np.median(self.envelope[outside])) if outside.any() else 0.0
        return peak.height >= STAND_OUT * strict * level

    def count(self, peaks: Sequence[Peak], strict: float) -> int:
        """How many peaks a person counts who is as strict as that."""
        return sum(self.is_clear(peak, strict) and self.stands_out(peak, strict) for peak in peaks)


def _state(envelope: Array, peaks: list[float], domains: list[Domain]) -> tuple[State, tuple[State, ...]]:
    """The state of a track that is not flat, and those it is near. `peaks` are the heights of the clear ones."""
    near: list[State] = ["flat"] if envelope.max() - envelope.min() < MARGIN * FLAT_HEIGHT else []
    if not domains and _is_noisy(envelope, peaks, 1.0):
        return "noisy", (*near, *(() if _is_noisy(envelope, peaks, MARGIN) else ("signal",)))
    uneven = _is_noisy(envelope, peaks, 1.0 if domains else 1 / MARGIN)
    return "signal", (*near, *(("noisy",) if uneven else ()))


def _is_noisy(envelope: Array, peaks: list[float], strict: float) -> bool:
    """Raised everywhere, or full of peaks of like height on a raised background: nothing to point at.

    `strict` is the factor by which every threshold is moved.
    """
    tallest = max(peaks, default=0.0)
    background = float(np.median(envelope)) / strict
    if np.mean(np.abs(np.diff(envelope, 2))) < NOISE_ROUGHNESS * strict:
        return False
    evenness = float(np.median(peaks)) / tallest / strict if peaks else 0.0
    if len(peaks) >= NOISE_MANY * strict and background >= NOISE_LEAST:
        return evenness >= NOISE_EVENNESS * 0.7
    if len(peaks) >= NOISE_COUNT * strict and background >= NOISE_BACKGROUND / 2:
        return evenness >= NOISE_EVENNESS
    return background >= NOISE_BACKGROUND and tallest < NOISE_CONTRAST * background


def _mask(spans: Sequence[tuple[float, float]], region: Region, extra: float = 0.0) -> npt.NDArray[np.bool_]:
    """The envelope bins that none of these genome intervals touches, widened by `extra` bins."""
    outside = np.ones(ENVELOPE, dtype=bool)
    for start, end in spans:
        lo = (start - region.start) / region.span * ENVELOPE - extra
        hi = (end - region.start) / region.span * ENVELOPE + extra
        outside[max(0, int(np.floor(lo))) : max(0, int(np.ceil(hi)))] = False
    return outside


def _outside_level(envelope: Array, peaks: list[Peak], domains: list[Domain], region: Region) -> float:
    """The 95th percentile outside peaks and domains; 1 if there are none, or too little is left to speak of."""
    # A peak's flanks reach about as far again as its width at half prominence.
    spans = [(2 * peak.start - peak.end, 2 * peak.end - peak.start) for peak in peaks if peak.salient]
    spans += [(domain.start, domain.end) for domain in domains]
    outside = _mask(spans, region, extra=1)
    if not spans or outside.sum() < 0.2 * ENVELOPE:
        return 1.0
    return float(np.percentile(envelope[outside], 95))
