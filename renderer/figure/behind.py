"""What a scene asks for round and behind its rows: headings, tints and lines of intervals, lines at values.

Reads intervals of the window; `renderer.figure.backdrop` draws what is found here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from renderer.figure.lettering import value_text
from renderer.figure.scales import Scale
from renderer.figure.style import readable, tint
from renderer.values.track import Highlight, Scene, Track
from renderer.window.intervals import read_intervals

MOST_ACROSS = 200
"""Intervals of one file over all rows; more would cover the page."""

LINE_COLOR = "#4d4d4d"
LINE_OPACITY = 0.5
"""Of lines over all rows, for which none or any colour was asked: as paper, ink on it is still read."""


@dataclass(frozen=True)
class Behind:
    """Tints over stretches of the window; lines down through all rows at a position (0-based) in a colour; and lines
    behind single rows, by their place from 0, at shares of the height. `warnings` say what could not be drawn."""

    tints: tuple[Highlight, ...] = ()
    lines: tuple[tuple[int, str], ...] = ()
    levels: Mapping[int, tuple[float, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def find_behind(scene: Scene, scales: Mapping[int, Scale]) -> Behind:
    """What the scene asks for; `scales` are those of its signals, by number. Raises FormatError for a damaged file."""
    tints: list[Highlight] = []
    lines: list[tuple[int, str]] = []
    said: list[str] = []
    region = scene.region
    for track in scene.across:
        found = read_intervals(track.path, region) if track.kind == "intervals" and track.note is None else []
        if track.kind != "intervals" or track.note:
            said.append(f"{track.label}: {track.note or 'only intervals can be drawn over all rows'}.")
        elif len(found) > MOST_ACROSS:
            said.append(f"{track.label}: {len(found):,} intervals over all rows are too many, so none is drawn.")
        elif track.look.across == "tint":
            tints += [Highlight(one.start, one.end, one.name or None, track.color or one.color) for one in found]
        else:
            color = tint(readable(track.color) if track.color else LINE_COLOR, LINE_OPACITY)
            ends = {at for one in found for at in ((one.start, one.end) if one.end - one.start > 1 else (one.start,))}
            lines += [(at, color) for at in sorted(ends) if region.start <= at < region.end]
    levels = {}
    for slot, track in enumerate(scene.tracks):
        if track.look.lines and track.number in scales:
            levels[slot], missed = _levels(track.look.lines, scales[track.number])
            said += [f"{track.label}: the line at {value_text(one)} lies outside its range." for one in missed]
    return Behind(tuple(tints), tuple(lines), levels, tuple(said))


def _levels(values: Sequence[float], scale: Scale) -> tuple[tuple[float, ...], list[float]]:
    """Shares of the height of a row, from its bottom; and the values that its range leaves out."""
    low, high = scale.limits
    shares = (scale.drawn(np.array(values)) - low) / (high - low)
    inside = (shares >= 0) & (shares <= 1)
    return tuple(shares[inside].tolist()), [value for value, good in zip(values, inside, strict=True) if not good]


def headings_of(tracks: Sequence[Track]) -> dict[int, str]:
    """The headings of a figure, each by the place (from 0) of the first row that it stands above; '' where the rows
    under a heading end, and those that follow have none."""
    before = (None, *(track.look.heading for track in tracks))
    return {
        slot: track.look.heading or ""
        for slot, (track, last) in enumerate(zip(tracks, before, strict=False))
        if track.look.heading != last
    }
