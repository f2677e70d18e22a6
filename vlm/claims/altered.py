"""False versions of a true claim: swapped, moved, reversed, or with another number. They tell how strict a verdict is.

Each is false by how it is made: it is put where the evidence holds nothing of the kind, and given numbers that are not
measured. Where no such version can be made, as in a window full of peaks, there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, Literal

from renderer.values.region import Region
from vlm.claims.checks import COUNT_EXACT, Case
from vlm.values.claim import Claim

Way = Literal["swapped", "moved", "reversed", "number"]
WAYS: tuple[Way, ...] = ("swapped", "moved", "reversed", "number")

Altered = tuple[Way, Claim]

CHANGE = 0.4
"""Numbers are changed by this share of themselves, up and down; small counts by one at least."""

CLEAR = 3
"""Only a place this many tolerances from all that is there holds no such thing."""


def swapped(case: Case) -> Iterator[Altered]:
    """The two tracks of a pair change places."""
    yield "swapped", replace(case.claim, tracks=case.claim.tracks[::-1])


def moved(case: Case, things: Iterable[tuple[int, int]], clear: int = 0) -> Iterator[Altered]:
    """The claim in the middle of the widest stretch of the window that is CLEAR tolerances, and `clear` bp, from all of
    the half-open `things`; none if none is wide enough."""
    claim, region = case.claim, case.region
    width = claim.end - claim.start
    start, end = _widest_gap(things, max(CLEAR * case.slack, clear), region)
    if end - start >= width:
        at = (start + end - width) // 2
        yield "moved", replace(claim, start=at, end=at + width)


def _widest_gap(things: Iterable[tuple[int, int]], beside: int, region: Region) -> tuple[int, int]:
    near = ((max(start - beside, region.start), min(end + beside, region.end)) for start, end in things)
    taken = sorted((start, end) for start, end in near if start < end)
    merged: list[tuple[int, int]] = [(region.start, region.start)]
    for start, end in taken:
        if start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    merged.append((region.end, region.end))
    gaps = [(left[1], right[0]) for left, right in pairwise(merged)]
    return max(gaps, key=lambda gap: gap[1] - gap[0])


def counted(case: Case, true: Sequence[tuple[int, int]] = ()) -> Iterator[Altered]:
    """Another count, CHANGE above and below what is said, of few also by one, and in none of the `true` ranges, ends
    included; of a least number, {"min": n}, one above them all."""
    value = case.claim.value
    if isinstance(value, dict):
        most = max([value["min"], *(high for _, high in true)])
        yield "number", replace(case.claim, value={"min": most + _step(most)})
        return
    steps = sorted({1, _step(value)} if value <= COUNT_EXACT else {_step(value)})
    for other in (value + sign * step for step in steps for sign in (1, -1)):
        if other >= 0 and not any(low <= other <= high for low, high in true):
            yield "number", replace(case.claim, value=other)


def _step(number: int) -> int:
    return max(1, round(CHANGE * number))


def scaled(case: Case) -> Iterator[Altered]:
    """The numbers of a value that is a mapping, as {"fold": 3.0}, are CHANGE higher, and lower. 0 has no share."""
    value = case.claim.value
    if not isinstance(value, dict):
        return
    for times in (1 + CHANGE, 1 - CHANGE):
        other = {name: number * times if _is_number(number) else number for name, number in value.items()}
        if other != value:
            yield "number", replace(case.claim, value=other)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def called(case: Case, names: Iterable[str]) -> Iterator[Altered]:
    """The first of these names, none of which is true here, instead of the claim's."""
    yield from (("swapped", replace(case.claim, value=name)) for name in list(names)[:1])
