"""level_differs: the condition of the first track is higher than that of the second at a place.

By at least twice (`renderer.values.differences.LEAST_FOLD`), in the files and after depth where depth is known; the
higher side is five times its own usual level (over the whole window, and against a control, that is not asked); with
replicates the least of the higher side is 1.5 times the most of the lower. Means are compared along genes (of
spliced transcripts over their exons) and over the window, the highest single bases at starts and where something stands
out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from renderer.assays.names import assays_named
from renderer.values.design import Contrast
from renderer.values.differences import LEAST_FOLD
from renderer.values.levels import Place
from vlm.claims.altered import Altered, scaled, swapped
from vlm.claims.checks import Case, Outcome, told
from vlm.claims.compared.pair import Pair, pair_of, pairs_told, sides_here
from vlm.claims.compared.sides import Sides, of_higher, places_for, weighed
from vlm.claims.folds import FOLD_SHARE
from vlm.claims.forms import FOLD
from vlm.claims.kind import Kind, told_number
from vlm.claims.places import elsewhere
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "level_differs"

SHARED_START = 100
"""Starts this close (bp) share a promoter: what is high there is of both."""

MOST = 8
"""Differences that are stated of one pair of conditions, those that say most."""


WHOLE_FOLD = 1.5
"""A signal is above its control over the whole window from this many times on."""

MOST_OVER_CONTROL = 2
"""Places where a signal is above its control that are stated."""


def check(case: Case) -> Outcome:
    """The first side is higher here, by the fold that is said if one is."""
    compared = sides_here(case)
    if isinstance(compared, Outcome):
        return compared
    difference, measured = compared.difference, compared.measured()
    tolerance = {"fold": LEAST_FOLD, "fold_share": FOLD_SHARE}
    if difference.first <= difference.second:
        return Outcome("contradicted", measured, tolerance)
    fold, said = difference.fold, told(case.claim, "fold")
    if said is not None and fold is not None and abs(said - fold) > FOLD_SHARE * fold:
        return Outcome("contradicted", measured, tolerance)
    if said is not None and fold is None and difference.at_least and said > difference.at_least:
        return Outcome("cannot_tell", measured, tolerance)
    if _differs(compared):
        return Outcome("supported", measured, tolerance)
    return Outcome("contradicted" if difference.alike else "cannot_tell", measured, tolerance)


def altered(case: Case) -> Iterator[Altered]:
    """The other side higher, another fold, and where the other side is."""
    yield from swapped(case)
    yield from scaled(case)
    pair = pair_of(case)
    yield from elsewhere(case, lambda at, place: (one := pair.over(at, place)) is not None and _is_lower(one))


def _is_lower(found: Sides) -> bool:
    return LEAST_FOLD * found.difference.first <= found.difference.second > 0


def stated(subject: Subject) -> Iterator[Claim]:
    """What conditions differ in, against the first of their contrast; told by its first track."""
    for contrast, pair in pairs_told(subject):
        if contrast.ordered:
            continue
        made = [pair.over(at, one) for at, one in _own_starts(places_for(contrast, pair.evidence), pair)]
        known = weighed([one for one in made if one is not None])
        differing = [one for one in known if _differs(one) and _tells(contrast, one) and _is_seen(one, pair)]
        told = _over_control(differing) if contrast.factor == "control" else _apart(differing)[:MOST]
        yield from (
            of_higher(NAME, one.first, one.second, one.difference, one.place.start, one.place.end) for one in told
        )


def _own_starts(places: Sequence[tuple[int, Place]], pair: Pair) -> list[tuple[int, Place]]:
    """The places but for starts of genes that hold a peak of another's: what is high there is the other's."""
    middles = [(one.start + one.end) / 2 for _, one in places if one.kind == "start"]

    def is_own(at: int, place: Place) -> bool:
        signals = (pair.evidence.signal(side.tracks[0]) for side in (pair.first, pair.second))
        levels = (found.levels[at] for found in signals if found and at < len(found.levels))
        best = max((one for one in levels if one), key=lambda one: abs(one.maximum), default=None)
        if best is None or best.summit is None:
            return True
        away = abs((place.start + place.end) / 2 - best.summit)
        return away <= min(abs(middle - best.summit) for middle in middles) + SHARED_START

    return [(at, one) for at, one in places if one.kind != "start" or is_own(at, one)]


def _over_control(differing: Sequence[Sides]) -> list[Sides]:
    """The whole window, if all of it is above the control; else the few highest places."""
    whole = [one for one in differing if one.place.kind == "window"]
    return whole or sorted(differing, key=lambda one: -one.high)[:MOST_OVER_CONTROL]


def _differs(found: Sides) -> bool:
    """By the rule of differences; of a mark with domains, a whole window is above its control from WHOLE_FOLD on: broad
    marks are shallow. Of anything else it is not said."""
    fold = found.difference.fold
    contrast = found.contrast
    broad = contrast is not None and any(row.least_domain for row in assays_named(contrast.assay, ""))
    if contrast is None or contrast.factor != "control" or found.place.kind != "window":
        return found.difference.differs
    return broad and fold is not None and max(fold, 1 / fold) >= WHOLE_FOLD


def _tells(contrast: Contrast, found: Sides) -> bool:
    """A control is told where it is lower, over the window or where something stands out: it is no finding itself."""
    if contrast.factor == "control":
        return found.difference.first < found.difference.second and found.place.kind in ("window", "span")
    if contrast.factor == "strand":
        return found.place.kind in ("start", "body")
    return True


def _is_seen(found: Sides, pair: Pair) -> bool:
    """Whether the higher side shows anything in this window: one read is no difference to none."""
    higher = pair.first if found.difference.first > found.difference.second else pair.second
    signals = [one for number in higher.tracks if (one := pair.evidence.signal(number))]
    return any(one.state not in ("flat", "no_data") for one in signals)


def _apart(ranked: Sequence[Sides]) -> list[Sides]:
    """Those that say something of their own: of places that overlap the first, unless one is the whole window."""
    kept: list[Sides] = []
    for one in ranked:
        inside = (
            other
            for other in kept
            if "window" not in (one.place.kind, other.place.kind)
            and one.place.start < other.place.end
            and other.place.start < one.place.end
        )
        if not any(inside):
            kept.append(one)
    return kept


KIND = Kind(
    NAME,
    ("signal", "signal"),
    check,
    means="the first row's condition is at least twice as high here as the second's",
    over="the place: a gene, its start, a peak, or the window",
    value=FOLD,
    says=frozenset({"strongest", "than", "low", "only"}),
    numbers=told_number("fold"),
    beside=True,
    stated=stated,
    altered=altered,
    turn=2,  # after what each track says of itself
)
