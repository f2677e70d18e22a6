"""From the files of a scene's signal tracks to what is drawn: joined columns, and the scale they are drawn on.

The minus strand hangs down from zero, whichever sign its file has. Ranges are in file units throughout; only
`Scale.drawn` knows of logarithms. What shares a scale is a `Unit`: a group, or tracks of one assay, unit and source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from renderer.assays.design import scale_kind
from renderer.assays.labels import is_minus, strand_of, unstranded
from renderer.assays.names import assay_of, is_signed
from renderer.figure.lettering import value_text
from renderer.figure.overlays import overlaid
from renderer.measure.across import gaps_are_zero, is_spliced
from renderer.measure.signal import LEAST_DOMAIN, About, measure_signal
from renderer.measure.spans import SEEN
from renderer.values.background import Background, FileLevels, mean_background
from renderer.values.errors import TrackError
from renderer.values.evidence import SignalEvidence
from renderer.values.region import Region
from renderer.values.track import Combine, Scene, Track
from renderer.window.background import read_background
from renderer.window.signal import Columns, Steps, read_window, value_range

PSEUDOCOUNT = 1.0
"""Added to both sides of a ratio, as bigwigCompare does by default, so that two empty stretches are equal, not
undefined."""


@dataclass(frozen=True)
class Signal:
    """The window of one signal track: `columns` are drawn and measured; `layers` are drawn instead where replicates
    are overlaid. File units, shape (n,), NaN where there is no data. `steps` are finer, for numbers;
    `background` is what is usual in the file, None if it is not known; `spread` is the standard error of a mean of
    replicates."""

    columns: Columns
    layers: tuple[Columns, ...]
    steps: Steps
    background: Background | None = None
    spread: Columns | None = None

    @property
    def band(self) -> tuple[Columns, Columns] | None:
        """One standard error below and above the mean of replicates, where there are several."""
        return None if self.spread is None else (self.columns - self.spread, self.columns + self.spread)


@dataclass(frozen=True)
class Mark:
    """A few words at the range of a row; `far`: they warn that the row is not what it looks like."""

    text: str
    far: bool = False


@dataclass(frozen=True)
class Scale:
    """What the bottom and the top of a track's box stand for, in file units; `log` draws log2(1 + |v|), signed.
    `source` says where the range is from: the row itself ("auto"), a "group", tracks that are alike ("shared"), its
    "file", or a person ("fixed")."""

    vmin: float
    vmax: float
    log: bool = False
    source: str = "auto"

    @property
    def limits(self) -> tuple[float, float]:
        """The range in drawn units."""
        low, high = self.drawn(np.array([self.vmin, self.vmax]))
        return float(low), float(high)

    def drawn(self, values: Columns) -> Columns:
        """File units as drawn units."""
        if not self.log:
            return values
        result: Columns = np.sign(values) * np.log2(1 + np.abs(values))
        return result

    def measure(self, signal: Signal, region: Region, track: Track, paired: bool = False) -> SignalEvidence:
        """What is seen of a signal drawn on this scale: heights as drawn, values in file units.

        `paired`: it is one strand of a mirrored row, whose scale is that of the stronger one; the other is judged by
        its own height.
        """
        low, high = self.limits
        base = low if low > 0 else high if high < 0 else 0.0
        row = assay_of(track)
        about = About(
            signal.background,
            signal.steps,
            signal.steps.are_zero(gaps_are_zero(track)),
            row.least_domain if row else LEAST_DOMAIN,
            self._top(signal.columns, paired),
            is_signed(track),
            is_minus(track) or high < 0,
            graded=bool(row and row.graded),
        )
        drawn = self.drawn(signal.columns) - base
        found = measure_signal(signal.columns, region, low - base, high - base, about, drawn)
        return replace(found, vmin=self.vmin, vmax=self.vmax)

    def _top(self, columns: Columns, paired: bool) -> float:
        """What spans are judged by, in file units: a row's own height where its axis is that of others, lest a peak be
        denied for what is drawn beside it. On a logarithmic scale low ones are seen as well."""
        own = paired or self.source in (*SHARING, "file")
        top = float(np.nanmax(np.abs(columns), initial=0.0)) if own else max(-self.vmin, self.vmax)
        return float((2 ** (SEEN * np.log2(1 + top)) - 1) / SEEN) if self.log else top


def read_signal(track: Track, region: Region, columns: int) -> Signal:
    """The files of a signal track, joined as it says."""
    how = track.combine or "mean"
    counted = gaps_are_zero(replace(track, combine=None))  # what is joined, whatever comes of it
    paths = (track.path, *track.more)
    windows = [read_window(path, region, columns, counted, blocks=is_spliced(track)) for path in paths]
    parts = [window.columns for window in windows]
    counted = any(window.steps.are_zero(counted) for window in windows)
    background = _joined_background([read_background(path, gaps_are_zero=counted) for path in paths], how)
    joined = combine(parts, how, counted)
    steps = _joined_steps([window.steps for window in windows], how, counted)
    layers = tuple(parts) if how == "overlay" else (joined,)
    if is_minus(track) and np.nansum(joined) > 0:
        joined, layers, steps = -joined, tuple(-layer for layer in layers), steps.turned()
        background = background and background.mirrored()
    spread = standard_error(parts, counted) if how == "mean" and len(parts) > 1 else None
    return Signal(joined, layers, steps, background, spread)


def _joined_background(parts: Sequence[Background | None], how: Combine) -> Background | None:
    """That of several files as one; what is usual in their difference or ratio is not known."""
    known = [part for part in parts if part is not None]
    if len(parts) == 1 or len(known) < len(parts):
        return parts[0] if len(parts) == 1 else None
    return mean_background(known) if how in ("mean", "overlay") else None


def _joined_steps(parts: Sequence[Steps], how: Combine, counted: bool) -> Steps:
    """Steps of several files as one; of such only the means of steps are known."""
    if len(parts) == 1:
        return parts[0]
    first = min(parts, key=lambda one: len(one.sums))  # a chromosome may end earlier in one file
    means = combine([part.means_over(counted)[: len(first.sums)] for part in parts], how, counted)
    return replace(Steps.of_means(means, first.start, first.step), dense=all(part.dense for part in parts))


def combine(parts: Sequence[Columns], how: Combine, counted: bool = False) -> Columns:
    """Several files as one, in file units; ratios have PSEUDOCOUNT added to both sides.

    A mean is taken over the files that have a value; where reads are `counted`, no value beside a value counts as 0. A
    comparison sets the first against the mean of the others;
    there, no value beside a value counts as 0, as gaps of coverage files do.
    """
    if len(parts) == 1:
        return parts[0]
    if how in ("mean", "overlay"):
        return _mean([_beside(part, parts) for part in parts] if counted else parts)
    first, rest = parts[0], _mean(parts[1:])
    known = np.isfinite(first) | np.isfinite(rest)
    compared = _COMPARE[how](np.nan_to_num(first), np.nan_to_num(rest))
    result: Columns = np.where(known, compared, np.nan)
    return result


def standard_error(parts: Sequence[Columns], counted: bool = False) -> Columns:
    """Of the mean of several files, in file units: the sample's standard deviation over the root of how many have a
    value; 0 where fewer than two have."""
    told = [_beside(part, parts) for part in parts] if counted else parts
    stacked = np.stack(told)
    known = np.isfinite(stacked).sum(axis=0)
    squares = np.nansum(np.square(stacked - np.asarray(_mean(told))), axis=0)
    result: Columns = np.sqrt(squares / np.maximum(known - 1, 1) / np.maximum(known, 1))
    return result


def _beside(part: Columns, parts: Sequence[Columns]) -> Columns:
    """A part, with 0 where only others have a value."""
    some = np.isfinite(np.stack(parts)).any(axis=0)
    result: Columns = np.where(np.isnan(part) & some, 0.0, part)
    return result


def _mean(parts: Sequence[Columns]) -> Columns:
    stacked = np.stack(parts)
    known = np.isfinite(stacked).sum(axis=0)
    result: Columns = np.where(known > 0, np.nansum(stacked, axis=0) / np.maximum(known, 1), np.nan)
    return result


def _ratio(first: Columns, rest: Columns) -> Columns:
    """Below 0 there is nothing to count."""
    result: Columns = (np.clip(first, 0, None) + PSEUDOCOUNT) / (np.clip(rest, 0, None) + PSEUDOCOUNT)
    return result


_COMPARE: dict[str, Callable[[Columns, Columns], Columns]] = {
    "subtract": lambda first, rest: first - rest,
    "ratio": _ratio,
    "log2ratio": lambda first, rest: np.log2(_ratio(first, rest)),
}

_JOINED = {
    "mean": "mean of {n} files ± SEM",
    "overlay": "{n} files overlaid, measured as their mean",
    "subtract": "minus input",
    "ratio": "over input",
    "log2ratio": "log2 over input",
}


FAR = 3.0
"""An axis that ends below this part of the file's 99.9 % level says so: what fills it may be noise; and so does a row
whose own extreme is below this part of the axis: it is low beside what it shares the axis with."""

SAME_END = 0.005
"""An axis ends at the row's own extreme if it is no further off than this share of it."""

