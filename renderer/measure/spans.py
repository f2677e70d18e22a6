"""The one finder of peaks and domains: what stands out of a window's columns, and of the file they come from.

It asks for the best cut of the columns into ground and raised spans (`renderer.measure.updown`), with two things that
the window cannot know taken from the file: how rough its signal is (the penalty a span must earn) and how high ground
can be (else a window inside a domain has none). Columns in, spans out: it knows no files, no pixels and no labels.

No setting hangs on an assay but whether it has domains; values may be in any unit, as nothing here is in file units.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from renderer.arrays.valleys import find_valleys
from renderer.measure.updown import FOLD, REACH, Array, Limits, Part, updown
from renderer.values.background import Background, background_of
from renderer.values.region import Region
from renderer.values.spans import Raised, Span, SpanKind, Summit

NOTHING = 1e-290
"""Less than this, in any unit, is 0: shares of it cannot be told apart."""

NOISE = 30.0
"""The penalty of a span in dispersions of the file (bases): one place of independent noise in exp(30) reaches it,
and real noise is not independent ..."""

HEIGHT = 600.0
"""... and in bases at the file's high level; the larger counts: a peak of 100 bp reaches 3 times that level,
if its ground is at a tenth of it ..."""

COLUMNS = (0.001, 0.012)
"""... but at least and at most so much of the window: a column of a thousand, and what is as wide as a digit."""

CAP_MEDIAN, CAP_HIGH, CAP_MEAN = 2.0, 0.25, 4.0
"""Ground is at most so many times the file's median, high level, or mean, whichever is the largest: what is above is
raised even if all of the window is. The mean is for sparse files, whose median is 0."""

FLOOR = 0.5
"""Ground is at least this share of the file's usual level: a hole in an input makes nothing beside it a peak."""

NICK = 0.004
"""Spans closer than this share of the window are one to the eye ..."""

JOIN = 0.1
"""... as are those closer than this share of the shorter."""

SEEN = 0.12
"""A span's highest column reaches this share of the drawn range ..."""

SEEN_LEVEL = 0.05
"""... and its mean this: less is too low to be seen on the axis."""

ROUGH = 12
"""A span of so many columns is looked into for summits."""

CALM = 0.75
"""Its own roughness is that of the lower three quarters of its columns: the rest may be exons."""

DOMAIN_SHARE = 0.03
"""A domain takes at least this share of the window: on paper, 5 mm of 16 cm. Shorter ones are peaks to the eye."""

STRETCH_LEAST, STRETCH_SHARE = 2000, 0.05
"""Without domains, a span of so many bp and this share of the window is no longer one peak."""

CLEAR = 1.5
"""A raised part is so many times the window's usual ground, and the file's: between two holes nothing is raised."""

STEP = 0.5
"""A span earns this share of the penalty over the higher of the grounds beside it: else it only is where the ground
steps up or down, which the cut cannot say without a raised part between."""

SHOULDER = 1 / 3
"""Ground as long as a domain that is raised itself, and at least this share as high as a raised part beside it, is the
domain's shoulder: the cut had to call it ground, as levels alternate."""

SALIENT = 2.0
"""The score from which a span belongs in a caption (it would be found at twice the penalty, too) ..."""

SALIENT_RISE, SALIENT_LEVEL = 0.25, 0.1
"""... if its highest column rises over its ground by this share of the drawn range, or its mean by that."""

SMOOTH, SMOOTH_BINS, SMOOTH_GROUND = 0.03, 256, 0.1
"""A profile that turns by less than this share of its top (mean second difference of so many bins), and whose median
is this share of it at least, is a smooth one, as of replication timing: noise has no hills ..."""

HILL_APART = 0.02
"""... and those of a smooth one are what is raised, if they lie this share of the window apart, whatever their fold."""

WHOLE_PARTS = 16
"""A window lies within raised ground if each of so many parts of it, but one, is raised: above the file's
WHOLE_SHARE of bins of that width, and FOLD times its median."""

WHOLE_SHARE = 0.9

SPARSE = 0.1
"""A file whose median is less than this share of its mean has no usual level."""

LEAST_P = -300.0
"""A logarithm of a probability is not said lower: no number of bases makes a model that sure."""


