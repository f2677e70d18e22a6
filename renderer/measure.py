"""What a person can see in a drawn signal track, as numbers.

Everything is computed from the drawn columns and the drawn value range, so a figure and its evidence never
disagree. The same function labels the training strips of our model, checks every claim, and feeds `measured`.
It knows no files and no pixels: columns in, evidence out.

All thresholds are fractions of the drawn range (height) or of the window (length). They were set by looking at
the drawn tracks of K562, GM12878, mESC and fly data sets: what two people would point at, and what they would not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.signal import find_peaks, peak_widths

from renderer.evidence import Domain, Peak, SignalEvidence, State
from renderer.region import Region
from renderer.signal import Columns

ENVELOPE = 256
"""Bins of the envelope in which peaks are sought: a bin is 4 of 1000 pixels, the least one can point at."""

FLAT_HEIGHT = 0.08
"""A track whose envelope varies by less than this is flat: 5 px of a 60 px track."""

LOW_HEIGHT = 0.15
"""'Low elsewhere' means the 95th percentile outside peaks and domains stays below this."""

SALIENT_PROMINENCE = 0.25
"""A peak for a caption stands out by a quarter of the range ..."""

VISIBLE_PROMINENCE = 0.12
"""... one that is visible on a second look by an eighth."""

RELATIVE_PROMINENCE = 0.5
"""... and rises by half of its own height above the valley that parts it from a taller one: no shoulders."""

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

PEAK_LENGTH = 0.15
"""A hump wider than this share of the window at half prominence is no peak for a caption."""

DOMAIN_PEAK = 2.8
"""Inside a domain only a summit this many times the domain's mean is a peak of its own: domains are rough on top."""

NOISE_BACKGROUND = 0.22
"""A noisy track has a median envelope above this (it is raised everywhere) and nothing far above it ..."""

NOISE_CONTRAST = 3.5
"""... that is, no peak this many times the median envelope ..."""

NOISE_COUNT = 10
"""... or it has at least this many salient peaks on a background half as high ..."""

NOISE_EVENNESS = 0.5
"""... of which the median is at least this share of the tallest, so that none stands out."""

NOISE_ROUGHNESS = 0.03
"""Noise is rough: neighbouring envelope bins differ by this on average. Replication timing is raised, not noisy."""

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
    if envelope.max() - envelope.min() < FLAT_HEIGHT:
        return SignalEvidence("flat", *summary, (), (), False)
    domains = _find_domains(envelope, heights, region)
    peaks = [_demote(peak, domains, region) for peak in _find_peaks(envelope, heights, columns, region)]
    state: State = "noisy" if not domains and _is_noisy(envelope, peaks) else "signal"
    low = (
        state == "signal"
        and bool(domains or any(peak.salient for peak in peaks))
        and _low_elsewhere(envelope, peaks, domains, region)
    )
    return SignalEvidence(state, *summary, tuple(peaks), tuple(domains), low)


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
            Peak(start, end, position, float(columns[column]), float(heights[column]), float(prominence),
                 bool(prominence >= SALIENT_PROMINENCE))
        )  # fmt: skip
    return peaks


def _summit_column(heights: Array, bin_: int) -> int:
    """The highest column of one envelope bin."""
    start = bin_ * len(heights) // ENVELOPE
    end = max(start + 1, (bin_ + 1) * len(heights) // ENVELOPE)
    return start + int(np.argmax(heights[start:end]))


def _find_domains(envelope: Array, heights: Array, region: Region) -> list[Domain]:
    width = max(3, round(DOMAIN_SMOOTHING * ENVELOPE))
    means = np.array([part.mean() for part in np.array_split(heights, ENVELOPE)])
    smooth = np.convolve(np.pad(means, width, mode="edge"), np.ones(width) / width, mode="same")[width:-width]
    low, high = np.percentile(smooth, [10, 90])
    level = max(low + 0.5 * (high - low), DOMAIN_LEVEL * 0.75)
    runs = _runs(smooth >= level, gap=width)
    elsewhere = np.ones(ENVELOPE, dtype=bool)
    for start, end in runs:
        elsewhere[start:end] = False
    background = float(means[elsewhere].mean()) if elsewhere.any() else 1.0
    scale = _Scale(region)
    domains = []
    for start, end in runs:
        mean = float(means[start:end].mean())
        filled = float(np.mean(envelope[start:end] >= 0.5 * mean))
        long_enough = DOMAIN_LENGTH * ENVELOPE <= end - start <= DOMAIN_MOST * ENVELOPE
        raised = mean >= max(DOMAIN_LEVEL, DOMAIN_FOLD * background)
        if long_enough and raised and filled >= DOMAIN_FILL:
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


def _demote(peak: Peak, domains: list[Domain], region: Region) -> Peak:
    """The peak, no longer salient if it is a wide hump or the rough top of a domain."""
    hump = peak.end - peak.start > PEAK_LENGTH * region.span
    rough = any(d.start <= peak.summit < d.end and peak.height < DOMAIN_PEAK * d.mean for d in domains)
    return replace(peak, salient=False) if hump or rough else peak


def _is_noisy(envelope: Array, peaks: list[Peak]) -> bool:
    """Raised everywhere, or full of peaks of like height on a raised background: nothing to point at."""
    salient = [peak.height for peak in peaks if peak.salient]
    tallest = max(salient, default=0.0)
    background = float(np.median(envelope))
    if np.mean(np.abs(np.diff(envelope))) < NOISE_ROUGHNESS:
        return False
    if len(salient) >= NOISE_COUNT and background >= NOISE_BACKGROUND / 2:
        return bool(np.median(salient) >= NOISE_EVENNESS * tallest)
    return background >= NOISE_BACKGROUND and tallest < NOISE_CONTRAST * background


def _low_elsewhere(envelope: Array, peaks: list[Peak], domains: list[Domain], region: Region) -> bool:
    outside = np.ones(ENVELOPE, dtype=bool)
    marked: list[Peak | Domain] = [*(peak for peak in peaks if peak.salient), *domains]
    for found in marked:
        # A peak's flanks reach about as far again as its width at half prominence.
        flank = (found.end - found.start) / region.span * ENVELOPE if isinstance(found, Peak) else 0.0
        lo = (found.start - region.start) / region.span * ENVELOPE - flank - 1
        hi = (found.end - region.start) / region.span * ENVELOPE + flank + 1
        outside[max(0, int(np.floor(lo))) : max(0, int(np.ceil(hi)))] = False
    if outside.sum() < 0.2 * ENVELOPE:  # too little is left to speak of an elsewhere
        return False
    return bool(np.percentile(envelope[outside], 95) < LOW_HEIGHT)
