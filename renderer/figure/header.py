"""What stands above the rows of a panel: title, ideogram, scale bar, coordinates, names of highlights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from renderer.figure.ideogram import band_name, paint_ideogram
from renderer.figure.lettering import BOLD, text_width, wrap
from renderer.figure.rows.base import Row, pack
from renderer.figure.sheet import Sheet
from renderer.figure.style import Theme
from renderer.values.region import Region, length_text
from renderer.values.track import Highlight
from renderer.window.bands import Band

TITLE_LINE = 18
IDEOGRAM_LINE = 20
HIGHLIGHT_LINE = 13
MARGIN = 8
"""Pixels between text and the edge of the page."""

TICK_GAP = 36
"""Pixels between the text of one tick and the next, at least."""

UNDER = 6
"""Pixels between the coordinates and the first row."""


@dataclass(frozen=True)
class Panel:
    """One locus of a page: its rows, one a track, and what stands above them. `headings` stand above single rows, by
    slot; `lines` lead down through all rows, at a position (0-based) in a colour; `levels` lie behind a row, by slot,
    at shares of its height."""

    rows: Sequence[Row]
    region: Region
    title: str = ""
    assembly: str | None = None
    highlights: Sequence[Highlight] = ()
    bands: Sequence[Band] = ()
    headings: Mapping[int, str] = field(default_factory=dict)
    lines: Sequence[tuple[int, str]] = ()
    levels: Mapping[int, Sequence[float]] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Assembly and coordinates."""
        return f"{self.assembly}  {self.region}" if self.assembly else str(self.region)


@dataclass(frozen=True)
class Frame:
    """Where a panel's header goes: data from x0 to x1, text from `left` on; labels end at `label_right`. A panel that
    is `alone` has the label column to itself."""

    x0: float
    x1: float
    left: float
    label_right: float
    alone: bool


def header_height(panel: Panel, frame: Frame, theme: Theme) -> float:
    """Pixels from the top of the page to the end of the coordinates."""
    titles = TITLE_LINE * len(_title_lines(panel, frame, theme))
    return titles + MARGIN / 2 + (IDEOGRAM_LINE if panel.bands else 0) + theme.axis_height


def names_height(panel: Panel, frame: Frame, theme: Theme) -> float:
    """Pixels below the coordinates for the names of highlights."""
    return float(HIGHLIGHT_LINE * (max(_highlight_lanes(panel, frame, theme), default=-1) + 1))


def draw_header(sheet: Sheet, panel: Panel, frame: Frame, theme: Theme, bottom: float) -> None:
    """Draw the header so that its coordinates end at `bottom`, a line that panels side by side share."""
    y = bottom - header_height(panel, frame, theme) + MARGIN / 2
    lines = _title_lines(panel, frame, theme)
    for number, (text, bold) in enumerate(lines):
        weight = "bold" if bold else "normal"
        sheet.text(
            frame.left,
            y + TITLE_LINE * (number + 0.5),
            text,
            _title_px(theme),
            theme.text,
            va="center",
            ha="left",
            weight=weight,
        )
    if frame.alone and lines[0][0] != panel.place:
        sheet.text(frame.x1, y + TITLE_LINE / 2, panel.place, _title_px(theme), theme.text, va="center", ha="right")
    y += TITLE_LINE * len(lines)
    if panel.bands:
        _draw_ideogram(sheet, panel, frame, theme, y)
        y += IDEOGRAM_LINE
    _draw_scale_bar(sheet, panel, frame, theme, y)
    (_draw_ticks_beside if theme.beside_ticks else _draw_ruler)(sheet, panel, frame, theme, y + theme.axis_height)
    _draw_highlight_names(sheet, panel, frame, theme, y + theme.axis_height)


def _title_px(theme: Theme) -> float:
    return theme.font_px + 0.5


