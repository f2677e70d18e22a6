"""link_hub: many links of a row share one anchor: four or more end within 4 kb (or a 128th of the window) of a place.

They lead to three places in the window at least. The place is the foot that most others lie at. `count` are all links
that end there, `inside` those of them with both ends in the window; `genes` are coding ones that people know, in or at
the starts of which the other ends lie.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from renderer.values.evidence import Arc, Evidence, Gene, LinkEvidence
from renderer.values.region import Region
from vlm.claims.altered import Altered, moved
from vlm.claims.altered import counted as count_otherwise
from vlm.claims.checks import Case, Malformed, Outcome, cannot_tell, of_type, verdict
from vlm.claims.forms import COUNT
from vlm.claims.ground import TSS_REACH, is_worth_naming
from vlm.claims.kind import Kind
from vlm.claims.rows.link import Anchor, feet_of, is_spliced
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "link_hub"

FEWEST, FEWEST_INSIDE = 4, 3
"""Links that make a hub, and places in the window that they lead to: what leaves it joins nothing in it, and what runs
side by side is one link said twice."""

REACH, REACH_SHARE = 4_000, 1 / 128
"""Feet this near to each other (bp, or share of the window, whichever is more) are at one place."""

MOST = 2
"""Hubs of one row."""


def check(case: Case) -> Outcome:
    """As many links end at the place as are said, and they are a hub."""
    found, tolerance = of_type(case.track(), LinkEvidence), {"bp": reach_of(case.region), "fewest": FEWEST}
    if isinstance(case.claim.value, bool) or not isinstance(case.claim.value, int):
        raise Malformed("the value of a link_hub claim is the number of links that end there")
    if not is_complete(found):
        return cannot_tell("there are too many links to tell", **tolerance)
    place = (case.claim.start + case.claim.end) // 2
    at = _at(place, found.arcs, case.region)
    count = sum(arc.count for arc in at)
    inside = [arc for arc in at if arc.inside]
    measured = {
        "position": place,
        "count": count,
        "inside": sum(arc.count for arc in inside),
        "genes": _genes(place, inside, case.evidence),
    }
    is_hub = count >= FEWEST and _led_to(place, at, case.region) >= FEWEST_INSIDE
    return Outcome(verdict(is_hub and count == case.claim.value), measured, tolerance)


def reach_of(region: Region) -> int:
    """How near to each other (bp) feet are at one place."""
    return max(REACH, round(REACH_SHARE * region.span))


def is_complete(found: LinkEvidence) -> bool:
    """Whether every link of the row is in its evidence."""
    return sum(arc.count for arc in found.arcs) == found.count


def _at(place: int, arcs: Sequence[Arc], region: Region) -> list[Arc]:
    """Those with just one foot at the place: a link from a place to itself is none of a hub's."""
    reach = reach_of(region)
    return [arc for arc in arcs if sum(abs(_middle(foot) - place) <= reach for foot in feet_of(arc)) == 1]


def _middle(foot: Anchor) -> int:
    return (foot[0] + foot[1]) // 2


def _genes(place: int, arcs: Sequence[Arc], evidence: Evidence) -> list[str]:
    """The genes at the other ends, left to right."""
    ends = [_other_end(place, arc) for arc in arcs]
    genes = [gene for row in evidence.gene_tracks().values() for gene in row.genes]
    known = [gene for gene in genes if gene.coding and is_worth_naming(gene)]
    return list(dict.fromkeys(gene.name for gene in known if any(_is_at(end, gene, evidence.region) for end in ends)))


def _is_at(end: int, gene: Gene, region: Region) -> bool:
    return gene.start <= end < gene.end or abs(end - gene.first_base) <= TSS_REACH


def altered(case: Case) -> Iterator[Altered]:
    """Another number, and where no link ends."""
    found = of_type(case.track(), LinkEvidence)
    yield from count_otherwise(case)
    feet = [foot for arc in found.arcs for foot in feet_of(arc)]
    yield from moved(case, feet, reach_of(case.region))


def stated(subject: Subject) -> Iterator[Claim]:
    """The places where most links end, those with most first; each link counts once."""
    found, region = of_type(subject.found, LinkEvidence), subject.region
    if not is_complete(found) or is_spliced(subject):
        return
    left = list(found.arcs)
    for _ in range(MOST):
        feet = sorted({_middle(foot) for arc in left for foot in feet_of(arc)})
        seen = [foot for foot in feet if region.start <= foot < region.end]
        place = max(seen, key=lambda foot: _led_to(foot, _at(foot, left, region), region), default=region.start)
        at = _at(place, left, region)
        if sum(arc.count for arc in at) < FEWEST or _led_to(place, at, region) < FEWEST_INSIDE:
            return
        count = sum(arc.count for arc in _at(place, found.arcs, region))
        yield subject.at(NAME, place, place + 1, count)
        left = [arc for arc in left if arc not in at]


def _led_to(place: int, at: Sequence[Arc], region: Region) -> int:
    """Places in the window that the links of a place lead to, each so far from the next that they are two."""
    ends = sorted(_other_end(place, arc) for arc in at if arc.inside)
    return sum(one - other > reach_of(region) for other, one in pairwise([-reach_of(region) - 1, *ends]))


def _other_end(place: int, arc: Arc) -> int:
    return max((_middle(foot) for foot in feet_of(arc)), key=lambda end: abs(end - place))


KIND = Kind(
    NAME,
    ("links",),
    check,
    over="the place where they end, narrow",
    value=COUNT,
    stated=stated,
    altered=altered,
    turn=2,
    asked=False,
    beside=True,
)
