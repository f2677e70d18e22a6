"""Checks of claims about one or two signal tracks, held against `renderer.values.evidence.SignalEvidence`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from renderer.values.evidence import GeneSignal, Peak, SignalEvidence
from vlm.claims.checks import (
    OVERLAP,
    PLACE_SHARE,
    Case,
    Malformed,
    Outcome,
    best_domain,
    cannot_tell,
    count_tolerance,
    counted,
    describe,
    distance,
    met_peaks,
    missed,
    vague,
    verdict,
)
from vlm.values.claim import Verdict

TIE = 0.93
"""A summit at least this share of the tallest one is as tall by eye: 4 px of a 60 px track."""

HIGHER = 1.2
"""A level is seen to be higher than another from this fold on: 10 px of a 60 px track ..."""

FOLD_SHARE = 0.25
"""... and a fold that is said may be off by this share of itself."""

WHOLE = 0.9
"""A claim that spans this share of the window compares the tracks over the window, not at a place."""

# --- the whole window


def state(case: Case) -> Outcome:
    """no_data, flat and noisy: the track's state is that word, or near it."""
    found = case.signal()
    measured = {"state": found.state, "near": list(found.near), "covered": round(found.covered, 4)}
    return Outcome(verdict(case.claim.kind in (found.state, *found.near)), measured)


def flat(case: Case) -> Outcome:
    """Flat throughout, or low "elsewhere": outside peaks and domains."""
    found, value = case.signal(), case.claim.value
    if value == "elsewhere":
        return Outcome(verdict(found.low_elsewhere or found.low_near), {"low_elsewhere": found.low_elsewhere})
    if value is not None:
        raise Malformed(f"the value of a flat claim is nothing or 'elsewhere', not {str(value)[:80]!r}")
    outcome = state(case)
    return Outcome(outcome.verdict, outcome.measured | {"maximum": found.maximum})


def peak_count(case: Case) -> Outcome:
    """A number, or a least number: {"min": 12} is what a model says that stops counting there."""
    found = case.signal()
    count = len(found.salient)
    slack = count_tolerance(count)
    least, most = found.count_range or (count, count)
    holds = counted(case.claim, min(least, count - slack), max(most, count + slack))
    return Outcome(verdict(holds), {"count": count}, {"count": slack, "range": [least, most]})


# --- a place of one track


def peak(case: Case) -> Outcome:
    """A peak, salient or only visible, is where the claim points."""
    peaks = case.signal().peaks
    met = met_peaks(case, peaks)
    if met and (wide := vague(case, met)):
        return wide
    return Outcome(verdict(bool(met)), describe(met[0]) if met else missed(case, peaks), {"bp": case.slack})


def strongest_peak(case: Case) -> Outcome:
    """The claim points at the tallest peak, or at one as tall by eye."""
    found, tolerance = case.signal(), {"bp": case.slack, "height_share": TIE}
    # Inside a domain the tallest summit may be rough texture, so the tallest that stands out is the measure.
    tallest = found.strongest or max(found.peaks, key=lambda peak: peak.height, default=None)
    if tallest is None:
        return Outcome("contradicted", {"peaks": 0}, tolerance)
    met = met_peaks(case, [peak for peak in found.peaks if peak.height >= TIE * tallest.height])
    if met and (wide := vague(case, met)):
        return wide
    if met:
        return Outcome("supported", describe(met[0]) | {"tallest": round(tallest.height, 3)}, tolerance)
    here = met_peaks(case, found.peaks)
    measured = {"tallest": describe(tallest), "here": describe(here[0]) if here else None}
    return Outcome("contradicted", measured, tolerance)


def broad_domain(case: Case) -> Outcome:
    """A domain, salient or only visible, lies where the claim says."""
    best, measured = best_domain(case, case.signal().domains)
    return Outcome(verdict(best is not None), measured, {"overlap": OVERLAP})


# --- two tracks


def coincide(case: Case) -> Outcome:
    """Both tracks have a peak at the place, and the two are one place: close summits, or overlapping peaks."""
    found = [case.signal(index).peaks for index in (0, 1)]
    met = [met_peaks(case, peaks) for peaks in found]
    measured: dict[str, Any] = {
        str(number): describe(here[0]) if here else missed(case, peaks)
        for number, here, peaks in zip(case.claim.tracks, met, found, strict=True)
    }
    if not all(met):
        return Outcome("contradicted", measured, {"bp": case.slack})
    if wide := vague(case, [*met[0], *met[1]]):
        return wide
    one, two = min(((a, b) for a in met[0] for b in met[1]), key=lambda pair: abs(pair[0].summit - pair[1].summit))
    apart = abs(one.summit - two.summit)
    holds = apart <= 2 * case.slack or (one.start < two.end and two.start < one.end)
    measured = {str(case.claim.tracks[0]): describe(one), str(case.claim.tracks[1]): describe(two), "apart": apart}
    return Outcome(verdict(holds), measured, {"bp": case.slack, "apart_bp": 2 * case.slack})


def only_in(case: Case) -> Outcome:
    """The first track peaks here and the second does not; a bump or a raised stretch of the second leaves it open."""
    first, second = case.signal(0), case.signal(1)
    met = met_peaks(case, first.peaks)
    tolerance = {"bp": case.slack, "apart_bp": 2 * case.slack}
    if not met:
        return Outcome("contradicted", missed(case, first.peaks), tolerance)
    if wide := vague(case, met):
        return wide
    here = met[0]
    measured = describe(here)
    beside = [peak for peak in second.peaks if _together(here, peak, case)]
    if clear := [peak for peak in beside if peak.salient]:
        return Outcome("contradicted", measured | {"other": describe(clear[0])}, tolerance)
    if second.state in ("no_data", "noisy"):
        return cannot_tell(f"the second track is {second.state}", **tolerance)
    if beside or _domain_at(second, here.summit):
        return cannot_tell("the second track is raised here, without a clear peak", **tolerance)
    return Outcome("supported", measured | {"other": None}, tolerance)


def _together(one: Peak, other: Peak, case: Case) -> bool:
    return abs(one.summit - other.summit) <= 2 * case.slack or (one.start < other.end and other.start < one.end)


def _domain_at(found: SignalEvidence, position: int) -> bool:
    return any(domain.start <= position < domain.end for domain in found.domains)


def higher_in(case: Case) -> Outcome:
    """The first track is higher than the second, in file units: over the window, along a gene, or at a place.

    Only tracks drawn on one scale are compared. Over the window and along a gene's body the means are compared, at a
    place the summits; a track without one there is taken at the mean of its domain there.
    """
    fold = _claimed_fold(case)
    if reason := _not_comparable(case):
        return cannot_tell(reason)
    of, level = _measure_of(case)
    one, two = (level(case, index) for index in (0, 1))
    if one is None:
        return cannot_tell("nothing that is measured of the first track lies at this place", bp=case.slack)
    first, second = map(str, case.claim.tracks)
    measured = {first: round(one, 4), second: None if two is None else round(two, 4), "of": of}
    if of == "gene":
        measured["gene"] = _gene_of(case, 0)
    tolerance = {"fold": HIGHER, "fold_share": FOLD_SHARE, "bp": case.slack}
    if two is None:  # at this place the second shows nothing, so any height of the first is higher
        return Outcome("supported" if fold is None else "cannot_tell", measured, tolerance)
    ratio = one / two if two > 0 else None
    measured["fold"] = None if ratio is None else round(ratio, 3)
    return Outcome(_higher(one, two, ratio, fold), measured, tolerance)


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
        return "the two tracks are not drawn on one scale"
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
