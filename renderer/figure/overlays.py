"""Signals drawn in one row, over one another: which they are, and a colour for each.

A row that other tracks are drawn in is that of the first of them; each stays a track of its own, measured and read by
itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from renderer.figure.style import parse_color, track_color
from renderer.values.track import Track

COLORS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""For tracks of one row that would have the same colour: those of Okabe and Ito, which the colour-blind tell apart."""

LEAST_APART = 0.4
"""Colours nearer than this in red, green and blue (each 0 to 1) look the same where they are half transparent."""


def overlaid(tracks: Sequence[Track]) -> dict[int, int]:
    """Number of each track that shares its row -> number of the first one in it."""
    lead: dict[int, int] = {}
    for before, track in pairwise(tracks):
        if _may_share(before) and _may_share(track) and before.look.row == track.look.row:
            lead.setdefault(before.number, before.number)
            lead[track.number] = lead[before.number]
    return lead


def _may_share(track: Track) -> bool:
    return track.look.row is not None and track.kind == "signal" and track.note is None


def row_colors(tracks: Sequence[Track], lead: Mapping[int, int]) -> dict[int, str]:
    """A colour for each track that shares its row: its own, or another where an earlier one has that."""
    found: dict[int, str] = {}
    for track in tracks:
        if track.number in lead:
            taken = [color for number, color in found.items() if lead[number] == lead[track.number]]
            own = track_color(track)
            given = bool(track.color) and own not in taken
            free = (color for color in (own, *COLORS) if all(_apart(color, other) for other in taken))
            found[track.number] = own if given else next(free, own)
    return found


def _apart(one: str, other: str) -> bool:
    return math.dist(parse_color(one), parse_color(other)) >= LEAST_APART