_SAID = {"auto": "", "shared": "shared scale", "file": "file's scale", "fixed": "fixed scale"}


def describe(track: Track, scale: Scale) -> str | None:
    """What must be known to read a track's values, in a few words; None where there is nothing special."""
    said = f"scale of {track.group}" if scale.source == "group" else _SAID[scale.source]
    parts = [said, "log2(1 + v)" if scale.log else ""]
    parts += [_JOINED[track.combine or "mean"].format(n=1 + len(track.more))] if track.more else []
    return ", ".join(filter(None, parts)) or None


def range_marks(columns: Columns, scale: Scale, usual: FileLevels | None = None) -> tuple[Mark, ...]:
    """What stands at the range of a row: its own extremes where its axis does not end there, and the level of the file
    (`usual`, in the direction the track is drawn) where the axis is far below it."""
    marks = []
    if np.isfinite(columns).any():
        ends = (("max", float(np.nanmax(columns)), scale.vmax), ("min", float(np.nanmin(columns)), scale.vmin))
        for name, own, end in ends:
            outward = max(own, 0.0) if name == "max" else min(own, 0.0)
            if end and abs(outward - end) > SAME_END * abs(end):
                marks.append(Mark(f"{name} {value_text(outward)}", FAR * abs(outward) < abs(end)))
    if usual is not None and FAR * max(scale.vmax, -scale.vmin) < usual.q999:
        marks.append(Mark(f"file's 99.9 %: {value_text(usual.q999)}", True))
    return tuple(marks)


