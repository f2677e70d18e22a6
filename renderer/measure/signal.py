"""What a person can see in a drawn signal track, and what stands out of its file, as numbers.

Everything is computed from the drawn columns, the drawn value range and what is usual in the file; peaks and domains
are what `renderer.measure.spans` finds. The same function labels the training strips of our model, checks every claim,
and feeds `measured`. It knows no files and no pixels: columns in, evidence out.

Thresholds are fractions of the drawn range (height) or of the window (length). Where two careful people could differ
there are two levels: what a caption is about (salient, `state`), and what may be said as well without being wrong (the
other peaks and domains, `near`, `low_near`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from renderer.measure.levels import Windowed
from renderer.measure.signed import signed_stretches
from renderer.measure.spans import SALIENT, SALIENT_RISE, find_spans
from renderer.measure.state import Seen, state_of, with_relief
from renderer.measure.troughs import dips, minima
from renderer.values.background import SIDE, Background
from renderer.values.evidence import Domain, Peak, SignalEvidence
from renderer.values.region import Region
from renderer.values.spans import Raised, Span
from renderer.window.signal import Columns, Steps

ENVELOPE = 256
"""Bins of the envelope that tells the state: a bin is 4 of 1000 pixels, the least one can point at."""

SPARSE = 0.02
"""A flat track with data in less than this share of its columns may be called one without data."""

LONE = 1 / 3
"""A peak is the only one if no column outside it reaches this share of the highest: less is little beside it."""

LEFT_SHARE = 0.2
"""Low elsewhere: outside salient peaks and domains no column reaches this share of the tallest ..."""

LEFT_FOLD = 3.0
"""... and so many times the median there, which is the ground ..."""

LOW_HEIGHT, LOW_HEIGHT_NEAR = 0.15, 0.22
"""... and the ground's 95th percentile stays below this; of a track below the second one may say so: 4 px of a 60 px
track are a matter of taste."""

LEAST_REST = 0.2
"""If less than this share of the window is left, nothing is said of it."""

FLANK, FLANK_MOST = 0.5, 0.02
"""A peak's flanks reach this share of its length beyond it on either side, but at most this share of the window."""

USUAL = 1.3
"""A mean below this many times that of the file is usual there ..."""

HIGH = 0.5
"""... as is a domain below this share of what the file's highest reach (`Background.high_of`), if those are about as
high as each other."""

STEEP = 5.0
"""A domain so many times the ground beside it is none of the usual ones of a file that is cut to a locus: most of
what that holds may be domains."""

COUNTED = 10
"""So many peaks or fewer are counted, so their number is exact ..."""

COUNT_MARGIN = 1.2
"""... of more, a careful person's count may differ by those whose thresholds are missed or met by this factor."""

KILOBASE = 1_000

TOLERANCE = 1e-6
"""Sums of single precision differ by so much."""

