"""How well our model reads strips it has not seen: claims against measurements, with the blank-image ablation.

Works on shards, without figures or files; `locution bench reading` measures whole scenes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from renderer.values.evidence import (
    ContactEvidence,
    Evidence,
    IntervalEvidence,
    LinkEvidence,
    SignalEvidence,
    TrackEvidence,
)
from vlm.claims.verify import judge
from vlm.reader.calibration import EVERYTHING, RAW, Calibration, fit, name_of
from vlm.reader.decode import Answer, decode_strips
from vlm.reader.say import to_claims
from vlm.reader.training import simulate
from vlm.reader.training.data import Strip, parts
from vlm.values.claim import Claim

AT_ONCE = 64
NEAR = 0.02
"""A place within this share of the window is found."""

KINDS: dict[type[Any], str] = {
    SignalEvidence: "signal",
    IntervalEvidence: "intervals",
    LinkEvidence: "links",
    ContactEvidence: "contacts",
}


@dataclass
class Score:
    """Counts over strips of one kind; `report` turns them into rates."""

    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    recall: Counter[tuple[str, bool]] = field(default_factory=Counter)

    def add(self, claims: list[Claim], evidence: TrackEvidence) -> None:
        """Count one strip."""
        whole = Evidence(simulate.WINDOW, {1: evidence})
        for claim in claims:
            self.verdicts[claim.kind, judge(claim, whole).verdict] += 1
        for fact, found in _facts(claims, evidence):
            self.recall[fact, found] += 1

    def report(self) -> dict[str, Any]:
        """Precision of claims before verification, the share of measured facts that were found, verdicts by kind."""
        good, bad = (sum(n for (_, v), n in self.verdicts.items() if v == w) for w in ("supported", "contradicted"))
        return {
            "precision": round(good / max(1, good + bad), 4),
            "recall": {fact: self._share(fact) for fact in sorted({fact for fact, _ in self.recall})},
            "kinds": {
                kind: {v: self.verdicts[kind, v] for v in ("supported", "contradicted", "cannot_tell")}
                for kind in sorted({kind for kind, _ in self.verdicts})
            },
        }

    def _share(self, fact: str) -> float:
        found, missed = self.recall[fact, True], self.recall[fact, False]
        return round(found / (found + missed), 4)


def _facts(claims: list[Claim], evidence: TrackEvidence) -> Iterable[tuple[str, bool]]:
    """What there is to be found in a strip, and whether it was."""
    if isinstance(evidence, SignalEvidence):
        said = next((c.kind for c in claims if c.kind in ("no_data", "flat", "noisy") and c.value is None), "signal")
        yield f"state {evidence.state}", said == evidence.state
        if evidence.state == "signal":
            yield from (("peak", _near(claims, "peak", peak.summit)) for peak in evidence.salient)
            yield from (("domain", _meets(claims, d.start, d.end)) for d in evidence.domains if d.salient)
            if evidence.strongest:
                yield "strongest peak", _near(claims, "strongest_peak", evidence.strongest.summit)
    elif isinstance(evidence, IntervalEvidence) and evidence.state == "few":
        yield from (("box", _near(claims, "interval_at", (s.start + s.end) // 2)) for s in evidence.spans)
    elif isinstance(evidence, LinkEvidence) and evidence.state == "few":
        yield from (("arc", _links(claims, arc)) for arc in evidence.arcs if arc.inside)
    elif isinstance(evidence, ContactEvidence):
        yield from (("boundary", _near(claims, "domain_boundary", b.position)) for b in evidence.salient)


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= NEAR * simulate.WINDOW.span


def _near(claims: list[Claim], kind: str, position: int) -> bool:
    return any(claim.kind == kind and _close((claim.start + claim.end) / 2, position) for claim in claims)


def _meets(claims: list[Claim], start: int, end: int) -> bool:
    return any(c.kind == "broad_domain" and c.start < end and start < c.end for c in claims)


def _links(claims: list[Claim], arc: Any) -> bool:
    middles = (arc.start1 + arc.end1) / 2, (arc.start2 + arc.end2) / 2
    said = [[sum(anchor) / 2 for anchor in claim.value["anchors"]] for claim in claims if claim.kind == "link"]
    return any(_close(one, middles[0]) and _close(two, middles[1]) for one, two in said)


def evaluate(model: Any, strips: list[Strip], blank: bool = False, calibration: Calibration = RAW) -> dict[str, Any]:
    """Read strips and score them by kind of track. `blank` shows the model empty paper instead."""
    scores: dict[str, Score] = {}
    for answer, strip in _read(model, strips, blank):
        claims = to_claims(answer, 1, simulate.WINDOW, calibration)
        scores.setdefault(KINDS[type(strip.evidence)], Score()).add(claims, strip.evidence)
    return {"strips": len(strips), "blank": blank} | {kind: scores[kind].report() for kind in sorted(scores)}


def calibrate(model: Any, strips: list[Strip]) -> Calibration:
    """What the model's probabilities are worth on these strips."""
    judged: dict[str, list[tuple[float, bool]]] = {}
    for answer, strip in _read(model, strips):
        whole = Evidence(simulate.WINDOW, {1: strip.evidence})
        for claim in to_claims(answer, 1, simulate.WINDOW, EVERYTHING):
            verdict = judge(claim, whole).verdict
            if verdict != "cannot_tell":
                judged.setdefault(name_of(claim), []).append((claim.confidence or 0.0, verdict == "supported"))
    return fit(judged)


def _read(model: Any, strips: list[Strip], blank: bool = False) -> Iterator[tuple[Answer, Strip]]:
    """Every strip with its answer."""
    for part in parts(strips, AT_ONCE):
        ink = np.stack([strip.ink for strip in part])
        kinds = [KINDS[type(strip.evidence)] for strip in part]
        yield from zip(decode_strips(model, np.zeros_like(ink) if blank else ink, kinds), part, strict=True)
