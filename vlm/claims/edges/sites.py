"""Rows of sites, as of insulator proteins, and what lies at one: what the kinds of this room share. No kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from renderer.values.evidence import Evidence, IntervalEvidence, Span
from renderer.values.region import Region
from vlm.claims.checks import distance

REACH = 2_000
"""An edge this near (bp) to an interval, or nearer, is at it, as anchors of links are at peaks."""

BY_CHANCE = 0.25
"""Of a row within reach of which more of the window lies nothing is stated: any place is at one of its by chance."""

NARROW = 5_000
"""Bases that the usual interval of a row of sites has at most."""


def away(position: int, spans: Sequence[Span]) -> int | None:
    """How far the nearest interval is from a place; None if there is none."""
    return min((distance(position, one.start, one.end) for one in spans), default=None)


def rows_of_sites(evidence: Evidence, region: Region, reach: int) -> Iterator[tuple[int, IntervalEvidence]]:
    """Rows that mark sites, with their numbers: of narrow intervals, known one by one, that are not everywhere."""
    for number, row in evidence.tracks.items():
        if not isinstance(row, IntervalEvidence) or not row.spans or row.state != "few" or row.median > NARROW:
            continue
        if sum(one.end - one.start + 2 * reach for one in row.spans) <= BY_CHANCE * region.span:
            yield number, row
