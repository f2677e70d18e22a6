"""What named intervals (chromatin states, TAD classes) hold of a place: the share of its bases under each name.

Intervals and places in, shares out. A base under several intervals of one name counts once; names are as in the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from renderer.assays.states import are_known
from renderer.measure.levels import merged
from renderer.values.levels import Place
from renderer.window.intervals import Interval

MOST_NAMES = 30
"""A segmentation has at most this many states (Roadmap's largest model has 25); more names are no states."""

LEAST_SHARE = 0.005
"""Below half a per cent of a place a state is not told of."""


def are_states(intervals: Sequence[Interval]) -> bool:
    """Whether a row of intervals names states: a few names, most of them used again and again, or known as such."""
    names = {one.name for one in intervals if one.name not in ("", ".")}
    return 1 < len(names) <= MOST_NAMES and (len(intervals) >= 2 * len(names) or are_known(names))


def shares(intervals: Sequence[Interval], places: Sequence[Place]) -> tuple[Mapping[str, float], ...]:
    """For each place the share of its bases under intervals of each name, the largest first; small ones left out."""
    by_name: dict[str, list[tuple[int, int]]] = {}
    for one in intervals:
        if one.name not in ("", "."):
            by_name.setdefault(one.name, []).append((one.start, one.end))
    joined = {name: merged(spans) for name, spans in by_name.items()}
    return tuple(_shares(joined, place) for place in places)


def _shares(joined: Mapping[str, list[tuple[int, int]]], place: Place) -> dict[str, float]:
    length = max(1, place.end - place.start)
    held = {
        name: sum(max(0, min(end, place.end) - max(start, place.start)) for start, end in spans) / length
        for name, spans in joined.items()
    }
    kept = sorted((name for name in held if held[name] >= LEAST_SHARE), key=lambda name: (-held[name], name))
    return {name: float(f"{held[name]:.4g}") for name in kept}