def mirrored(tracks: Sequence[Track]) -> dict[int, int]:
    """Number of the '-' track -> number of the '+' track right above it, where they are the strands of one sample."""
    return {
        minus.number: plus.number
        for plus, minus in pairwise(tracks)
        if _is_signal(plus)
        and _is_signal(minus)
        and not (plus.look.row or minus.look.row)
        and (strand_of(plus), strand_of(minus)) == ("+", "-")
        and (plus.sample, plus.assay, plus.group) == (minus.sample, minus.assay, minus.group)
        and unstranded(plus.label) == unstranded(minus.label)
    }


def _is_signal(track: Track) -> bool:
    return track.kind == "signal" and track.note is None


Unit = tuple[str, str | int]
"""What shares a scale: ("group", its name), ("shared", the assay, unit and source), ("pair", the number of its '+'
track) or ("track", its number)."""

SHARING = ("group", "shared")


def unit_name(unit: Unit) -> str:
    """A unit as `Scene.limits` names it."""
    return f"{unit[0]} {unit[1]}"


def units(scene: Scene) -> dict[int, Unit]:
    """The scale unit of each signal track. The strands of a mirrored row have one."""
    pairs = mirrored(scene.tracks)
    tops = set(pairs.values())
    shared = _shared(scene.tracks, pairs) if scene.scale in ("together", "job") else {}
    found: dict[int, Unit] = {}
    for track in filter(_is_signal, scene.tracks):
        lead = pairs.get(track.number, track.number)
        alone: Unit = ("pair" if lead in tops else "track", lead)
        found[track.number] = ("group", track.group) if track.group else shared.get(lead, alone)
    return found


def _shared(tracks: Sequence[Track], pairs: Mapping[int, int]) -> dict[int, Unit]:
    """The unit of tracks of one kind, by number; a kind that only one row is of shares nothing."""
    kinds: dict[str, list[int]] = {}
    for track in filter(_is_signal, tracks):
        kind = scale_kind(track)
        if kind and not track.group and track.number not in pairs:
            kinds.setdefault(kind, []).append(track.number)
    return {number: ("shared", kind) for kind, alike in kinds.items() if len(alike) > 1 for number in alike}


