"""report.pdf: a page or so a locus, with real text in all languages of its record; A4, with bookmarks.

Fonts are embedded: DejaVu Sans, which comes with matplotlib, and for Chinese a font of the machine. Where none is
installed what is written in Chinese is left out, and that is said.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import matplotlib
from fontTools.ttLib import TTCollection
from fpdf import FPDF
from matplotlib import font_manager
from PIL import Image

from renderer.figure.lettering import font_families, wrap
from service.batch.locus import Finished, ReadLocus
from service.outputs.alt_text import alt_text
from service.outputs.citing import AUTHORS, DRAWN_WITH, citation, methods
from service.outputs.summary import Summary, place_beside, summarise
from vlm.words import languages

MARGIN, WIDE, LOWEST = 15.0, 180.0, 280.0
"""Of an A4 page, in mm: its margin, what is left for content, and where that ends."""

MOST_FIGURE = 150.0
"""Height of a figure (mm): below it there is room for the captions."""

COLOPHON = 95.0
"""Height (mm) of methods and citation, which stand on one page."""

TEXT, SMALL, HEAD = 9.5, 7.5, 13.0
"""Sizes of letters, in points."""

LINE = 1.4
"""Height of a line, in sizes of its letters."""

MM = 25.4 / 72
"""Of a point."""

BLACK, GREY, RED = (27, 35, 39), (83, 97, 106), (163, 38, 28)

NO_FONT = "Text in Chinese is left out: the machine that wrote this has no font for it (Noto Sans CJK is one)."


def write_pdf(finished: Finished) -> Path:
    """Write report.pdf; returns its path."""
    summary, codes = summarise(finished), languages.spoken(finished.language)
    paper = _Paper(summary, [code for code in codes if code != "zh" or _chinese_face()])
    for one in finished:
        paper.locus(one, alt_text(one.record, finished.language))
    paper.colophon(without=len(paper.codes) < len(codes))
    path, partial = finished.out / "report.pdf", finished.out / ".report.pdf.partial"
    paper.output(str(partial))
    partial.replace(path)
    return path


class _Paper(FPDF):
    """The document while it is written, from the top of a page down."""

    def __init__(self, summary: Summary, codes: Sequence[str]) -> None:
        super().__init__(format="A4")
        logging.getLogger("fontTools").setLevel(logging.ERROR)  # else each table left out of a font is told
        self.summary, self.codes = summary, codes
        self.set_margin(MARGIN)
        self.set_auto_page_break(False)
        self.set_title(f"Genome track figures and captions of {summary.title}")
        self.set_creator("Locution")
        self.set_author(AUTHORS)
        self.set_lang(codes[0])
        if summary.last:
            self.set_creation_date(datetime.fromisoformat(summary.last))
        folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
        self.add_font("text", "", folder / "DejaVuSans.ttf")
        self.add_font("text", "B", folder / "DejaVuSans-Bold.ttf")
        face = _chinese_face()
        if face:
            self.add_font("chinese", "", face[0], collection_font_number=face[1])
            self.set_fallback_fonts(["chinese"], exact_match=False)
        self.add_page()
        self._say(summary.title, HEAD + 3, bold=True)
        self._say(summary.failures, TEXT, RED)

    def footer(self) -> None:
        """The number of the page."""
        self.set_y(-MARGIN + 3)
        self.set_font("text", size=SMALL)
        self.set_text_color(*GREY)
        self.cell(0, 4, f"{self.page_no()}", align="R")

    def locus(self, one: ReadLocus, alt: str) -> None:
        """A locus: its name, figure, captions and notes."""
        record, png = one.record, one.locus.folder / "figure.png"
        done = record["status"] == "done"
        wide, high = _fitted(png) if done else (0.0, 0.0)
        self._need(high + 30)
        self.start_section(one.locus.name)
        self._say(one.locus.name, HEAD, bold=True, after=0)
        self._say(place_beside(one), SMALL, GREY)
        if not done:
            self._say(record["error"] or "", TEXT, RED, after=6)
            return
        self.image(str(png), MARGIN, self.get_y(), wide, high, alt_text=alt)
        self.set_y(self.get_y() + high + 3)
        for code in self.codes:
            self._say((record["caption"] or {}).get(code, ""), TEXT)
        for note in record["warnings"]:
            self._say(f"Note: {note}", SMALL, GREY, after=1)
        self.set_y(self.get_y() + 6)

    def colophon(self, without: bool) -> None:
        """The files, what was done to them, and how to cite; `without`: Chinese is left out."""
        self._need(COLOPHON)
        self.start_section("Methods and how to cite")
        self._say("Methods and how to cite", HEAD, bold=True)
        said = methods(self.summary.tally)
        for text in (*(said[code] for code in self.codes if code in said), citation(), DRAWN_WITH):
            self._say(text, TEXT)
        self._say(NO_FONT if without else "", SMALL, GREY)
        if self.summary.inputs:
            self._say("Files, and the SHA-256 of each", TEXT, bold=True)
        for file in self.summary.inputs.values():
            self._say(f"{file['name']}  {file['sha256'] or 'not prepared'}", SMALL, after=0.5)

    def _say(
        self, text: str, size: float, color: tuple[int, int, int] = BLACK, *, bold: bool = False, after: float = 2.5
    ) -> None:
        """A paragraph, broken into lines as figures break theirs, and on the next page where there is no room."""
        if not text:
            return
        for line in wrap(text, WIDE / MM, size * (1.15 if bold else 1)):
            self._need(size * LINE * MM)
            self.set_font("text", "B" if bold else "", size)
            self.set_text_color(*color)
            self.set_x(MARGIN)
            self.cell(WIDE, size * LINE * MM, line, new_x="LMARGIN", new_y="NEXT")
        self.set_y(self.get_y() + after)

    def _need(self, room: float) -> None:
        """Go on to the next page if so much (mm) is not left on this one."""
        if self.get_y() + room > LOWEST and self.get_y() > MARGIN:
            self.add_page()


def _fitted(png: Path) -> tuple[float, float]:
    """Width and height (mm) of a picture as it is shown."""
    with Image.open(png) as picture:
        wide, high = picture.size
    scale = min(WIDE / wide, MOST_FIGURE / high)
    return wide * scale, high * scale


@cache
def _chinese_face() -> tuple[Path, int] | None:
    """The font of this machine that figures write Chinese with, and which one of its file: a simplified one, if the
    file has several. None if there is none."""
    named = font_families("中")[1:]
    if not named:
        return None
    path = Path(font_manager.findfont(named[0]))
    if path.suffix.lower() not in (".ttc", ".otc"):
        return path, 0
    names = _names(path)
    return path, next((at for at, name in enumerate(names) if name.endswith(" SC") and "Mono" not in name), 0)


def _names(path: Path) -> Iterable[str]:
    with TTCollection(str(path), lazy=True) as collection:
        return [str(face["name"].getDebugName(1)) for face in collection.fonts]
