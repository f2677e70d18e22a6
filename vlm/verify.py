"""Claim + Evidence -> verdict. The one place where a statement is held against the numbers, whoever made it.

Judges by `renderer.evidence` alone: it opens no file and sees no pixel. It is strict about what does not exist (a
track, a gene, a place outside the window: contradicted, it was made up) and modest about what was not measured
(cannot_tell). Every verdict carries what was measured and the tolerance that was used.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from renderer.evidence import Domain, Evidence, Gene, GeneEvidence, Peak, SignalEvidence
from renderer.region import Region
from renderer.track import Scene
from vlm.claims import SHAPES, WINDOW_KINDS, Claim, Judged, Verdict
from vlm.join import distance, tss_reach

POSITION_SHARE = 0.015
"""Share of the window a position may be off: 2 of the 128 bins a model answers in, 15 px of a 1000 px track."""

TIE = 0.93
"""A summit at least this share of the tallest one is as tall by eye: 4 px of a 60 px track."""

COUNT_EXACT = 3
"""Up to this many peaks a person sees the number at a glance, so it must be exact ..."""

COUNT_SMALL = 6
"""... up to this many, one more or one less is forgiven ..."""

COUNT_SHARE = 0.25
"""... and beyond, a quarter of the measured number, rounded up: nobody counts those."""

DOMAIN_OVERLAP = 0.5
"""Intersection over union of a claimed and a measured domain: its edges are soft, its place is not."""

CORE_SHARE = 0.025
"""Share of the window: of a wide peak only so much on each side of its summit can be at a start site."""

PLACE_SHARE = 0.06
"""Share of the window: a claim wider than this, and than twice the peak it meets, points at nothing."""


@dataclass(frozen=True)
class _Outcome:
    """A verdict before it is joined with its claim."""

    verdict: Verdict
    measured: dict[str, Any]
    tolerance: dict[str, Any]


_Check = Callable[[Claim, Evidence], _Outcome]


class _Malformed(Exception):
    """A claim that cannot be true because of how it is made; the text is the reason."""


def judge(claim: Claim, evidence: Evidence, scene: Scene | None = None) -> Judged:
    """The verdict on one claim. With the scene, a track that does not exist is told from one that was not measured."""
    try:
        _check_shape(claim, evidence.region)
        unmeasured = _check_tracks(claim, evidence, scene)
        if unmeasured:
            outcome = _Outcome("cannot_tell", {"reason": f"track {unmeasured[0]} was not measured"}, {})
        else:
            outcome = _CHECKS[claim.kind](claim, evidence)
    except _Malformed as exc:
        outcome = _Outcome("contradicted", {"reason": str(exc)}, {})
    return Judged(claim, outcome.verdict, outcome.measured, outcome.tolerance)


def judge_all(claims: Sequence[Claim], evidence: Evidence, scene: Scene | None = None) -> list[Judged]:
    """The verdicts on all claims, in their order."""
    return [judge(claim, evidence, scene) for claim in claims]


def _check_shape(claim: Claim, region: Region) -> None:
    shape = SHAPES.get(claim.kind)
    if shape is None:
        raise _Malformed(f"'{claim.kind}' is no kind of claim")
    if len(claim.tracks) != len(shape):
        raise _Malformed(f"a {claim.kind} claim names {len(shape)} track(s), not {len(claim.tracks)}")
    if len(set(claim.tracks)) != len(claim.tracks):
        raise _Malformed("a claim about two tracks names one track twice")
    if claim.kind in WINDOW_KINDS:
        return
    if claim.start >= claim.end:
        raise _Malformed("the interval is empty: its start must come before its end")
    slack = POSITION_SHARE * region.span
    if claim.start < region.start - slack or claim.end > region.end + slack:
        raise _Malformed(f"the interval lies outside the window {region}")


def _check_tracks(claim: Claim, evidence: Evidence, scene: Scene | None) -> list[int]:
    """The claim's tracks that exist but were not measured. Raises _Malformed for one that cannot be meant."""
    kinds: dict[int, str] = {track.number: track.kind for track in scene.tracks} if scene else {}
    kinds |= {number: _evidence_kind(found) for number, found in evidence.tracks.items()}
    for number, wanted in zip(claim.tracks, SHAPES[claim.kind], strict=True):
        if scene and number not in kinds:
            raise _Malformed(f"there is no track {number}; the figure has {', '.join(map(str, sorted(kinds)))}")
        if kinds.get(number, wanted) != wanted:
            raise _Malformed(f"track {number} is a track of {kinds[number]}, not of {wanted}")
    return [number for number in claim.tracks if number not in evidence.tracks]