def find_ranges(scenes: Iterable[tuple[Scene, Mapping[int, Signal]]]) -> dict[Unit, tuple[float, float]]:
    """The range of every unit over all scenes, with minus strands turned up: that of what is drawn, or of the files."""
    layers: dict[Unit, list[Columns]] = {}
    for scene, signals in scenes:
        of = units(scene)
        for track in scene.tracks:
            if track.number in signals:
                turn = -1.0 if is_minus(track) else 1.0
                parts = _drawn_from(scene, signals[track.number])
                layers.setdefault(of[track.number], []).extend(turn * part for part in parts)
    return {unit: value_range(parts) for unit, parts in layers.items()}


def _drawn_from(scene: Scene, signal: Signal) -> Sequence[Columns]:
    """What the range of a row is taken from: its columns, or both ends of the middle 99.8 % of its file."""
    if scene.scale == "file" and (usual := _file_ends(scene.region, signal)):
        return (np.array(usual),)
    return (*signal.layers, *(signal.band or ()))


def _file_ends(region: Region, signal: Signal) -> tuple[float, float] | None:
    """What 0.1 % and 99.9 % of a file's bins stay below, bins about as wide as a column; None if the file does not tell
    or next to all of it is 0."""
    if signal.background is None:
        return None
    level = signal.background.at(region.span / len(signal.columns))
    low, high = level.quantile(0.001), level.quantile(0.999)
    return (low, high) if low or high else None


def scales(scene: Scene, signals: Mapping[int, Signal], ranges: Mapping[Unit, tuple[float, float]]) -> dict[int, Scale]:
    """The scale of each signal track: as fixed by its look, else that of its unit in the job, else `ranges`.

    Raises TrackError for a fixed range that is empty.
    """
    of = units(scene)
    drawn = [track for track in scene.tracks if track.number in signals]
    made = {track.number: _scale(track, scene, of[track.number], ranges, signals[track.number]) for track in drawn}
    for minus, plus in mirrored(scene.tracks).items():
        halves = [made[plus], replace(made[minus], vmax=-made[minus].vmin)]
        lead = max(halves, key=lambda half: (half.source == "fixed", half.vmax))
        made[plus] = replace(lead, vmin=0.0)
        made[minus] = replace(lead, vmin=-lead.vmax, vmax=0.0)
    return _share(made, overlaid(scene.tracks))


def _share(made: Mapping[int, Scale], lead: Mapping[int, int]) -> dict[int, Scale]:
    """The scales, one for each row: from the lowest to the highest end of those of its tracks."""
    shared = dict(made)
    for number, first in lead.items():
        row = [made[other] for other, of in lead.items() if of == first and other in made]
        if number in made:
            low, high = min(one.vmin for one in row), max(one.vmax for one in row)
            shared[number] = replace(row[0], vmin=low, vmax=high)
    return shared


def _scale(track: Track, scene: Scene, unit: Unit, ranges: Mapping[Unit, tuple[float, float]], signal: Signal) -> Scale:
    look = track.look
    low, high = scene.limits.get(unit_name(unit), ranges[unit])
    of_file = scene.scale == "file" and _file_ends(scene.region, signal) is not None
    source = "file" if of_file else str(unit[0]) if unit[0] in SHARING else "auto"
    if look.vmin is not None or look.vmax is not None:
        (low, high), source = _fixed(track, low, high), "fixed"
    if look.log and low < 0 < high:  # zero must lie where the values at both ends say it does
        low, high = -max(-low, high), max(-low, high)
    return Scale(-high, -low, look.log, source) if is_minus(track) else Scale(low, high, look.log, source)


def _fixed(track: Track, low: float, high: float) -> tuple[float, float]:
    """The range a look asks for, in place of the automatic one; of a minus strand, turned up."""
    vmin, vmax = track.look.vmin, track.look.vmax
    if is_minus(track):
        vmin, vmax = 0.0, max(abs(end) for end in (vmin, vmax) if end is not None)
    bottom = min(low, 0.0 if vmax is None else vmax) if vmin is None else vmin
    top = max(high, bottom) if vmax is None else vmax
    if vmin is not None and vmax is not None and vmin >= vmax:
        raise TrackError(f"Track '{track.label}': its range from {vmin:g} to {vmax:g} is empty. Give a higher top.")
    return bottom, top if top > bottom else bottom + 1.0
