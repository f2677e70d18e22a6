"""Supported observations -> biological readings, each with the claims it rests on, its published source and limits.

Applies the rows of `vlm.rules.table`. A reading rests on supported claims alone; that something is absent is asked of
the evidence. What a caption says of them: `vlm.words.meanings`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from renderer.assays.labels import sample_of
from renderer.values.evidence import Evidence, SignalEvidence
from renderer.values.track import Scene
from vlm.rules.checks import PROMOTER, TOGETHER, Candidate, Extra, distance_from
from vlm.rules.observations import BROAD, Seen, is_main, meets, observe, tracks_of
from vlm.rules.table import RULES, Need, Rule
from vlm.values.claim import Claim, Judged

MOST = 8
"""Readings of one kind of one sample in one window, those of the tallest peaks: beyond that they are a statistic."""


def read(judged: Sequence[Judged], scene: Scene, evidence: Evidence) -> list[Judged]:
    """The readings that these claims support; ids in `rests_on` are positions in `judged`, from 1.

    They are to be appended to `judged`, so that the ids stay right.
    """
    seen = observe(judged, scene, evidence)
    readings: list[Judged] = []
    for rule in RULES:
        if scene.region.span <= rule.widest:
            readings += _most(_once(_apply(rule, seen, scene, evidence)))
    return readings


def _most(readings: Sequence[Judged]) -> list[Judged]:
    """MOST of each sample, the strongest, in their order: no sample takes the place of another."""
    counts: Counter[str | None] = Counter()
    kept: list[int] = []
    for number in sorted(range(len(readings)), key=lambda i: -readings[i].measured["strength"]):
        sample = readings[number].measured["sample"]
        counts[sample] += 1
        if counts[sample] <= MOST:
            kept.append(number)
    return [readings[number] for number in sorted(kept)]


def holds(reading: Judged, judged: Sequence[Judged]) -> bool:
    """Whether every claim a reading rests on is (still) supported."""
    return bool(reading.rests_on) and all(
        0 < number <= len(judged) and judged[number - 1].verdict == "supported" for number in reading.rests_on
    )


def _apply(rule: Rule, seen: Sequence[Seen], scene: Scene, evidence: Evidence) -> Iterator[Judged]:
    for anchor in (one for one in seen if _meets_need(rule.needs[0], one)):
        ground = _gather(rule, anchor, seen)
        if not ground or _is_barred(rule, anchor, scene, evidence):
            continue
        extra = rule.check(Candidate(anchor, ground, seen, scene, evidence))
        if extra is not None:
            yield _reading(rule, anchor, (*ground, *extra.ground), extra, scene, evidence)


def _meets_need(need: Need, one: Seen) -> bool:
    fits = one.form in need.forms and (one.mark in need.marks or "" in need.marks)
    return fits and (one.form != "start" or one.away <= PROMOTER)


def _gather(rule: Rule, anchor: Seen, seen: Sequence[Seen]) -> tuple[Seen, ...]:
    """For each need what meets it at the anchor, one observation a track; nothing if a need is not met."""
    ground: list[Seen] = []
    for need in rule.needs:
        found: dict[int, Seen] = {}
        for one in seen:
            if one.sample == anchor.sample and _meets_need(need, one) and _is_here(anchor, one):
                nearest = found.setdefault(one.track, one)
                if abs(one.point - anchor.point) < abs(nearest.point - anchor.point):
                    found[one.track] = one
        if not found and not need.optional:
            return ()
        ground += found.values()
    return tuple(ground)


def _is_here(anchor: Seen, one: Seen) -> bool:
    """Whether an observation is at the anchor's place: the same start site, along the same gene, or across it."""
    if anchor.gene is not None and one.gene is not None:
        return one.gene == anchor.gene and (one.form != "start" or abs(one.point - anchor.point) <= PROMOTER)
    if anchor.form == "start" and one.form == "peak":
        return distance_from(anchor.point, one) <= PROMOTER
    if anchor.form in ("domain", "body", "link"):
        return one.start < anchor.end and anchor.start < one.end
    if one.form == "domain":
        return one.start <= anchor.point < one.end
    overlap = one.start < anchor.end and anchor.start < one.end
    return overlap or abs(one.point - anchor.point) <= TOGETHER