def _evidence_kind(found: object) -> str:
    if isinstance(found, SignalEvidence):
        return "signal"
    return "genes" if isinstance(found, GeneEvidence) else "intervals"


def _signal(claim: Claim, evidence: Evidence, index: int = 0) -> SignalEvidence:
    found = evidence.signal(claim.tracks[index])
    assert found is not None  # _check_tracks has seen it
    return found


def _verdict(holds: bool) -> Verdict:
    return "supported" if holds else "contradicted"


# --- one signal track: the whole window


def _state(claim: Claim, evidence: Evidence) -> _Outcome:
    """no_data and noisy: the track's state is one word, and it is that word or not."""
    signal = _signal(claim, evidence)
    return _Outcome(_verdict(signal.state == claim.kind), {"state": signal.state, "covered": signal.covered}, {})


def _flat(claim: Claim, evidence: Evidence) -> _Outcome:
    signal = _signal(claim, evidence)
    if claim.value == "elsewhere":
        return _Outcome(_verdict(signal.low_elsewhere), {"low_elsewhere": signal.low_elsewhere}, {})
    if claim.value is not None:
        raise _Malformed(f"the value of a flat claim is nothing or 'elsewhere', not {claim.value!r}")
    return _Outcome(_verdict(signal.state == "flat"), {"state": signal.state, "maximum": signal.maximum}, {})


def count_tolerance(measured: int) -> int:
    """How far a claimed number of peaks may lie from the measured one."""
    if measured <= COUNT_EXACT:
        return 0
    return 1 if measured <= COUNT_SMALL else math.ceil(COUNT_SHARE * measured)


def _peak_count(claim: Claim, evidence: Evidence) -> _Outcome:
    """A number, or a least number: {"min": 12} is what a model says that stops counting there."""
    count = len(_signal(claim, evidence).salient)
    slack = count_tolerance(count)
    least = isinstance(claim.value, dict)
    claimed = _whole_number(claim, claim.value.get("min") if least else claim.value)
    holds = count >= claimed - slack if least else abs(claimed - count) <= slack
    return _Outcome(_verdict(holds), {"count": count}, {"count": slack})


