"""How a figure looks: sizes in pixels, fonts, and a colour for each assay.

Colours follow what readers of ENCODE and Roadmap figures expect (H3K4me3 red, H3K27ac orange, H3K36me3 green,
H3K27me3 grey-blue, H3K9me3 violet), taken from the Okabe-Ito and Paul Tol palettes so that they stay apart for
colour-blind readers, and dark enough to read on white.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from matplotlib import font_manager

from renderer.track import Track

FONT = "DejaVu Sans"
CJK_FONTS = ("Noto Sans CJK SC", "Noto Sans SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Zen Hei",
             "WenQuanYi Micro Hei", "Droid Sans Fallback", "PingFang SC", "Microsoft YaHei", "SimHei")  # fmt: skip
"""Fonts that can write Chinese labels; the first that is installed is used for what DejaVu lacks."""


@cache
def font_families() -> list[str]:
    """DejaVu Sans, which comes with matplotlib, then a Chinese font if there is one."""
    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    return [FONT, *[name for name in CJK_FONTS if name in installed][:1]]


ASSAY_COLORS = (
    ("h3k4me3", "#b5322a"),
    ("h3k4me1", "#c98a00"),
    ("h3k27ac", "#d55e00"),
    ("h3k9ac", "#d55e00"),
    ("h3k36me3", "#117733"),
    ("h3k79me2", "#117733"),
    ("h3k27me3", "#4a5f83"),
    ("h3k9me3", "#6a4c93"),
    ("ctcf", "#0a6e8a"),
    ("rad21", "#0a6e8a"),
    ("atac", "#00796b"),
    ("dnase", "#00796b"),
    ("pol2", "#882255"),
    ("polr2", "#882255"),
    ("rna", "#1f4e9c"),
    ("pro-seq", "#1f4e9c"),
    ("gro-seq", "#1f4e9c"),
    ("input", "#6b6b6b"),
    ("control", "#6b6b6b"),
)
MINUS_COLOR = "#a83279"
DEFAULT_COLOR = "#33475b"


@dataclass(frozen=True)
class Theme:
    """Sizes in pixels at the figure's width, and colours, of one look."""

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
    grid: str | None

    @property
    def plot_width(self) -> int:
        """Pixels, and signal columns, between the left and right edge of the data."""
        return self.width - self.label_width - self.right


UCSC = Theme("ucsc", width=1200, label_width=188, right=12, axis_height=44, signal_height=60, row_height=17, gap=9,
             bottom=10, text="#1a1a1a", faint="#8a8a8a", gene="#14286e", font_px=12, grid=None)  # fmt: skip
WASHU = Theme("washu", width=1200, label_width=188, right=12, axis_height=44, signal_height=54, row_height=18, gap=5,
              bottom=10, text="#222222", faint="#999999", gene="#8b3fa0", font_px=12, grid="#eeeeee")  # fmt: skip
THEMES = {theme.name: theme for theme in (UCSC, WASHU)}


def track_color(track: Track) -> str:
    """The colour given with the track, else by assay and label, else slate."""
    if track.color:
        return track.color
    words = f"{track.assay or ''} {track.label}".lower()
    stranded = track.strand == "-" or words.rstrip().endswith("(-)")
    if stranded and any(name in words for name in ("rna", "pro-seq", "gro-seq")):
        return MINUS_COLOR
    return next((color for name, color in ASSAY_COLORS if name in words), DEFAULT_COLOR)
