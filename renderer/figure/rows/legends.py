"""One legend for rows that follow each other and have the same states: under the last, with the colours of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from renderer.figure.rows.base import Row

Legend = tuple[tuple[str, str], ...]


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
