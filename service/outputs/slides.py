"""report.pptx: a slide a locus, with its figure and the short caption, and the whole captions in the notes.

Text is real text, in fonts that PowerPoint, Keynote and LibreOffice have for each language.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import PP_ALIGN
from pptx.util import Emu, Inches, Pt

from service.batch.locus import Finished, ReadLocus
from service.outputs.alt_text import alt_text
from service.outputs.citing import DRAWN_WITH, citation, methods
from service.outputs.summary import place_beside, summarise
from vlm.values.record import caption_of
from vlm.words import languages

WIDE, HIGH = Inches(13.333), Inches(7.5)
MARGIN = Inches(0.5)
TITLE_HIGH, TEXT_HIGH = Inches(0.8), Inches(1.3)
TITLE_ONLY = 5
"""The layout of the usual template that has a heading and nothing else."""

TITLE, BODY = 28, 14
"""Sizes of letters in points."""

BLACK, RED = RGBColor(27, 35, 39), RGBColor(163, 38, 28)
TAGS = {"en": "en-US", "zh": "zh-CN"}
"""The language of a text, as it is told to the program that shows it."""


def write_slides(finished: Finished) -> Path:
    """Write report.pptx; returns its path."""
    summary, codes = summarise(finished), languages.spoken(finished.language)
    show = Presentation()
    show.slide_width, show.slide_height = WIDE, HIGH
    show.core_properties.title = f"Genome track figures and captions of {summary.title}"
    show.core_properties.author = "Locution"
    said = [text for code, text in methods(summary.tally).items() if code in codes]
    for one in finished:
        _locus(show, one, finished.language, codes, said)
    slide = _slide(show, "Methods and how to cite", "")
    _text(slide, [(text, code) for code, text in methods(summary.tally).items() if code in codes], Inches(1.3))
    _text(slide, [(citation(), "en"), (DRAWN_WITH, "en"), (summary.failures, "en")], Inches(5))
    path, partial = finished.out / "report.pptx", finished.out / ".report.pptx.partial"
    show.save(str(partial))
    partial.replace(path)
    return path


def _locus(show: Any, one: ReadLocus, lang: str, codes: Sequence[str], said: Sequence[str]) -> None:
    record = one.record
    slide = _slide(show, one.locus.name, place_beside(one))
    if record["status"] != "done":
        _text(slide, [(record["error"] or "", "en")], Inches(1.3), RED)
        return
    short = alt_text(record, lang)
    _picture(slide, one.locus.folder / "figure.png", short)
    _text(slide, [(short, lang)], HIGH - TEXT_HIGH - Inches(0.2))
    notes = [*(caption_of(record, code) for code in codes), *record["warnings"], *said, citation()]
    slide.notes_slide.notes_text_frame.text = "\n".join(notes)


def _slide(show: Any, name: str, place: str) -> Any:
    """A slide with this heading."""
    slide = show.slides.add_slide(show.slide_layouts[TITLE_ONLY])
    title = slide.shapes.title
    title.left, title.top, title.width, title.height = MARGIN, Inches(0.25), WIDE - 2 * MARGIN, TITLE_HIGH
    title.text_frame.text = f"{name}   {place}" if place else name
    heading = title.text_frame.paragraphs[0]
    heading.alignment, heading.font.size = PP_ALIGN.LEFT, Pt(TITLE)
    return slide


def _picture(slide: Any, png: Path, alt: str) -> None:
    """The figure, as large as there is room between the heading and the text."""
    top, room_wide = Inches(1.1), WIDE - 2 * MARGIN
    room_high = HIGH - top - TEXT_HIGH - Inches(0.3)
    with Image.open(png) as picture:
        wide, high = picture.size
    scale = min(room_wide / wide, room_high / high)
    size = Emu(int(wide * scale)), Emu(int(high * scale))
    shown = slide.shapes.add_picture(str(png), Emu(int((WIDE - size[0]) / 2)), top, *size)
    shown._element.nvPicPr.cNvPr.set("descr", alt)


def _text(slide: Any, paragraphs: Sequence[tuple[str, str]], top: int, color: RGBColor = BLACK) -> None:
    """Paragraphs with their languages, across the slide."""
    frame = slide.shapes.add_textbox(MARGIN, top, WIDE - 2 * MARGIN, TEXT_HIGH).text_frame
    frame.word_wrap = True
    for at, (text, code) in enumerate((text, code) for text, code in paragraphs if text):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text, run.font.size, run.font.color.rgb = text, Pt(BODY), color
        run._r.get_or_add_rPr().set("lang", TAGS.get(code, code))