def _title_lines(panel: Panel, frame: Frame, theme: Theme) -> list[tuple[str, bool]]:
    """Lines of the title, and whether they are bold; of a lone panel, the place stands to the right of the first."""
    px = _title_px(theme)
    if not panel.title:
        return [(panel.place, True)]
    place = text_width(panel.place, px) + 24 if frame.alone else 0
    lines = [(line, True) for line in wrap(panel.title, (frame.x1 - frame.left - place) / BOLD, px)]
    return lines if frame.alone else [*lines, *((line, False) for line in wrap(panel.place, frame.x1 - frame.left, px))]


def _draw_ideogram(sheet: Sheet, panel: Panel, frame: Frame, theme: Theme, y: float) -> None:
    ax = sheet.axes(frame.x0, frame.x1, y, y + IDEOGRAM_LINE - 4)
    paint_ideogram(ax, panel.bands, panel.region)
    if frame.alone:
        name = band_name(panel.bands, panel.region)
        _label(
            sheet,
            frame,
            theme,
            y + IDEOGRAM_LINE / 2 - 2,
            f"{panel.region.chrom} ({name})" if name else panel.region.chrom,
        )


def _label(sheet: Sheet, frame: Frame, theme: Theme, y: float, text: str) -> None:
    """A word in the label column, on the side where the theme has its labels."""
    x, side = (frame.label_right, "right") if theme.right_labels else (MARGIN, "left")
    sheet.text(x, y, text, theme.font_px - 1, theme.text, va="center", ha=side)


def _draw_scale_bar(sheet: Sheet, panel: Panel, frame: Frame, theme: Theme, y: float) -> None:
    length = scale_bar(panel.region.span)
    pixels = length / panel.region.span * (frame.x1 - frame.x0)
    left, middle = (frame.x0 + frame.x1 - pixels) / 2, y + 9
    right = left + pixels
    sheet.line([(left, middle - 3), (left, middle + 3)], theme.text, 1.0)
    sheet.line([(left, middle), (right, middle)], theme.text, 1.0)
    sheet.line([(right, middle - 3), (right, middle + 3)], theme.text, 1.0)
    sheet.text(left - 6, middle, length_text(length), theme.font_px - 1, theme.text, va="center", ha="right")
    if panel.assembly and theme.beside_ticks:
        sheet.text(right + 6, middle, panel.assembly, theme.font_px - 1, theme.text, va="center", ha="left")
    if frame.alone and theme.right_labels:
        _label(sheet, frame, theme, middle, "Scale")


def _draw_ticks_beside(sheet: Sheet, panel: Panel, frame: Frame, theme: Theme, bottom: float) -> None:
    """Full positions, each left of its tick, as the UCSC browser writes them."""
    px = theme.font_px - 1
    ticks, _, _ = _ticks(panel, frame, theme)
    for tick, x in zip(ticks, _pixels(ticks, panel, frame), strict=True):
        text = f"{tick:,}"
        if x - text_width(text, px) - 3 < frame.x0:
            continue
        sheet.line([(x, bottom - 14), (x, bottom)], theme.text)
        sheet.text(x - 3, bottom - 8, text, px, theme.text, va="center", ha="right")
    if frame.alone:
        _label(sheet, frame, theme, bottom - 8, f"{panel.region.chrom}:")


def _draw_ruler(sheet: Sheet, panel: Panel, frame: Frame, theme: Theme, bottom: float) -> None:
    """Short positions over a line, as the WashU browser draws them."""
    px = theme.font_px - 1.5
    ticks, unit, digits = _ticks(panel, frame, theme)
    sheet.line([(frame.x0, bottom - 3), (frame.x1, bottom - 3)], theme.text)
    for tick, x in zip(ticks, _pixels(ticks, panel, frame), strict=True):
        sheet.line([(x, bottom - 7), (x, bottom - 3)], theme.text)
        text = f"{tick / unit:,.{digits}f}" + {1: "", 1_000: " kb", 1_000_000: " Mb"}[unit]
        half = text_width(text, px) / 2
        if frame.x0 <= x - half and x + half <= frame.x1:
            sheet.text(x, bottom - 14, text, px, theme.text, va="center", ha="center")
    if frame.alone:
        _label(sheet, frame, theme, bottom - 12, panel.region.chrom)


