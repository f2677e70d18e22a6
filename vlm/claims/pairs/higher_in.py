"""higher_in: one of two tracks on one scale is higher: over the window, along a gene, or at a place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from renderer.values.evidence import GeneSignal, SignalEvidence
from renderer.values.region import Region
from vlm.claims.checks import PLACE_SHARE, Case, Malformed, Outcome, cannot_tell, core, distance, verdict
from vlm.claims.forms import FOLD
from vlm.claims.ground import visible
from vlm.claims.kind import Kind
from vlm.claims.subject import MOST_GENES, Subject, genes_by, holds
from vlm.values.claim import Claim, Verdict

NAME = "higher_in"

HIGHER = 1.2
"""A level is seen to be higher than another from this fold on: 10 px of a 60 px track ..."""

FOLD_SHARE = 0.15
"""... and a fold that is said may be off by this share of itself."""

WHOLE = 0.9
"""A claim that spans this share of the window compares the tracks over the window, not at a place."""


def check(case: Case) -> Outcome:
    """The first track is higher than the second, in file units: over the window, along a gene, or at a place.

    Only tracks of one scale group are compared: an axis that is shared says nothing of depth. Over the window and along
    a gene's body the means are compared, at a place the summits; a track without one there is taken at the mean of its
    domain there.
    """
    fold = _claimed_fold(case)
    if reason := _not_comparable(case):
        return cannot_tell(reason)
    of, level = _measure_of(case)
    one, two = (level(case, index) for index in (0, 1))
    if one is None and two is None:
        return cannot_tell("nothing that is measured of the two tracks lies at this place", bp=case.slack)
    first, second = map(str, case.claim.tracks)
    measured = {first: _rounded(one), second: _rounded(two), "of": of}
    if of == "gene":
        measured["gene"] = _gene_of(case, 0)
    tolerance = {"fold": HIGHER, "fold_share": FOLD_SHARE, "bp": case.slack}
    if one is None:  # the first shows nothing here, and the second does
        return Outcome("contradicted", measured, tolerance)
    if two is None:  # at this place the second shows nothing, so any height of the first is higher
        return Outcome("supported" if fold is None else "cannot_tell", measured, tolerance)
    ratio = one / two if two > 0 else None
    measured["fold"] = None if ratio is None else round(ratio, 3)
    return Outcome(_higher(one, two, ratio, fold), measured, tolerance)


def _rounded(level: float | None) -> float | None:
    return None if level is None else round(level, 4)


def _higher(one: float, two: float, ratio: float | None, fold: float | None) -> Verdict:
    if one <= two:
        return "contradicted"
    if ratio is not None and ratio < HIGHER:
        return "cannot_tell"
    if fold is None:
        return "supported"
    return "cannot_tell" if ratio is None else verdict(abs(fold - ratio) <= FOLD_SHARE * ratio)


def _claimed_fold(case: Case) -> float | None:
    value = case.claim.value
    if value is None:
        return None
    fold = value.get("fold") if isinstance(value, dict) else None
    if isinstance(fold, bool) or not isinstance(fold, int | float) or not 1 <= fold < 1e9:
        raise Malformed("the value of a higher_in claim is nothing, or {'fold': a number from 1 on}")
    return float(fold)


def _not_comparable(case: Case) -> str | None:
    """Why the two tracks are on no one scale, if they are not."""
    tracks = {track.number: track for track in case.scene.tracks} if case.scene else {}
    groups = [tracks[number].group if number in tracks else None for number in case.claim.tracks]
    ranges = [(case.signal(index).vmin, case.signal(index).vmax) for index in (0, 1)]
    if groups[0] is None or groups[0] != groups[1] or ranges[0] != ranges[1]:
        return "the two tracks are of no one scale group, so their depths are not known"
    return "a track has no data here" if "no_data" in [case.signal(index).state for index in (0, 1)] else None


def _measure_of(case: Case) -> tuple[str, Callable[[Case, int], float | None]]:
    """What is compared, by the claim's interval, and how it is measured."""
    if case.claim.end - case.claim.start >= WHOLE * case.region.span:
        return "mean", _window_level
    gene = _gene_of(case, 0)
    if gene is not None and gene == _gene_of(case, 1):
        return "gene", _gene_level
    return "summit", _place_level