def find_spans(
    columns: Array,
    region: Region,
    file: Background | None = None,
    *,
    least_domain: int | None = 2000,
    top: float | None = None,
) -> Raised:
    """What stands out of a window.

    `columns` are the means of equal parts of `region` (shape (n,), file units): 0 where a signal counted from reads has
    a gap, NaN where a value is not known. Only what is above 0 is looked at: for a signal drawn downwards pass
    -columns and the mirrored background. `file` is the background of the file; without one the window has only its
    own. `least_domain` is the least length of the assay's domains in bp, None if it has none. `top` is the top of the
    drawn range where that is not the column farthest from 0: what is too low to be seen on it is left out.
    """
    known = np.isfinite(columns)
    heights = np.clip(np.where(known, columns, 0.0), 0.0, None)
    width = region.span / len(columns)
    file = file or background_of([np.where(known, heights, np.nan)], max(1, round(width)))
    if file is None or heights.max() < NOTHING:
        return Raised((), None, 0.0)
    window = _Window(region, heights, known * width, file, top or float(np.nanmax(np.abs(columns))), least_domain)
    cut = updown(heights, window.bases, window.penalty, window.limits)
    usual = _usual_ground(window, cut)
    if _is_smooth(columns):
        return Raised(tuple(_hills(window)), _whole(window), _least(window, usual))
    found = [span for part in _joined(window, _raised(window, cut, usual)) for span in _spans(window, part, cut, usual)]
    seen = (span for span in found if span.height >= SEEN * window.top and span.level >= SEEN_LEVEL * window.top)
    return Raised(tuple(span for span in seen if span.score >= STEP), _whole(window), _least(window, usual))


@dataclass(frozen=True)
class _Window:
    """The columns as heights and bases (0: not known), where they lie, and what is asked of a span here."""

    region: Region
    heights: Array
    bases: Array
    file: Background
    top: float
    least_domain: int | None

    @property
    def width(self) -> float:
        return self.region.span / len(self.heights)

    def position(self, column: float) -> int:
        return round(self.region.start + column * self.width)

    def level(self, columns: slice | npt.NDArray[np.bool_]) -> float:
        """The mean of these columns, 0 if none is known."""
        bases = self.bases[columns]
        return float((self.heights[columns] * bases).sum() / bases.sum()) if bases.any() else 0.0

    def gain(self, part: Part, ground: float) -> float:
        """The Poisson evidence that a part is raised over `ground`, in the bases at file units of the penalty."""
        level, ground = self.level(part.columns), max(ground, self.top / REACH)
        return _evidence(self.bases[part.columns].sum(), level, ground) if level > ground else 0.0

    def kind(self, part: Part) -> SpanKind:
        length, span = len(part) * self.width, self.region.span
        if self.least_domain is None:
            return "stretch" if length >= max(STRETCH_LEAST, STRETCH_SHARE * span) else "peak"
        return "domain" if length >= max(self.least_domain, DOMAIN_SHARE * span) else "peak"

    @property
    def reach(self) -> float:
        """The bases at a high level that a span is worth."""
        low, high = COLUMNS
        return float(np.clip(HEIGHT, low * self.region.span, high * self.region.span))

    @cached_property
    def usual(self) -> float:
        """A level that is not raised: a file cut to a domain has a high median, and so has a window in one."""
        return min(self.file.median, float(np.median(self.heights)))

    @cached_property
    def penalty(self) -> float:
        """What a span must earn: its due to noise or to height, whichever is more."""
        return max(NOISE * self.file.dispersion, self.reach * self.file.high) or 0.01 * self.region.span * self.top

    @cached_property
    def limits(self) -> Limits:
        file = self.file
        cap = max(CAP_MEDIAN * file.median, CAP_HIGH * file.high, CAP_MEAN * file.mean)
        return Limits(FLOOR * self.usual, cap, file.median)


def _evidence(bases: float, level: float, ground: float) -> float:
    """How much better so many bases are told by their own level than by that of the ground."""
    return float(bases * (level * np.log(level / ground) - level + ground))