def _ticks(panel: Panel, frame: Frame, theme: Theme) -> tuple[list[int], int, int]:
    """What `position_ticks` says, as far apart as the theme's texts need."""
    widest, px = (
        (f"{panel.region.end:,}", theme.font_px - 1) if theme.beside_ticks else ("155.00 Mb", theme.font_px - 1.5)
    )
    return position_ticks(panel.region, (text_width(widest, px) + TICK_GAP) / (frame.x1 - frame.x0))


def guide_places(panel: Panel, frame: Frame, theme: Theme) -> list[float]:
    """The pixels of the ticks, for lines down through all rows."""
    return _pixels(_ticks(panel, frame, theme)[0], panel, frame)


def line_places(panel: Panel, frame: Frame) -> list[tuple[float, str]]:
    """The pixels of the lines that were asked for, with their colours."""
    positions, colors = [at for at, _ in panel.lines], [color for _, color in panel.lines]
    return list(zip(_pixels(positions, panel, frame), colors, strict=True))


def _pixels(positions: Sequence[float], panel: Panel, frame: Frame) -> list[float]:
    per_base = (frame.x1 - frame.x0) / panel.region.span
    return [frame.x0 + (position - panel.region.start) * per_base for position in positions]


def _highlight_places(panel: Panel, frame: Frame, theme: Theme) -> list[tuple[str, float, float]]:
    """Name, left and right pixel of each highlight's name, moved inside the panel; unnamed ones are left out."""
    places = []
    for highlight in panel.highlights:
        start, end = max(highlight.start, panel.region.start), min(highlight.end, panel.region.end)
        if start >= end or not highlight.label:
            continue
        name = wrap(highlight.label, frame.x1 - frame.x0, theme.font_px - 1.5)[0]
        half = text_width(name, theme.font_px - 1.5) / 2
        middle = sum(_pixels([start, end], panel, frame)) / 2
        middle = min(max(middle, frame.x0 + half), frame.x1 - half)
        places.append((name, middle - half, middle + half))
    return sorted(places, key=lambda place: place[1])


def _highlight_lanes(panel: Panel, frame: Frame, theme: Theme) -> list[int]:
    return pack([(left, right) for _, left, right in _highlight_places(panel, frame, theme)], gap=8)


def _draw_highlight_names(sheet: Sheet, panel: Panel, frame: Frame, theme: Theme, y: float) -> None:
    places, lanes = _highlight_places(panel, frame, theme), _highlight_lanes(panel, frame, theme)
    for (name, left, _), lane in zip(places, lanes, strict=True):
        sheet.text(
            left, y + (lane + 0.5) * HIGHLIGHT_LINE + 2, name, theme.font_px - 1.5, theme.text, va="center", ha="left"
        )


def _round_down(value: float) -> int:
    """The largest of 1, 2, 5 x 10^n that is at most `value`, at least 1."""
    target = max(1.0, value)
    power = 10 ** int(np.floor(np.log10(target)))
    return int(max(step * power for step in (1, 2, 5) if step * power <= target))


def _round_up(value: float) -> int:
    """The smallest of 1, 2, 5 x 10^n that is at least `value`."""
    below = _round_down(value)
    return next(step for step in (below, _round_down(2.5 * below)) if step >= value or step > below)


def position_ticks(region: Region, apart: float = 0.1) -> tuple[list[int], int, int]:
    """Round positions to print (as bases), at least `apart` shares of the window apart; the unit they are printed in,
    and the digits behind the point."""
    step = _round_up(region.span * apart)
    first = -(-region.start // step) * step
    margin = 0.03 * region.span  # a text centred closer to the edge would be cut
    ticks = [t for t in range(first, region.end, step) if region.start + margin <= t <= region.end - margin]
    unit = 1_000_000 if region.end >= 1_000_000 and step >= 1_000 else 1_000 if step >= 100 else 1
    digits = max(0, int(np.ceil(np.log10(unit / step)))) if step < unit else 0
    return ticks, unit, digits


def scale_bar(span: int) -> int:
    """A round length of about a sixth of the window, in bp."""
    return _round_down(span / 5)