def _gene_of(case: Case, index: int) -> str | None:
    """The gene that the claim spans, if the track's signal was measured along it."""
    found = _over(case, index)
    return found.gene if found else None


def _over(case: Case, index: int) -> GeneSignal | None:
    """Signal along the gene whose visible ends are those of the claim; a narrower interval points at a summit."""
    claim, region = case.claim, case.region
    if claim.end - claim.start < PLACE_SHARE * region.span:
        return None
    for one in case.signal(index).genes:
        start, end = max(one.start, region.start), min(one.end, region.end)
        if abs(start - claim.start) <= case.slack and abs(end - claim.end) <= case.slack and one.body is not None:
            return one
    return None


def _gene_level(case: Case, index: int) -> float | None:
    found = _over(case, index)
    return found.body if found else None


def _window_level(case: Case, index: int) -> float | None:
    found = case.signal(index)
    # Over all columns: where a file has no value, nothing is drawn.
    return None if found.mean is None else abs(found.mean) * found.covered


def _place_level(case: Case, index: int) -> float | None:
    """The highest summit in the claim's interval, else the mean of the domain it lies in; None if there is neither."""
    found, claim = case.signal(index), case.claim
    near = [peak for peak in found.peaks if distance(peak.summit, claim.start, claim.end) <= case.slack]
    if near:
        return max(abs(peak.value) for peak in near)
    middle = (claim.start + claim.end) // 2
    reach = max(found.vmax, -found.vmin)
    return max((domain.mean * reach for domain in found.domains if domain.start <= middle < domain.end), default=None)


# --- what the measurements say


def stated(subject: Subject) -> Iterator[Claim]:
    """What the highest track of a scale group has over the others, over the window, along genes and at its peak.

    All pairs would fill a record with what nobody asks.
    """
    figure, region = subject.figure, subject.region
    group = _group(subject)
    if figure is None or subject.number not in group:
        return
    if subject.number != max(group, key=lambda number: abs(group[number].mean or 0.0) * group[number].covered):
        return
    places = [(region.start, region.end), *_gene_places(subject), *_peak_place(subject.signal, region)]
    for other in (number for number in group if number != subject.number):
        options = (subject.at(NAME, *place, beside=other) for place in places)
        yield from (one for one in options if holds(check, one, figure))


def _group(subject: Subject) -> dict[int, SignalEvidence]:
    """The measured tracks on the scale of this one, itself included; none if it has a scale of its own."""
    figure, own = subject.figure, subject.track
    if figure is None or figure.evidence is None or own is None or not own.group:
        return {}
    same = (track.number for track in figure.scene.tracks if track.group == own.group)
    found = {number: signal for number in same if (signal := figure.evidence.signal(number))}
    return {number: signal for number, signal in found.items() if signal.mean is not None}


def _gene_places(subject: Subject) -> list[tuple[int, int]]:
    """The visible spans of the genes along which the track has most signal."""
    return [visible(gene, subject.region) for _, gene in genes_by(subject, lambda over: over.body)[:MOST_GENES]]


def _peak_place(found: SignalEvidence, region: Region) -> list[tuple[int, int]]:
    return [core(found.strongest, region)] if found.state == "signal" and found.strongest else []


def numbers(claim: Claim, _all: Sequence[Claim]) -> list[float]:
    """The fold, if one is said."""
    return [claim.value["fold"]] if isinstance(claim.value, dict) and "fold" in claim.value else []


KIND = Kind(
    NAME,
    ("signal", "signal"),
    check,
    means="both rows rise here, the first higher, on one printed scale",
    over="the place it is higher",
    value=FOLD,
    says=frozenset({"strongest", "than"}),
    numbers=numbers,
    stated=stated,
    turn=1,  # after what each track says of itself
)
