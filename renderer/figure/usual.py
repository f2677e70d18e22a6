"""What is usual in the file of a signal row, marked at its right edge: a bar from the median of its bins to what 99 %
of them stay below, and a pointer at the level from which a hundredth of the window stands out of it.

A window does not show how high its file is elsewhere; these are what `renderer.measure` holds it against.
"""

from __future__ import annotations

from renderer.figure.lettering import text_width, value_text
from renderer.figure.scales import Mark
from renderer.figure.sheet import Sheet
from renderer.values.evidence import SignalEvidence
from renderer.values.layout import FileMarks, TrackBox

BAR = (2.5, 5.0)
"""Pixels right of the data between which the bar stands."""

POINTER = (6.5, 10.5)
"""Those between which the pointer lies, and half its height."""

LEAST_BAR = 2.0

BAR_COLOR, POINTER_COLOR = "#a8a8a8", "#404040"

LINE = 14
"""Pixels of the line below all rows that says what the marks are."""

SAID = ("its file, from median to 99 % of it", "above this it stands out of its file")


def file_marks(found: SignalEvidence) -> FileMarks | None:
    """The marks of a signal that lies on one side of 0; None where its file is not known, or has one level."""
    file = found.background
    if file is None or file.signed or found.state == "no_data" or not file.median < file.high:
        return None
    levels = (max(file.median, 0.0), file.high, found.noise)
    return FileMarks(*(-one if found.downwards else one for one in levels))


def beyond(marks: FileMarks | None, vmin: float, vmax: float) -> tuple[Mark, ...]:
    """The level that stands out in words, where the axis does not reach it."""
    if marks is None or vmin <= marks.stands_out <= vmax:
        return ()
    return (Mark(f"stands out from {value_text(marks.stands_out)}"),)


def draw_marks(sheet: Sheet, box: TrackBox, right: float, top: float, bottom: float) -> None:
    """The marks of one row beside its box, which ends at `right`; a bar that passes the axis ends in an arrow."""
    if box.file is None:
        return
    ends = [box.share(one) for one in (box.file.median, box.file.high)]
    low, high = (bottom - min(1.0, max(0.0, end)) * (bottom - top) for end in ends)
    first, last = min(low, high), max(low, high)
    middle = (first + last) / 2
    half = max(LEAST_BAR, last - first) / 2
    sheet.fill(right + BAR[0], right + BAR[1], middle - half, middle + half, BAR_COLOR)
    if not 0 <= ends[1] <= 1:
        tip, back = (top - 4, top) if ends[1] > 1 else (bottom + 4, bottom)
        center = right + sum(BAR) / 2
        sheet.shape([(center - 3, back), (center + 3, back), (center, tip)], BAR_COLOR)
    at = box.share(box.file.stands_out)
    if 0 <= at <= 1:
        _point(sheet, right, bottom - at * (bottom - top))


def draw_legend(sheet: Sheet, right: float, y: float, px: float, color: str) -> None:
    """What the marks are, in one line that ends at `right`."""
    for number, words in enumerate(reversed(SAID)):
        sheet.text(right, y, words, px, color, va="center", ha="right")
        left = right - text_width(words, px) - POINTER[1] - 4
        if number == 0:
            _point(sheet, left, y)
        else:
            sheet.fill(left + POINTER[0], left + POINTER[0] + BAR[1] - BAR[0], y - 4, y + 4, BAR_COLOR)
        right = left - 8


def _point(sheet: Sheet, right: float, y: float) -> None:
    tip, back = right + POINTER[0], right + POINTER[1]
    sheet.shape([(tip, y), (back, y - 2.5), (back, y + 2.5)], POINTER_COLOR)
