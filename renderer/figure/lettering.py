"""How wide text is, and how it is broken into lines: from the font's own advance widths, before anything is drawn.

It knows no figures: text and a size in pixels in, pixels or lines out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

FONT = "DejaVu Sans"
CJK_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
    "PingFang SC",
    "Microsoft YaHei",
    "SimHei",
)
"""Fonts that can write Chinese labels; the first that is installed is used for what DejaVu lacks."""

_CJK_FILE = re.compile(r"NotoSans(?:CJK|SC)|SourceHanSans|wqy|DroidSansFallback|PingFang|msyh|simhei", re.IGNORECASE)
"""How the files of these fonts are named."""

POINTS = 0.72
"""Points per pixel at 100 pixels per inch, in which all sizes are given."""

BOLD = 1.13
"""Bold DejaVu Sans is at most this much wider than the plain face."""

MOST_WRITTEN = 10_000_000
"""From here on a value is written in millions: 12.3M."""

_BREAK = re.compile(r"(?<=[\s/_,;])|(?<=[⺀-鿿＀-￯])(?<![（「『《【])(?![，。、；：！？）」』》】])")
"""A line may end after spaces and some marks, and between Chinese characters, but not just inside their brackets."""
_SEAM = re.compile(r"(?<=\w[-.:|+=])(?=\w)")
"""Where a word that is wider than a line is broken first."""

_SIZE = 100


def font_families(text: str) -> list[str]:
    """DejaVu Sans, which comes with matplotlib; for text it may lack, then a Chinese font if there is one."""
    return [FONT] if text.isascii() else [FONT, *_chinese_font()]


@cache
def _chinese_font() -> tuple[str, ...]:
    """The first of CJK_FONTS that is installed, if any. matplotlib keeps a list of the fonts it once found; one that
    was installed later is looked for on the machine, and added."""
    found = _listed_fonts()
    if not found:
        listed = {entry.fname for entry in font_manager.fontManager.ttflist}
        for path in font_manager.findSystemFonts():
            if path not in listed and _CJK_FILE.search(path):
                font_manager.fontManager.addfont(path)
        found = _listed_fonts()
    return found[:1]


def _listed_fonts() -> tuple[str, ...]:
    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    return tuple(name for name in CJK_FONTS if name in installed)


@cache
def _face() -> FT2Font:
    face = FT2Font(font_manager.findfont(FONT))
    face.set_size(_SIZE, 72)
    return face


@cache
def _advance(character: str) -> float:
    """Width of a character as a share of the font size; wide (Chinese) characters fill a square."""
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    return float(_face().load_char(ord(character)).linearHoriAdvance) / 65536 / _SIZE


def text_width(text: str, px: float) -> float:
    """Pixels that `text` takes in DejaVu Sans of `px` pixels, kerning left out."""
    return sum(map(_advance, text)) * px


def wrap(text: str, room: float, px: float) -> list[str]:
    """The text in lines of at most `room` pixels: broken at spaces, after punctuation and between Chinese
    characters; a word that alone is wider at its hyphens or dots, and inside only where that does not do. Nothing is
    cut; at least one line."""
    lines, line = [], ""
    for piece in _pieces(" ".join(text.split()), room, px):
        if line and text_width((line + piece).rstrip(), px) > room:
            lines.append(line.strip())
            line = ""
        line += piece
    return [*lines, line.strip()]


def _pieces(text: str, room: float, px: float) -> list[str]:
    """Stretches that stay together, none wider than a line."""
    pieces = []
    for word in _words(text, room, px):
        while text_width(word.rstrip(), px) > room and len(word) > 1:
            fits = next(n for n in range(len(word), 0, -1) if n == 1 or text_width(word[:n], px) <= room)
            pieces.append(word[:fits])
            word = word[fits:]
        pieces.append(word)
    return pieces


def _words(text: str, room: float, px: float) -> list[str]:
    """The text at its breaks, words wider than a line at their seams as well."""
    words = filter(None, _BREAK.split(text))
    wide = ((word, text_width(word.rstrip(), px) > room) for word in words)
    return [part for word, split in wide for part in (_SEAM.split(word) if split else [word])]


def splits_a_word(text: str, room: float, px: float) -> bool:
    """Whether lines of `room` pixels break a word where it has no seam."""
    return any(text_width(word.rstrip(), px) > room for word in _words(" ".join(text.split()), room, px))


def value_text(value: float) -> str:
    """A value as a scale shows it: three significant digits, no trailing zeros, 81,806, 12.3M and 1.2e-05."""
    if value == 0:
        return "0"
    for unit, name in ((1e12, "T"), (1e9, "G"), (1e6, "M")):
        if unit <= abs(value) < 1000 * unit and abs(value) >= MOST_WRITTEN:
            return f"{value / unit:.3g}{name}"
    if 0.001 <= abs(value) < MOST_WRITTEN:
        text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{value:.2g}"