def _usual_ground(window: _Window, cut: Sequence[Part]) -> float:
    """The level that half of the window's ground lies below, and what is usual in a file that can tell."""
    ground = sorted((part.level, len(part)) for part in cut if not part.raised)
    if not ground:
        return window.usual
    levels, lengths = zip(*ground, strict=True)
    own = float(levels[int(np.searchsorted(np.cumsum(lengths), sum(lengths) / 2))])
    return max(own, window.usual) if window.file.is_wider(window.region.span) else own


def _raised(window: _Window, cut: Sequence[Part], usual: float) -> list[Part]:
    """The parts that are raised over the window's usual ground, and the shoulders of domains."""
    kept = []
    for at, part in enumerate(cut):
        beside = [one.level for one in cut[max(at - 1, 0) : at + 2] if one.raised]
        if part.raised:
            fits = part.level >= CLEAR * usual
        elif beside and window.kind(part) == "domain":
            high = part.level >= max(FOLD * usual, SHOULDER * min(beside))
            fits = high and window.gain(part, usual) >= window.penalty
        else:
            fits = False
        if fits:
            kept.extend(_known_pieces(window, part))
    return kept


def _known_pieces(window: _Window, part: Part) -> list[Part]:
    """A part without its unknown columns."""
    known = np.concatenate([[False], window.bases[part.columns] > 0, [False]])
    ends = part.start + np.flatnonzero(known[1:] != known[:-1]).reshape(-1, 2)
    return [replace(part, start=int(start), end=int(end)) for start, end in ends]


def _joined(window: _Window, parts: Sequence[Part]) -> list[Part]:
    """A nick that the eye does not see parts nothing, nor do unknown columns, unless they outnumber those of both."""
    joined: list[Part] = []
    for part in parts:
        if joined:
            last, between = joined[-1], slice(joined[-1].end, part.start)
            lengths = len(part), len(last)
            most = JOIN * min(lengths) if window.bases[between].any() else max(lengths)
            if part.start - last.end <= max(NICK * len(window.heights), most):
                joined[-1] = replace(last, end=part.end)
                continue
        joined.append(part)
    return joined


def _spans(window: _Window, part: Part, cut: Sequence[Part], usual: float) -> list[Span]:
    """A raised part as one span with its summits; as those alone, if between them nothing is raised, or seen to be."""
    # The end of a window may lie a column of noise beside a span.
    ground = [one for one in cut if not one.raised and len(one) > NICK * len(window.heights)]
    beside = [one.level for one in ground if one.end == part.start or one.start == part.end] or [usual]
    inner = _inner(window, part)
    rest = np.zeros(len(window.heights), bool)
    rest[part.columns] = True
    for one in inner:
        rest[one.columns] = False
    between = window.level(rest)
    if inner and between < max(FOLD * float(np.mean(beside)), SEEN_LEVEL * window.top):
        return [_span(window, one, [max(between, level) for level in beside]) for one in inner]
    return [_span(window, part, beside, [_summit(window, one, between) for one in inner])]