def _is_barred(rule: Rule, anchor: Seen, scene: Scene, evidence: Evidence) -> bool:
    """Whether a mark that must be absent is there, or was not measured although it must be."""
    span = (anchor.start, anchor.end) if anchor.form == "domain" else (anchor.point, anchor.point + 1)
    for mark in rule.absent:
        tracks, strict = tracks_of(mark, anchor.sample, scene, evidence), mark in rule.measured
        if (strict and not tracks) or any(_is_marked(one, mark, *span, strict) for one in tracks):
            return True
    return False


def _is_marked(signal: SignalEvidence, mark: str, start: int, end: int, strict: bool) -> bool:
    """Whether a track has a domain across most of [start, end) or, if that is a point, a peak at it: a clear one, of a
    broad mark a main one, or if `strict` any that is visible. A track raised everywhere tells of no place."""
    if strict and signal.state == "noisy":
        return True
    common = max((min(d.end, end) - max(d.start, start) for d in signal.domains), default=0)
    if 2 * common >= end - start:
        return True
    if end - start > 1:
        return False
    clear = [peak for peak in signal.salient if mark not in BROAD or is_main(peak, signal)]
    peaks = signal.peaks if strict else clear
    return any(meets(peak, start - TOGETHER, end + TOGETHER) for peak in peaks)


def _reading(
    rule: Rule, anchor: Seen, ground: Sequence[Seen], extra: Extra, scene: Scene, evidence: Evidence
) -> Judged:
    unique = tuple(dict.fromkeys(ground))
    tracks = tuple(sorted({one.track for one in unique}))
    claim = Claim(rule.kind, tracks, *(extra.span or (anchor.start, anchor.end)), anchor.gene, "rule")
    sample = next((t.sample for t in scene.tracks if t.number == anchor.track and sample_of(t)), None)
    marks = list(dict.fromkeys(one.mark for one in unique if one.mark))
    measured = {
        "source": rule.source,
        "sample": sample,
        "marks": marks,
        "point": anchor.point,
        "named": anchor.named,
        "strength": _strength(anchor, evidence),
    } | extra.facts
    rests_on = tuple(sorted({one.id for one in unique}))
    return Judged(claim, "supported", measured, {"widest_bp": rule.widest}, rests_on)


def _strength(anchor: Seen, evidence: Evidence) -> float:
    """What the readings of one rule are ranked by: the drawn height of the tallest peak that its anchor meets; of what
    is no peak, its length in bp."""
    signal = evidence.signal(anchor.track)
    if signal is None or anchor.form not in ("peak", "start"):
        return float(anchor.end - anchor.start)
    return max((peak.height for peak in signal.peaks if meets(peak, anchor.start, anchor.end)), default=0.0)


def _once(readings: Iterator[Judged]) -> list[Judged]:
    """One reading a gene or place of a sample: replicates and second claims on one peak add no second."""
    kept: list[Judged] = []
    for one in readings:
        if not any(_is_same(one, other) for other in kept):
            kept.append(one)
    return kept


def _is_same(one: Judged, other: Judged) -> bool:
    if one.measured["sample"] != other.measured["sample"] or one.claim.value != other.claim.value:
        return False
    if isinstance(one.claim.value, str):
        return True
    if "anchors" in one.measured:  # loops lie within loops
        return (one.claim.start, one.claim.end) == (other.claim.start, other.claim.end)
    return one.claim.start < other.claim.end and other.claim.start < one.claim.end


READINGS = tuple(dict.fromkeys(rule.kind for rule in RULES))
"""The kinds of biological reading: they name any tracks, and hold as long as the claims they rest on do."""
