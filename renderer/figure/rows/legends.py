"""One legend for rows that follow each other and have the same states: under the last, with the colours of all; and
what of it finds room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from renderer.figure.lettering import text_width
from renderer.figure.rows.base import Row

Legend = tuple[tuple[str, str], ...]

SWATCH, BETWEEN = 11, 12
"""Pixels that a colour takes before its name, and after it."""


def one_legend(rows: Sequence[Row]) -> list[Row]:
    """The rows, of which only the last of each run of the same states has a legend."""
    told = list(rows)
    for at in range(len(told) - 1):
        row, below = told[at], told[at + 1]
        both = _merged(row.legend, below.legend)
        if both and row.value_range is None and below.value_range is None:  # overlaid signals name themselves
            told[at], told[at + 1] = replace(row, legend=()), replace(below, legend=both)
    return told


def _merged(one: Legend, other: Legend) -> Legend:
    """Colours and names of both, if they share some and no name has two colours, else nothing."""
    names: dict[str, dict[str, None]] = {}
    color_of: dict[str, str] = {}
    for color, listed in (*one, *other):
        for name in listed.split(", "):
            if color_of.setdefault(name, color) != color:
                return ()
            names.setdefault(color, {})[name] = None
    shared = {color for color, _ in one} & {color for color, _ in other}
    return tuple((color, ", ".join(listed)) for color, listed in names.items()) if shared else ()


def rest_of(legend: Legend, number: int) -> str:
    """What stands in place of the entries from `number` on."""
    return f"+ {len(legend) - number} more"


def printed(legend: Legend, room: float, px: float) -> Legend:
    """The entries that find room in a line of so many pixels, in letters of `px`, with what counts the others."""
    x = 0.0
    for number, (_, name) in enumerate(legend):
        x += SWATCH + text_width(name, px)
        last = number == len(legend) - 1
        if x + (0 if last else BETWEEN + text_width(rest_of(legend, number), px)) > room:
            return legend[:number]
        x += BETWEEN
    return legend


def named(rows: Sequence[Row], slot: int, room: float, px: float) -> Legend:
    """The colours of a row with their names, as far as they are printed: in its own legend, or for its states in the
    one under a later row, which names the states of other rows as well."""
    row = rows[slot]
    colors = {color for color, _ in row.states}
    later = (one.legend for one in rows[slot + 1 :] if colors & {color for color, _ in one.legend})
    shown = printed(row.legend or next(later, ()), room, px)
    if not row.states:
        return shown
    return tuple((color, name) for color, name in row.states if color in {one for one, _ in shown})