def _is_smooth(columns: Array) -> bool:
    """Whether a profile without a gap is one of hills and valleys, none of which is nothing."""
    top = float(columns.max())
    if not np.isfinite(columns).all() or columns.min() < 0 or np.median(columns) < SMOOTH_GROUND * top:
        return False
    bins = columns[np.arange(SMOOTH_BINS) * len(columns) // SMOOTH_BINS]
    return float(np.abs(np.diff(bins, 2)).mean()) < SMOOTH * top


def _hills(window: _Window) -> list[Span]:
    """Hills that rise over the higher valley beside them as a salient span does over its ground, to half their height
    over that; the window's ends count as valleys. One on the shoulder of another is no hill of its own."""
    found = sorted(_every_hill(window), key=lambda hill: -hill.length)
    kept: list[Span] = []
    for hill in found:
        if not any(hill.start < other.end and other.start < hill.end for other in kept):
            kept.append(hill)
    return sorted(kept, key=lambda hill: hill.start)


def _every_hill(window: _Window) -> Iterator[Span]:
    heights, lowest = window.heights, float(window.heights.min())
    curve = -np.concatenate([[lowest], heights, [lowest]])
    for hill in find_valleys(curve, SALIENT_RISE * window.top, max(1, round(HILL_APART * len(heights)))):
        start, end = max(0, round(hill.left) - 1), min(len(heights), round(hill.right))
        level = window.level(slice(start, end))
        ground = -float(curve[hill.at]) - hill.depth
        yield replace(_span(window, Part(start, end, True, level), [ground]), salient=True)


def _inner(window: _Window, part: Part) -> list[Part]:
    """The rises inside a part, cut as the window was; its own level is their ground, its own roughness their noise."""
    if len(part) < ROUGH:
        return []
    heights, bases = window.heights[part.columns], window.bases[part.columns]
    penalty = max(NOISE * _roughness(heights, bases), window.reach * window.level(part.columns))
    usual = float(np.median(heights))
    found = updown(heights, bases, penalty, Limits(FLOOR * usual, np.inf, usual))
    return [replace(one, start=one.start + part.start, end=one.end + part.start) for one in found if one.raised]


def _roughness(heights: Array, bases: Array) -> float:
    """The dispersion of these columns, in bases."""
    known = (bases[1:] > 0) & (bases[:-1] > 0)
    means, steps = (heights[1:] + heights[:-1])[known] / 2, np.diff(heights)[known]
    calm = (means > 0) & (means <= np.quantile(means, CALM)) if len(means) else means > 0
    return float((steps[calm] ** 2 / 2).sum() / means[calm].sum() * bases.max()) if calm.any() else 0.0


def _summit_of(window: _Window, part: Part) -> tuple[int, float]:
    """The middle of its highest column, and that column's value."""
    at = part.start + int(window.heights[part.columns].argmax())
    return window.position(at + 0.5), float(window.heights[at])


def _span(window: _Window, part: Part, beside: Sequence[float], summits: Sequence[Summit] = ()) -> Span:
    """`beside` are the levels of the ground on its sides."""
    gain, level, ground = window.gain(part, max(beside)), window.level(part.columns), float(np.mean(beside))
    summit, height = _summit_of(window, part)
    seen = height - ground >= SALIENT_RISE * window.top or level - ground >= SALIENT_LEVEL * window.top
    nats = gain / window.file.dispersion if window.file.dispersion else np.inf
    return Span(
        start=window.position(part.start),
        end=window.position(part.end),
        kind=window.kind(part),
        summit=summit,
        height=height,
        level=level,
        background=ground,
        score=gain / window.penalty,
        log10_p=max(LEAST_P, float(-nats / np.log(10))),
        salient=seen and gain >= SALIENT * window.penalty,
        summits=tuple(summits),
        cut_left=part.start <= NICK * len(window.heights),
        cut_right=part.end >= (1 - NICK) * len(window.heights),
    )


def _summit(window: _Window, part: Part, ground: float) -> Summit:
    start, end = window.position(part.start), window.position(part.end)
    score = window.gain(part, ground) / window.penalty
    return Summit(start, end, *_summit_of(window, part), window.level(part.columns), score)


def _whole(window: _Window) -> float | None:
    """How raised the window is as a whole."""
    if not window.file.is_wider(window.region.span):
        return None
    edges = np.linspace(0, len(window.heights), WHOLE_PARTS + 1).astype(int)
    levels = sorted(window.level(slice(start, end)) for start, end in itertools.pairwise(edges))
    usual = window.file.at(window.region.span / WHOLE_PARTS)
    if levels[1] <= 0 or levels[1] < max(usual.quantile(WHOLE_SHARE), FOLD * usual.quantile(0.5)):
        return None
    if usual.quantile(0.5) < SPARSE * usual.mean:  # most of the file is empty: nothing is usual in it
        return None
    return window.level(slice(None)) / usual.quantile(0.5)


def _least(window: _Window, usual: float) -> float:
    """The level at which a hundredth of the window earns the penalty over the usual ground."""
    ground = max(usual, window.top / REACH)
    levels = np.geomspace(FOLD * ground, 10 * max(window.top, window.file.maximum, ground), 200)
    found = np.searchsorted([_evidence(0.01 * window.region.span, level, ground) for level in levels], window.penalty)
    return float(levels[min(int(found), len(levels) - 1)])