LEAST_DOMAIN = 2_000
"""Of an assay that is not known."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class About:
    """What is known of a signal beside its drawn columns.

    `file` is what is usual in its file and `steps` the window in detail, both with the sign of the columns. For
    `gaps_are_zero` and `least_domain` (bp) see `find_spans`. `graded`: its domains are as high as what they mark is
    active, so that low ones are domains too. `top` is the height (file units) by which spans are judged
    if it is not the end of the drawn range farther from 0. `signed`: values lie on both sides of 0, whatever the window
    shows. `downwards`: depth counts, as of a minus strand.
    """

    file: Background | None = None
    steps: Steps | None = None
    gaps_are_zero: bool = True
    least_domain: int | None = LEAST_DOMAIN
    top: float | None = None
    signed: bool = False
    downwards: bool = False
    graded: bool = False


def measure_signal(
    columns: Columns, region: Region, vmin: float, vmax: float, about: About = About(), drawn: Columns | None = None
) -> SignalEvidence:
    """Measure one track from its columns (shape (n,), file units, NaN = no data) and drawn value range.

    `drawn` are the columns as drawn, in the units of `vmin` and `vmax`, where those are not the file's.
    """
    if len(columns) < ENVELOPE:
        wider = np.arange(ENVELOPE) * len(columns) // ENVELOPE
        columns, drawn = columns[wider], None if drawn is None else drawn[wider]
    finite = np.isfinite(columns)
    covered = float(finite.mean())
    if not finite.any():
        return SignalEvidence("no_data", vmin, vmax, None, None, 0.0, (), (), False)
    track = _track(columns, columns if drawn is None else drawn, region, (vmin, vmax), about)
    raised = find_spans(
        np.nan_to_num(track.depths) if about.gaps_are_zero else track.depths,
        region,
        track.file,
        least_domain=about.least_domain,
        top=track.top,
    )
    seen = Seen(track.envelope(), track.depths, track.width, track.file, track.signed)
    raised = with_relief(seen, raised)
    peaks = [peak for span in raised.spans for peak in track.peaks(span)]
    domains = _domains(track, raised)
    state, near = state_of(
        seen, any(peak.salient for peak in peaks) or any(domain.salient for domain in domains), raised
    )
    if state == "flat" and covered < SPARSE:
        near = ("no_data",)
    rest = _rest(track, peaks, domains)
    low, low_near = _low(track, rest) if state == "signal" else (False, False)
    found = SignalEvidence(
        state,
        vmin,
        vmax,
        float(np.nanmin(columns) if track.down else np.nanmax(columns)),
        float(np.nanmean(columns)),
        covered,
        tuple(peaks),
        domains,
        low,
        near,
        low_near,
        _count_range(peaks),
        downwards=track.down,
        whole=raised.whole,
        noise=float(f"{raised.least:.6g}"),
        background=track.file.summary(region.span / len(columns)) if track.file else None,
    )
    found = replace(found, strongest_agrees=track.agrees(found.strongest), lone=_is_lone(track, rest))
    if not track.signed:
        return replace(found, troughs=dips(track.depths, region, raised))
    positive, negative = signed_stretches(columns, region, about.file)
    found = replace(found, positive=positive, negative=negative, troughs=minima(columns, region, about.file))
    # Far below 0 is not low.
    return replace(found, low_elsewhere=low and not negative, low_near=low_near and not negative)


def drawn_heights(columns: Columns, vmin: float, vmax: float, down: bool | None = None) -> Array:
    """Columns as fractions of the drawn range, measured from 0 in the direction of the track; 0 where there is no data.

    Only what is not above 0 at all is drawn downwards, where `down` does not say it.
    """
    heights: Array = np.clip(_fractions(columns, vmin, vmax, vmin < 0 >= vmax if down is None else down), 0, 1)
    return heights


def _fractions(columns: Columns, vmin: float, vmax: float, down: bool) -> Array:
    reach = max(-vmin, vmax)
    fractions: Array = np.nan_to_num((-columns if down else columns) / reach if reach > 0 else columns * 0)
    return fractions


@dataclass(frozen=True)
class _Track:
    """One track. `depths` are its columns (file units) and `file` its file's background in the direction it is drawn;
    `heights` are fractions of the drawn range, from -1 to 1. `top` is that by which spans are judged, in file units."""

    region: Region
    depths: Columns
    heights: Array
    file: Background | None
    top: float
    down: bool
    signed: bool
    about: About

    @property
    def width(self) -> float:
        """Bases of a column."""
        return self.region.span / len(self.depths)

    def part(self, start: int, end: int) -> slice:
        """The columns that [start, end) touches."""
        first = int((start - self.region.start) / self.width)
        return slice(first, max(first + 1, int(np.ceil((end - self.region.start) / self.width))))

    def is_usual(self, span: Span) -> bool:
        """Whether a domain holds about what any stretch of its length in the file may: it is raised here, where there
        is less than usual, but is no domain."""
        if self.file is None or self.signed:
            return False
        mean = float(np.nan_to_num(self.depths[self.part(span.start, span.end)]).mean())
        if self.file.covers_little and span.fold >= STEEP:
            return False
        if self.file.is_wider(self.region.span) and mean < USUAL * self.file.mean:
            return True
        return not self.about.graded and mean < HIGH * self.file.high_of(span.length)

    def envelope(self) -> Array:
        """The highest column of each of ENVELOPE equal bins, to either side of 0 of a signed signal: what the eye
        follows."""
        seen = np.abs(self.heights) if self.signed else np.clip(self.heights, 0, None)
        highest: Array = np.maximum.reduceat(seen, np.arange(ENVELOPE) * len(seen) // ENVELOPE)
        return highest

    def peaks(self, span: Span) -> Iterator[Peak]:
        """Short spans, and the summits of long ones: a stretch without any has its highest column."""
        if span.kind == "peak" or (span.kind == "stretch" and not span.summits):
            yield self._peak((span.start, span.end, span.summit), span.height, span.background, span.salient)
            return
        clear = [
            span.salient and one.score >= SALIENT and one.height - span.level >= SALIENT_RISE * self.top
            for one in span.summits
        ]
        if span.kind == "stretch" and span.salient and not any(clear):
            clear[int(np.argmax([one.height for one in span.summits]))] = True
        for one, salient in zip(span.summits, clear, strict=True):
            yield self._peak((one.start, one.end, one.position), one.height, span.level, salient)

    def _peak(self, place: tuple[int, int, int], depth: float, ground: float, salient: bool) -> Peak:
        start, end, summit = place
        summit = min(summit, self.region.end - 1)
        start, end = min(start, summit), max(end, summit + 1)
        # A window of fewer bases than columns has no position for each: the highest of those that are meant.
        height = float(np.clip(self.heights[self.part(start, end)].max(), 0, 1))
        rise = height * (1 - min(ground / depth, 1.0)) if depth > 0 else 0.0
        sign = -1.0 if self.down else 1.0
        top, at = self.highest(start, end)
        top, at = (top, at) if top >= depth else (depth, None)
        return Peak(start, end, summit, sign * depth, height, rise, salient, sign * top, at)

    def highest(self, start: int, end: int) -> tuple[float, int | None]:
        """The highest single base of [start, end) and where it is; 0 and None where none is known."""
        level = self._windowed.over(start, end) if self._windowed else None
        return (level.maximum, level.summit) if level else (0.0, None)

    @cached_property
    def _windowed(self) -> Windowed | None:
        steps = self.about.steps
        return Windowed(steps.turned() if self.down else steps, self.about.gaps_are_zero) if steps else None

    def agrees(self, peak: Peak | None) -> bool:
        """Whether a peak holds the highest column, the highest base and the highest kilobase of the window."""
        if peak is None or abs(peak.value) < (1 - TOLERANCE) * float(np.nanmax(self.depths)):
            return False
        if self._windowed is None:
            return True
        window, inside = (self.region.start, self.region.end), (peak.start, peak.end)
        return all(
            self._windowed.highest(*inside, width) >= (1 - TOLERANCE) * self._windowed.highest(*window, width)
            for width in (1, KILOBASE)
        )


def _track(columns: Columns, drawn: Columns, region: Region, limits: tuple[float, float], about: About) -> _Track:
    (vmin, vmax), file = limits, about.file
    low, high = float(np.nanmin(columns)), float(np.nanmax(columns))
    both = about.signed or bool(file and file.signed) or (high > 0 and low < -SIDE * high)
    down = about.downwards or (not both and vmin < 0 >= vmax)
    return _Track(
        region,
        -columns if down else columns,
        np.clip(_fractions(drawn, vmin, vmax, down), -1, 1),
        file.mirrored() if down and file else file,
        about.top or max(-vmin, vmax),
        down,
        both and not down,
        about,
    )


def _domains(track: _Track, raised: Raised) -> tuple[Domain, ...]:
    heights = np.clip(track.heights, 0, None)
    rest = np.ones(len(heights), bool)
    for span in raised.domains:
        rest[track.part(span.start, span.end)] = False
    outside = float(heights[rest].mean()) if rest.any() else 0.0
    means = [float(heights[track.part(span.start, span.end)].mean()) for span in raised.domains]
    return tuple(
        Domain(span.start, span.end, mean, outside, span.salient and not track.is_usual(span))
        for span, mean in zip(raised.domains, means, strict=True)
    )


def _rest(track: _Track, peaks: Sequence[Peak], domains: Sequence[Domain]) -> npt.NDArray[np.bool_]:
    """The columns outside what a caption is about."""
    rest = np.ones(len(track.heights), bool)
    for peak in (peak for peak in peaks if peak.salient):
        flank = min(FLANK * (peak.end - peak.start), FLANK_MOST * track.region.span) + track.region.span / ENVELOPE
        start, end = max(track.region.start, round(peak.start - flank)), min(track.region.end, round(peak.end + flank))
        rest[track.part(start, end)] = False
    for domain in (domain for domain in domains if domain.salient):
        rest[track.part(domain.start, domain.end)] = False
    return rest


def _is_lone(track: _Track, rest: npt.NDArray[np.bool_]) -> bool:
    """Whether nothing else comes near the highest column."""
    beside = float(np.nan_to_num(track.depths[rest]).max(initial=0.0))
    return beside < LONE * float(np.nanmax(track.depths))


def _low(track: _Track, rest: npt.NDArray[np.bool_]) -> tuple[bool, bool]:
    """Whether the track is low outside what a caption is about, and whether one may say so."""
    if rest.all() or rest.mean() < LEAST_REST:
        return False, False
    heights, depths = np.clip(track.heights[rest], 0, None), np.clip(np.nan_to_num(track.depths[rest]), 0, None)
    left = max(LEFT_SHARE * float(np.nanmax(track.depths)), LEFT_FOLD * float(np.median(depths)))
    if depths.max() >= left:
        return False, False
    ground = float(np.percentile(heights, 95))
    return ground < LOW_HEIGHT, ground < LOW_HEIGHT_NEAR


def _count_range(peaks: Sequence[Peak]) -> tuple[int, int]:
    """The least and the most clear peaks that careful people would count."""
    counted = sum(peak.salient for peak in peaks)
    if counted <= COUNTED:
        return counted, counted
    least = sum(peak.salient and peak.prominence >= SALIENT_RISE * COUNT_MARGIN for peak in peaks)
    return least, sum(peak.salient or peak.prominence >= SALIENT_RISE / COUNT_MARGIN for peak in peaks)
