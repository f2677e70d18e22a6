"""The page round the rows: headers on top, labels left, one Axes a row and panel, and a Layout of the result.

A page has one panel for each locus. Panels stand side by side and share the label column; the rows of a track are
level in all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from renderer.figure import usual
from renderer.figure.backdrop import draw_backdrop, draw_levels
from renderer.figure.header import (
    MARGIN,
    UNDER,
    Frame,
    Panel,
    draw_header,
    header_height,
    names_height,
    position_ticks,
)
from renderer.figure.lettering import BOLD, splits_a_word, text_width, value_text, wrap
from renderer.figure.rows.base import Row
from renderer.figure.rows.legends import BETWEEN, SWATCH, Legend, named, printed, rest_of
from renderer.figure.scales import Mark
from renderer.figure.sheet import Sheet, snap
from renderer.figure.style import Theme, readable
from renderer.values.bounds import DPI
from renderer.values.layout import Layout, Tint, TrackBox
from renderer.values.region import Region
from renderer.values.track import Highlight
from renderer.window.bands import Band

__all__ = ["PANEL_GAP", "Page", "Panel", "position_ticks", "value_text"]

PANEL_GAP = 14
"""Pixels between panels."""

NOTE_LINE = 12
VALUE_GAP = 8
"""Pixels between the data and the values at its left."""

MARK_LINE = 10
"""Pixels of a line of small type at the range of a row."""

LEAST_RANGE = 24
"""A row lower than this has no room for two values one above the other; they stand on one line."""

HEADING_LINE = 20
HEADING_END = 8
"""Pixels of a heading above rows, and of the rule that ends what is under one."""

CLIPPED_COLOR = "#c2006b"
"""Of the marks over values that pass the end of the scale."""


@dataclass(frozen=True)
class _Label:
    """A label in lines of `px` pixels, a remark below it."""

    lines: tuple[str, ...]
    px: float
    remarks: tuple[str, ...]

    @property
    def height(self) -> float:
        return len(self.lines) * (self.px + 2) + len(self.remarks) * NOTE_LINE


@dataclass(frozen=True)
class _Group:
    """Rows that hang together, one after the other without a gap: `slots` are their numbers, `heights` their pixels
    in every panel, `notes` the lines below them by panel. A `heading` stands above them."""

    slots: tuple[int, ...]
    heights: tuple[float, ...]
    label: _Label
    notes: tuple[tuple[str, ...], ...]
    legend: bool
    heading: str | None = None

    @property
    def above(self) -> float:
        """Pixels above the rows."""
        return 0 if self.heading is None else HEADING_LINE if self.heading else HEADING_END

    @property
    def height(self) -> float:
        """Pixels of the rows and what stands below them."""
        below = NOTE_LINE * (max(map(len, self.notes)) + self.legend)
        return max(sum(self.heights) + below, self.label.height)


class Page:
    """One figure in the making. Coordinates are pixels from the top left corner."""

    def __init__(
        self,
        rows: Sequence[Row],
        region: Region,
        title: str,
        theme: Theme,
        *,
        assembly: str | None = None,
        highlights: Sequence[Highlight] = (),
        bands: Sequence[Band] = (),
        dpi: int = DPI,
    ) -> None:
        self._build([Panel(rows, region, title, assembly, highlights, bands)], theme, dpi)

    @classmethod
    def side_by_side(cls, panels: Sequence[Panel], theme: Theme, dpi: int = DPI) -> Page:
        """A page of several loci; every panel has the rows of the same tracks."""
        page = cls.__new__(cls)
        page._build(panels, theme, dpi)
        return page

    @property
    def figure(self) -> Figure:
        """The matplotlib figure."""
        return self.sheet.figure

    @property
    def layout(self) -> Layout:
        """The geometry of the first panel."""
        return self.layouts[0]

    def save(self, path: Path) -> None:
        """Write PNG, SVG or PDF, by the ending of `path`; what a reader should know of it is added to `warnings`."""
        self.warnings += self.sheet.save(path)

    def _build(self, panels: Sequence[Panel], theme: Theme, dpi: int) -> None:
        self.theme, self.panels, self.dpi = theme, panels, dpi
        self.warnings: list[str] = []
        self.label_right = theme.label_width - _values_width(panels, theme) - 2 * VALUE_GAP
        frames = self._frames()
        framed = list(zip(panels, frames, strict=True))
        coordinates = max(header_height(panel, frame, theme) for panel, frame in framed)
        top = coordinates + max(names_height(panel, frame, theme) for panel, frame in framed) + UNDER
        groups = self._groups(frames)
        marked = any(row.file for panel in panels for row in panel.rows)
        rows = sum(group.above + group.height + theme.gap for group in groups)
        height = top + rows + theme.bottom + usual.LINE * marked
        self.sheet = Sheet(theme.width, height, dpi)
        for panel, frame in framed:
            draw_header(self.sheet, panel, frame, theme, coordinates)
        tints = [draw_backdrop(self.sheet, panel, frame, theme, top - 2, height) for panel, frame in framed]
        boxes: list[list[TrackBox]] = [[] for _ in panels]
        y = snap(top, dpi)
        for group in groups:
            self._draw_heading(group, y)
            y = snap(y + group.above, dpi)
            self._draw_group(group, frames, y, boxes, tints)
            y = snap(y + group.height + theme.gap, dpi)
        if marked:
            usual.draw_legend(self.sheet, theme.width - theme.right, y + 5, theme.font_px - 2.5, theme.faint)
        self.sheet.finish()
        self.layouts = [
            Layout(self.sheet.width, self.sheet.height, panel.region, tuple(found), tuple(shades))
            for panel, found, shades in zip(panels, boxes, tints, strict=True)
        ]

    def _frames(self) -> list[Frame]:
        """The data of each panel from left to right, of equal widths."""
        theme, count = self.theme, len(self.panels)
        wide = panel_width(theme, count)
        lefts = [theme.label_width + number * (wide + PANEL_GAP) for number in range(count)]
        alone = count == 1
        return [
            Frame(snap(x, self.dpi), snap(x + wide, self.dpi), MARGIN if alone else x, self.label_right, alone)
            for x in lefts
        ]

    def _groups(self, frames: Sequence[Frame]) -> list[_Group]:
        rows = self.panels[0].rows
        starts = [number for number, row in enumerate(rows) if number == 0 or not (row.joined or row.onto)]
        ends = [*starts[1:], len(rows)]
        return [self._group(tuple(range(start, end)), frames) for start, end in zip(starts, ends, strict=True)]

    def _group(self, slots: tuple[int, ...], frames: Sequence[Frame]) -> _Group:
        heights = tuple(
            float(max(0 if panel.rows[slot].onto else panel.rows[slot].height for panel in self.panels))
            for slot in slots
        )
        px = self.theme.font_px - 2.5
        notes = []
        for panel, frame in zip(self.panels, frames, strict=True):
            said = "; ".join(dict.fromkeys(note for slot in slots if (note := panel.rows[slot].note)))
            notes.append(tuple(wrap(said, frame.x1 - frame.x0, px)) if said else ())
        lead = self.panels[0].rows[slots[0]]
        legend = any(panel.rows[slot].legend for panel in self.panels for slot in slots)
        left_over = [mark.text for slot in slots for mark in _marks(self.panels[0].rows, slot)[1]]
        label = self._label(lead, [lead.detail, ", ".join(left_over)])
        return _Group(slots, heights, label, tuple(notes), legend, self.panels[0].headings.get(slots[0]))

    def _label(self, row: Row, said: Sequence[str | None]) -> _Label:
        """A label in lines that fit left of the values: smaller where it is long, never cut; then what is `said`."""
        theme, room = self.theme, self.label_right - MARGIN
        lines, px = wrap(row.label, room, theme.font_px), float(theme.font_px)
        if len(lines) > 3 or splits_a_word(row.label, room, px):
            px = theme.font_px - 2
            lines = wrap(row.label, room, px)
        remarks = [line for text in said if text for line in wrap(text, room, theme.font_px - 2.5)]
        return _Label(tuple(lines), px, tuple(remarks))

    def _draw_heading(self, group: _Group, y: float) -> None:
        """The name of rows that belong together, and a rule to the end of the data."""
        if group.heading is None:
            return
        theme, px = self.theme, self.theme.font_px
        room = theme.width - theme.right - MARGIN
        text, middle = wrap(group.heading, room / BOLD, px)[0], y + group.above / 2
        start = float(MARGIN)
        if text:
            self.sheet.text(MARGIN, middle, text, px, theme.text, va="center", ha="left", weight="bold")
            start += BOLD * text_width(text, px) + VALUE_GAP
        if start < room:
            self.sheet.line([(start, middle), (theme.width - theme.right, middle)], theme.faint, 0.6)

    def _draw_group(
        self,
        group: _Group,
        frames: Sequence[Frame],
        y: float,
        boxes: list[list[TrackBox]],
        tints: Sequence[list[Tint]],
    ) -> None:
        theme = self.theme
        self._draw_label(group, y)
        top = y
        for slot, height in zip(group.slots, group.heights, strict=True):
            bottom = snap(top + height, self.dpi)
            for number, (panel, frame) in enumerate(zip(self.panels, frames, strict=True)):
                row, joins = panel.rows[slot], slot + 1 in group.slots and panel.rows[slot + 1].joined
                if row.onto:  # edges lie on whole pixels
                    edges = tuple(edge / self.sheet.scale for edge in (boxes[number][-1].y0, boxes[number][-1].y1))
                else:
                    edges = (top, snap(top + row.height, self.dpi))
                tints[number] += draw_levels(self.sheet, panel.levels.get(slot, ()), frame, edges[0], edges[1])
                boxes[number].append(self._draw_row(slot, panel, frame, *edges))
                if number == 0 and not row.onto:
                    self._draw_values(row, frame, top, bottom, joins)
                    self._draw_marks(row, _marks(panel.rows, slot)[0], frame, top, bottom)
            top = bottom
        for notes, panel, frame in zip(group.notes, self.panels, frames, strict=True):
            self._draw_below(notes, [panel.rows[slot] for slot in group.slots], frame, top)
        if theme.separators:
            edge = y + group.height + theme.gap / 2
            self.sheet.line([(0, edge), (theme.width, edge)], theme.separators, 0.6)

    def _draw_row(self, slot: int, panel: Panel, frame: Frame, top: float, bottom: float) -> TrackBox:
        theme, scale, row = self.theme, self.sheet.scale, panel.rows[slot]
        ax = self.sheet.axes(frame.x0, frame.x1, top, bottom)
        ax.set_xlim(panel.region.start, panel.region.end)
        row.paint(ax)
        ax.set_xlim(panel.region.start, panel.region.end)
        if row.message:
            self.sheet.text(
                (frame.x0 + frame.x1) / 2,
                (top + bottom) / 2,
                row.message,
                theme.font_px - 1,
                theme.faint,
                va="center",
                ha="center",
                style="italic",
            )
        low, high = row.value_range or (None, None)
        if low is not None and high is not None:
            if not row.message:
                ax.plot([0, 0], [0, 1], transform=ax.transAxes, color=theme.faint, linewidth=0.8, clip_on=False)
            self._draw_over(row, panel, frame, bottom + 3 if -low > high else top - 3)
        x0, x1, y0, y1 = (round(edge * scale) for edge in (frame.x0, frame.x1, top, bottom))
        legend = named(panel.rows, slot, frame.x1 - frame.x0, theme.font_px - 2.5)
        box = TrackBox(row.track, x0, x1, y0, y1, low, high, legend, row.detail, row.message, row.log, row.file)
        usual.draw_marks(self.sheet, box, frame.x1, top, bottom)
        return box

    def _draw_over(self, row: Row, panel: Panel, frame: Frame, y: float) -> None:
        """Marks outside the box where values pass the end of the scale."""
        per_base = (frame.x1 - frame.x0) / panel.region.span
        for start, end in row.over:
            left = frame.x0 + (start - panel.region.start) * per_base
            self.sheet.line(
                [(left, y), (max(frame.x0 + (end - panel.region.start) * per_base, left + 2), y)], CLIPPED_COLOR, 1.5
            )

    def _draw_values(self, row: Row, frame: Frame, top: float, bottom: float, joins: bool) -> None:
        """The values at both ends of the scale; rows that hang together share the one between them."""
        if row.value_range is None or row.message:
            return
        low, high = row.value_range
        x, px, color = frame.x0 - VALUE_GAP, self.theme.font_px - 2, self.theme.faint
        if bottom - top < LEAST_RANGE and not (joins or row.joined):
            self.sheet.text(x, (top + bottom) / 2, _range_text(low, high), px, color, va="center", ha="right")
            return
        if not row.joined:
            self.sheet.text(x, top, value_text(high), px, color, va="top", ha="right")
        if joins:
            self.sheet.text(x, bottom, value_text(low), px, color, va="center", ha="right")
        else:
            self.sheet.text(x, bottom, value_text(low), px, color, va="bottom", ha="right")
        if row.sign:
            middle = top + (bottom - top) * (0.6 if joins else 0.4)
            self.sheet.text(x, middle, row.sign, self.theme.font_px, self.theme.text, va="center", ha="right")

    def _draw_marks(self, row: Row, marks: Sequence[Mark], frame: Frame, top: float, bottom: float) -> None:
        """Below the value at the top, or above that at the bottom of a row that hangs."""
        x, px = frame.x0 - VALUE_GAP, self.theme.font_px - 3.5
        for number, mark in enumerate(marks):
            away = MARK_LINE * (number + 1)
            y, side = (bottom - away, "bottom") if row.joined else (top + away + 1, "top")
            color = CLIPPED_COLOR if mark.far else self.theme.faint
            self.sheet.text(x, y, mark.text, px, color, va=side, ha="right")

    def _draw_label(self, group: _Group, y: float) -> None:
        theme, label = self.theme, group.label
        x, side = (self.label_right, "right") if theme.right_labels else (MARGIN, "left")
        row = self.panels[0].rows[group.slots[0]]
        color = readable(row.color) if theme.right_labels and row.color else theme.text
        top = y + max(0.0, (sum(group.heights) - label.height) / 2)
        for line in label.lines:
            self.sheet.text(x, top + (label.px + 2) / 2, line, label.px, color, va="center", ha=side)
            top += label.px + 2
        for remark in label.remarks:
            self.sheet.text(x, top + NOTE_LINE / 2, remark, theme.font_px - 2.5, theme.faint, va="center", ha=side)
            top += NOTE_LINE

    def _draw_below(self, notes: Sequence[str], rows: Sequence[Row], frame: Frame, y: float) -> None:
        """The names of the colours, then what is to be known of the rows."""
        for row in rows:
            if row.legend:
                self._draw_legend(row.legend, frame, y + NOTE_LINE / 2 + 1)
                y += NOTE_LINE
        px, color = self.theme.font_px - 2.5, self.theme.faint
        for number, line in enumerate(notes):
            middle = y + (number + 0.5) * NOTE_LINE + 1
            self.sheet.text(frame.x1, middle, line, px, color, va="center", ha="right", style="italic")

    def _draw_legend(self, entries: Legend, frame: Frame, y: float) -> None:
        """A swatch and a name for each colour; what finds no room is counted."""
        px, x = self.theme.font_px - 2.5, frame.x0
        shown = printed(entries, frame.x1 - frame.x0, px)
        for color, name in shown:
            self.sheet.fill(x, x + 8, y - 4, y + 4, self.theme.faint)
            self.sheet.fill(x + 0.6, x + 7.4, y - 3.4, y + 3.4, color)
            self.sheet.text(x + SWATCH, y, name, px, self.theme.text, va="center", ha="left")
            x += SWATCH + text_width(name, px) + BETWEEN
        if len(shown) < len(entries):
            self.sheet.text(x, y, rest_of(entries, len(shown)), px, self.theme.faint, va="center", ha="left")


def panel_width(theme: Theme, count: int) -> int:
    """Pixels, and signal columns, of each of `count` panels of a page."""
    return (theme.plot_width - PANEL_GAP * (count - 1)) // count


def _marks(rows: Sequence[Row], slot: int) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """The marks of a row that find room at its range, between the values at both ends; and those that do not."""
    row = rows[slot]
    if row.message:
        return (), ()
    hangs = row.joined or (slot + 1 < len(rows) and rows[slot + 1].joined)
    free = row.height - (1.5 if hangs else 2) * MARK_LINE - (12 if row.sign else 2)
    room = max(0, int(free / MARK_LINE))
    return row.marks[:room], row.marks[room:]


def _values_width(panels: Sequence[Panel], theme: Theme) -> float:
    """Pixels of the widest text at the left edge of the data."""
    px = theme.font_px - 2
    texts = [
        _range_text(*row.value_range) if row.height < LEAST_RANGE else max(map(value_text, row.value_range), key=len)
        for panel in panels
        for row in panel.rows
        if row.value_range
    ]
    marks = [
        text_width(mark.text, px - 1.5)
        for panel in panels
        for slot in range(len(panel.rows))
        for mark in _marks(panel.rows, slot)[0]
    ]
    return max([*(text_width(text, px) for text in texts), *marks], default=0.0)


def _range_text(low: float, high: float) -> str:
    return f"{value_text(low)} - {value_text(high)}"
