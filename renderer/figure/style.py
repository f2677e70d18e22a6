"""How a figure looks: sizes in pixels, and colours; those of assays are in `renderer.assays.table`."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass, replace

from matplotlib.colors import to_hex, to_rgb

from renderer.assays.labels import is_minus
from renderer.assays.names import assay_of, assays_of
from renderer.values.bounds import LEAST_HEIGHT, MOST_HEIGHT
from renderer.values.errors import TrackError
from renderer.values.track import Track

MINUS_COLOR = "#a83279"
DEFAULT_COLOR = "#33475b"
HIGHLIGHT_COLOR = "#f0b400"

LEAST_CONTRAST = 3.0
"""Contrast with white (WCAG 2.1, 1.4.11: graphics) below which a colour that was asked for is darkened."""


@dataclass(frozen=True)
class Theme:
    """Sizes in pixels at the figure's width, and colours, of one look.

    `beside_ticks`: coordinates stand left of their tick, as full numbers. `right_labels`: labels are set against the
    data, in the colour of their track. `separators`: a line between rows. `noncoding` is the colour of genes without
    a coding span. `guides`: lines lead from the coordinates down through all rows.
    """

    name: str
    width: int
    label_width: int
    right: int
    axis_height: int
    signal_height: int
    row_height: int
    gap: int
    bottom: int
    text: str
    faint: str
    gene: str
    font_px: int
    noncoding: str
    beside_ticks: bool
    right_labels: bool
    separators: str | None
    guides: bool = False

    @property
    def plot_width(self) -> int:
        """Pixels, and signal columns, between the left and right edge of the data."""
        return self.width - self.label_width - self.right

    def of_width(self, plot_width: int) -> Theme:
        """The same look with another width of the data."""
        return replace(self, width=self.label_width + plot_width + self.right)


UCSC = Theme(
    "ucsc",
    width=1200,
    label_width=188,
    right=12,
    axis_height=36,
    signal_height=60,
    row_height=17,
    gap=9,
    bottom=10,
    text="#1a1a1a",
    faint="#6e6e6e",
    gene="#0c0c78",
    font_px=12,
    noncoding="#0c0c78",
    beside_ticks=True,
    right_labels=True,
    separators=None,
)
WASHU = Theme(
    "washu",
    width=1200,
    label_width=188,
    right=12,
    axis_height=40,
    signal_height=54,
    row_height=18,
    gap=7,
    bottom=10,
    text="#222222",
    faint="#6e6e6e",
    gene="#6501a8",
    font_px=12,
    noncoding="#00803c",
    beside_ticks=False,
    right_labels=False,
    separators="#d9d9d9",
)
THEMES = {theme.name: theme for theme in (UCSC, WASHU)}


def track_color(track: Track) -> str:
    """The colour given with the track, darkened if white would swallow it, else by assay, else slate.

    Raises TrackError for a colour that is none.
    """
    if track.color:
        return readable(track.color)
    rows = assays_of(track)
    if is_minus(track) and any(row.stranded for row in rows):
        return MINUS_COLOR
    return next((row.color for row in rows if row.color), DEFAULT_COLOR)


def signal_height(track: Track, theme: Theme) -> int:
    """Pixels of a signal track: as asked for within limits, else by assay: what is read at a glance takes less."""
    if track.look.height is not None:
        return min(max(track.look.height, LEAST_HEIGHT), MOST_HEIGHT)
    row = assay_of(track)
    return round(theme.signal_height * (row.height if row else 1.0))


def parse_color(text: str) -> tuple[float, float, float]:
    """'#b5322a', 'red' or '181,50,42' as red, green, blue in 0-1. Raises TrackError for anything else."""
    try:
        parts = text.split(",")
        if len(parts) == 3:
            red, green, blue = (min(255, max(0, int(part))) / 255 for part in parts)
            return red, green, blue
        red, green, blue = to_rgb(text)
        return red, green, blue
    except ValueError:
        raise TrackError(f"'{text}' is no colour. Valid are '#b5322a', '181,50,42' and names such as 'red'.") from None


def contrast(rgb: tuple[float, float, float]) -> float:
    """Contrast with white as WCAG 2.1 defines it: 1 (white) to 21 (black)."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def readable(color: str) -> str:
    """The colour, its lightness lowered until it has LEAST_CONTRAST with white."""
    hue, light, saturation = colorsys.rgb_to_hls(*parse_color(color))
    while contrast(rgb := colorsys.hls_to_rgb(hue, light, saturation)) < LEAST_CONTRAST:
        light *= 0.96
    return str(to_hex(rgb))


def tint(color: str | None, opacity: float | None = None) -> str:
    """A highlight's colour as paper: light enough that the ink on it reads as on white."""
    opacity = TINT if opacity is None else opacity
    return str(to_hex([1 - opacity * (1 - part) for part in parse_color(color or HIGHLIGHT_COLOR)]))


TINT = 0.16
"""Opacity of a highlight: seen at a glance, and no channel of the paper falls below 214."""
