"""What every row of a figure is: how tall, what stands beside it, and how it paints itself into Axes.

A row knows its data (already read) and paints in genome coordinates; `renderer.figure.page` makes the page round it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.transforms import Bbox, TransformedBbox

from renderer.figure.scales import Mark, Scale, Signal
from renderer.figure.style import Theme
from renderer.values.evidence import TrackEvidence
from renderer.values.layout import FileMarks
from renderer.values.region import Region
from renderer.window.intervals import Interval

MOST_LANES = 10
"""More lanes of genes or intervals than this push the signal off a screen; the rest is counted in a note."""

MOST_ITEMS = 400
"""Above this many items in 1000 pixels a row is a smear: their density is drawn instead, and said."""

CHEVRON_STEP = 18
"""Pixels from chevron to chevron."""

LEAST_BOX = 7
"""Pixels of a box that holds one: three of its own, two of the box on each side."""

Box = list[tuple[float, float]]

_BESIDE = Bbox.from_extents(0, -1, 1, 2)
"""In axes: a name may leave the row above and below, not at the ends of the window."""


@dataclass(frozen=True)
class Row:
    """One track, ready to be painted.

    `value_range` (file units) is printed at the left edge; `note` stands below the row, `message` in its place.
    `detail` is a short remark under the label ("log", "shared scale"), `marks` stand at the range, `color` is that of
    the label where a theme colours labels, `legend` names colours under the row, `states` those of its items wherever
    their legend stands. `over` are stretches of the window (genome positions) whose values pass the end of the scale. A
    `joined` row hangs under the row before it without a gap and shares its label; `sign` stands beside the data. One
    `onto` the row before is painted into its box. The axis is logarithmic if `log`; `file` is what is
    marked at its right edge.
    """

    track: int
    label: str
    height: int
    paint: Callable[[Axes], None]
    value_range: tuple[float, float] | None = None
    note: str | None = None
    message: str | None = None
    detail: str | None = None
    marks: tuple[Mark, ...] = ()
    color: str | None = None
    legend: tuple[tuple[str, str], ...] = ()
    states: tuple[tuple[str, str], ...] = ()
    over: tuple[tuple[float, float], ...] = ()
    joined: bool = False
    sign: str = ""
    onto: bool = False
    log: bool = False
    file: FileMarks | None = None


@dataclass(frozen=True)
class Context:
    """What the drawing of a track depends on, beside the track: the window, the look, and the signals of the scene
    with their scales, by track number. `pairs` are minus strands with the
    plus strand they hang under; `lead` are tracks that share a row, with the first one in it, and `colors` theirs.
    `intervals` keeps what interval rows have read, for what is measured across rows."""

    region: Region
    theme: Theme
    signals: Mapping[int, Signal]
    scales: Mapping[int, Scale]
    pairs: Mapping[int, int]
    lead: Mapping[int, int] = field(default_factory=dict)
    colors: Mapping[int, str] = field(default_factory=dict)
    intervals: dict[int, Sequence[Interval]] = field(default_factory=dict)


Drawing = tuple[Row, TrackEvidence | None]
"""A track as a row, and what was measured of it."""


def message_row(track: int, label: str, message: str, theme: Theme) -> Row:
    """A row that only says why nothing is drawn."""
    return Row(track, label, round(1.6 * theme.row_height), paint_nothing, message=message)


def paint_nothing(ax: Axes) -> None:
    """For rows that have nothing to show."""
    ax.set_ylim(0, 1)


def box(x0: float, x1: float, y0: float, y1: float) -> Box:
    """The corners of a rectangle."""
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def pack(spans: Sequence[tuple[float, float]], gap: float) -> list[int]:
    """The lowest free lane for each span, taken in the order given; spans of one lane are `gap` apart."""
    ends: list[float] = []
    lanes = []
    for start, end in spans:
        lane = next((number for number, last in enumerate(ends) if last + gap <= start), len(ends))
        if lane == len(ends):
            ends.append(end)
        else:
            ends[lane] = end
        lanes.append(lane)
    return lanes


def chevrons(start: float, end: float, strand: str, middle: float, pixel: float) -> list[Box]:
    """Small arrow heads from `start` to `end` that point downstream; none for a feature without a strand. `pixel` is
    the number of base pairs of one."""
    return _heads(
        np.arange(start + CHEVRON_STEP / 2 * pixel, end - 5 * pixel, CHEVRON_STEP * pixel), strand, middle, 0.17, pixel
    )


def chevrons_inside(start: float, end: float, strand: str, middle: float, pixel: float) -> list[Box]:
    """Chevrons that fit in a box from `start` to `end`, evenly spaced; none in a box too narrow for one."""
    count = int((end - start) / (CHEVRON_STEP * pixel)) or int(end - start >= LEAST_BOX * pixel)
    middles = start + (np.arange(count) + 0.5) * (end - start) / max(1, count)
    return _heads(middles - (1.5 if strand == "+" else -1.5) * pixel, strand, middle, 0.14, pixel)


def _heads(places: npt.NDArray[np.float64], strand: str, middle: float, tall: float, pixel: float) -> list[Box]:
    if strand not in ("+", "-"):
        return []
    point = 3 * pixel if strand == "+" else -3 * pixel
    return [[(x, middle - tall), (x + point, middle), (x, middle + tall)] for x in places]


def density_row(
    track: int, label: str, spans: Sequence[tuple[int, int]], region: Region, color: str, theme: Theme, what: str
) -> Row:
    """The number of features by the place of their middle: for windows that hold too many to tell apart."""
    bins = np.linspace(region.start, region.end, theme.plot_width // 4 + 1)
    counts, _ = np.histogram([(start + end) / 2 for start, end in spans], bins=bins)

    def paint(ax: Axes) -> None:
        ax.stairs(counts, bins, fill=True, color=color)
        ax.set_ylim(0, max(1, counts.max()))

    return Row(
        track,
        label,
        2 * theme.row_height,
        paint,
        (0.0, float(counts.max())),
        note=f"{len(spans):,} {what}: drawn as their number per bin",
        color=color,
    )


def keep_descenders(written: Text, ax: Axes) -> None:
    """Let what hangs below the line of a name ('_', 'g') pass the edge of its row, which is near in the lowest lane."""
    written.set_clip_box(TransformedBbox(_BESIDE, ax.transAxes))