def _whole_number(claim: Claim, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Malformed(f"the value of a {claim.kind} claim is a whole number, not {claim.value!r}")
    return value


# --- one signal track: a place


def _slack(evidence: Evidence) -> int:
    """The position tolerance of this window, in base pairs."""
    return max(1, round(POSITION_SHARE * evidence.region.span))


def _meets(claim: Claim, peak: Peak, slack: int) -> bool:
    """Whether the claim points at the peak: within reach of its summit, or into the middle of a wide one."""
    inside = peak.start <= (claim.start + claim.end) / 2 < peak.end and claim.end - claim.start <= 3 * slack
    return inside or distance(peak.summit, claim.start, claim.end) <= slack


def _met(claim: Claim, peaks: Sequence[Peak], slack: int) -> list[Peak]:
    """The peaks at the claim's interval, the nearest to its middle first."""
    return sorted((p for p in peaks if _meets(claim, p, slack)), key=lambda p: (_off(claim, p), -p.height))


def _off(claim: Claim, peak: Peak) -> float:
    """Base pairs between the middle of the claim's interval and the summit."""
    return abs((claim.start + claim.end - 1) / 2 - peak.summit)


def _describe(peak: Peak) -> dict[str, Any]:
    return {"summit": peak.summit, "start": peak.start, "end": peak.end, "value": round(peak.value, 4),
            "height": round(peak.height, 3), "prominence": round(peak.prominence, 3)}  # fmt: skip


def _missed(claim: Claim, peaks: Sequence[Peak]) -> dict[str, Any]:
    """What there was instead: the nearest peak and how far off it is."""
    if not peaks:
        return {"peaks": 0}
    near = min(peaks, key=lambda peak: distance(peak.summit, claim.start, claim.end))
    return {"nearest": _describe(near), "distance": distance(near.summit, claim.start, claim.end)}


def _vague(claim: Claim, peaks: Sequence[Peak], evidence: Evidence) -> _Outcome | None:
    """cannot_tell for an interval so wide that it would be true of almost any track."""
    width = claim.end - claim.start
    if width <= max([PLACE_SHARE * evidence.region.span, *(2 * (peak.end - peak.start) for peak in peaks)]):
        return None
    share = round(width / evidence.region.span, 3)
    measured = {"reason": "the interval is too wide to point at a peak", "share": share}
    return _Outcome("cannot_tell", measured, {"share": PLACE_SHARE})


def _peak(claim: Claim, evidence: Evidence) -> _Outcome:
    slack, peaks = _slack(evidence), _signal(claim, evidence).peaks
    met = _met(claim, peaks, slack)
    if met and (vague := _vague(claim, met, evidence)):
        return vague
    return _Outcome(_verdict(bool(met)), _describe(met[0]) if met else _missed(claim, peaks), {"bp": slack})


def _strongest_peak(claim: Claim, evidence: Evidence) -> _Outcome:
    slack, signal = _slack(evidence), _signal(claim, evidence)
    tolerance = {"bp": slack, "height_share": TIE}
    # Inside a domain the tallest summit may be rough texture, so the tallest that stands out is the measure.
    tallest = signal.strongest or max(signal.peaks, key=lambda peak: peak.height, default=None)
    if tallest is None:
        return _Outcome("contradicted", {"peaks": 0}, tolerance)
    met = _met(claim, [peak for peak in signal.peaks if peak.height >= TIE * tallest.height], slack)
    if met and (vague := _vague(claim, met, evidence)):
        return vague
    if met:
        return _Outcome("supported", _describe(met[0]) | {"tallest": round(tallest.height, 3)}, tolerance)
    here = _met(claim, signal.peaks, slack)
    measured = {"tallest": _describe(tallest), "here": _describe(here[0]) if here else None}
    return _Outcome("contradicted", measured, tolerance)


def _overlap(claim: Claim, domain: Domain) -> float:
    """Intersection over union of the claim's interval and a domain."""
    common = min(claim.end, domain.end) - max(claim.start, domain.start)
    return max(0, common) / (max(claim.end, domain.end) - min(claim.start, domain.start))


def _broad_domain(claim: Claim, evidence: Evidence) -> _Outcome:
    domains, tolerance = _signal(claim, evidence).domains, {"overlap": DOMAIN_OVERLAP}
    if not domains:
        return _Outcome("contradicted", {"domains": 0}, tolerance)
    best = max(domains, key=lambda domain: _overlap(claim, domain))
    share = _overlap(claim, best)
    measured = {"start": best.start, "end": best.end, "overlap": round(share, 3),
                "mean_height": round(best.mean, 3), "outside_height": round(best.outside, 3)}  # fmt: skip
    return _Outcome(_verdict(share >= DOMAIN_OVERLAP), measured, tolerance)


# --- two signal tracks


def _coincide(claim: Claim, evidence: Evidence) -> _Outcome:
    """Both tracks have a peak at the place, and the two are one place: close summits, or overlapping peaks."""
    slack = _slack(evidence)
    found = [_signal(claim, evidence, index).peaks for index in (0, 1)]
    met = [_met(claim, peaks, slack) for peaks in found]
    measured: dict[str, Any] = {
        str(number): _describe(here[0]) if here else _missed(claim, peaks)
        for number, here, peaks in zip(claim.tracks, met, found, strict=True)
    }
    if not all(met):
        return _Outcome("contradicted", measured, {"bp": slack})
    if vague := _vague(claim, [*met[0], *met[1]], evidence):
        return vague
    one, two = min(((a, b) for a in met[0] for b in met[1]), key=lambda pair: abs(pair[0].summit - pair[1].summit))
    apart = abs(one.summit - two.summit)
    holds = apart <= 2 * slack or (one.start < two.end and two.start < one.end)
    measured = {str(claim.tracks[0]): _describe(one), str(claim.tracks[1]): _describe(two), "apart": apart}
    return _Outcome(_verdict(holds), measured, {"bp": slack, "apart_bp": 2 * slack})


# --- genes


def _genes_called(claim: Claim, evidence: Evidence, name: object) -> list[Gene]:
    """The genes of that name, upper and lower case alike; a name may occur twice. Raises _Malformed if none does."""
    annotation = evidence.tracks[claim.tracks[-1]]
    assert isinstance(annotation, GeneEvidence)  # _check_tracks has seen it
    wanted = name.casefold() if isinstance(name, str) else None
    found = [gene for gene in annotation.genes if gene.name.casefold() == wanted]
    if not found:
        raise _Malformed(f"no gene called {name!r} is annotated in this window")
    return found


def core(peak: Peak, region: Region) -> tuple[int, int]:
    """The part of a peak that counts as its place: its width at half prominence, or less if it is wide."""
    reach = round(CORE_SHARE * region.span)
    return max(peak.start, peak.summit - reach), min(peak.end, peak.summit + reach + 1)


def _peak_at_tss(claim: Claim, evidence: Evidence) -> _Outcome:
    genes = _genes_called(claim, evidence, claim.value)
    slack, reach, peaks = _slack(evidence), tss_reach(evidence.region), _signal(claim, evidence).peaks
    tolerance, met = {"bp": slack, "tss_bp": reach}, _met(claim, peaks, slack)
    if not met:
        return _Outcome("contradicted", _missed(claim, peaks), tolerance)
    if vague := _vague(claim, met, evidence):
        return vague
    options = [(peak, gene, tss) for peak in met for gene in genes for tss in gene.tss]
    if not options:
        return _Outcome("cannot_tell", {"reason": f"{claim.value} has no annotated start"}, tolerance)

    def away_of(option: tuple[Peak, Gene, int]) -> int:
        return distance(option[2], *core(option[0], evidence.region))

    best = min(options, key=lambda o: (away_of(o) > reach, _off(claim, o[0]), away_of(o), abs(o[2] - o[0].summit)))
    (peak, gene, tss), away = best, away_of(best)
    facts = {"gene": gene.name, "named": gene.named, "tss": tss, "outermost": _is_outermost(tss, gene, reach)}
    measured = _describe(peak) | facts | {"distance": away}
    return _Outcome(_verdict(away <= reach), measured, tolerance)


def _is_outermost(tss: int, gene: Gene, reach: int) -> bool:
    """Whether a start site is where the gene begins; the others are internal starts of shorter isoforms."""
    return abs(tss - (gene.end - 1 if gene.strand == "-" else gene.start)) <= reach


def _peak_in_gene(claim: Claim, evidence: Evidence) -> _Outcome:
    genes = _genes_called(claim, evidence, claim.value)
    slack, reach, peaks = _slack(evidence), tss_reach(evidence.region), _signal(claim, evidence).peaks
    tolerance, met = {"bp": slack, "gene_bp": reach}, _met(claim, peaks, slack)
    if not met:
        return _Outcome("contradicted", _missed(claim, peaks), tolerance)
    if vague := _vague(claim, met, evidence):
        return vague
    options = [(peak, gene, distance(peak.summit, gene.start, gene.end)) for peak in met for gene in genes]
    peak, gene, away = min(options, key=lambda o: (o[2] > reach, _off(claim, o[0]), o[2]))
    facts = {"gene": gene.name, "named": gene.named, "gene_start": gene.start, "gene_end": gene.end}
    measured = _describe(peak) | facts | {"distance": away}
    return _Outcome(_verdict(away <= reach), measured, tolerance)


def _gene(claim: Claim, evidence: Evidence) -> _Outcome:
    if not isinstance(claim.value, dict) or "name" not in claim.value:
        raise _Malformed("the value of a gene claim is {'name': ..., 'strand': ...}")
    slack, region = _slack(evidence), evidence.region
    found = _genes_called(claim, evidence, claim.value["name"])
    spans = [(max(gene.start, region.start), min(gene.end, region.end), gene) for gene in found]
    start, end, gene = min(spans, key=lambda s: abs(s[0] - claim.start) + abs(s[1] - claim.end))
    placed = abs(start - claim.start) <= slack and abs(end - claim.end) <= slack
    same_strand = claim.value.get("strand", gene.strand) == gene.strand
    measured = {"name": gene.name, "strand": gene.strand, "start": start, "end": end, "named": gene.named}
    return _Outcome(_verdict(placed and same_strand), measured, {"bp": slack})


def _gene_count(claim: Claim, evidence: Evidence) -> _Outcome:
    annotation = evidence.tracks[claim.tracks[0]]
    assert isinstance(annotation, GeneEvidence)  # _check_tracks has seen it
    count = len(annotation.genes)
    return _Outcome(_verdict(_whole_number(claim, claim.value) == count), {"count": count}, {"count": 0})


_CHECKS: dict[str, _Check] = {
    "no_data": _state, "flat": _flat, "noisy": _state, "peak": _peak, "strongest_peak": _strongest_peak,
    "peak_count": _peak_count, "broad_domain": _broad_domain, "coincide": _coincide, "gene": _gene,
    "peak_at_tss": _peak_at_tss, "peak_in_gene": _peak_in_gene, "gene_count": _gene_count,
}  # fmt: skip
