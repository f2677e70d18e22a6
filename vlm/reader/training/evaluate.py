"""How well our model reads strips it has not seen: claims against measurements, with the blank-image ablation.

Works on shards, without figures or files; `locution bench reading` measures whole scenes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from renderer.values.evidence import Evidence, SignalEvidence, TrackEvidence, type_of
from renderer.values.region import Region
from vlm.claims.verify import judge
from vlm.reader.calibration import EVERYTHING, RAW, Calibration, fit, name_of
from vlm.reader.decode import Answer, Forward, decode_strips
from vlm.reader.say import agreed, to_claims
from vlm.reader.training.data import parts
from vlm.reader.training.shards import Strip
from vlm.score.facts import facts_of, said_state
from vlm.values.claim import Claim

AT_ONCE = 64


@dataclass
class Score:
    """Counts over strips of one kind; `report` turns them into rates."""

    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    recall: Counter[tuple[str, bool]] = field(default_factory=Counter)

    def add(self, claims: list[Claim], evidence: TrackEvidence, region: Region) -> None:
        """Count one strip."""
        whole = Evidence(region, {1: evidence})
        for claim in claims:
            self.verdicts[claim.kind, judge(claim, whole).verdict] += 1
        for fact, found in _facts(claims, evidence, region):
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


def _facts(claims: list[Claim], evidence: TrackEvidence, region: Region) -> Iterable[tuple[str, bool]]:
    """What there is to be found in a strip, and whether it was."""
    if isinstance(evidence, SignalEvidence):
        yield f"state {evidence.state}", (said_state(claims) or "signal") == evidence.state
        if evidence.state != "signal":
            return
    yield from ((fact.name, fact.is_in(claims)) for fact in facts_of(evidence, region))


def evaluate(
    model: Forward, strips: list[Strip], blank: bool = False, calibration: Calibration = RAW
) -> dict[str, Any]:
    """Read strips and score them by kind of track. `blank` shows the model empty paper instead."""
    scores: dict[str, Score] = {}
    for answer, strip in _read(model, strips, blank):
        claims = _said(answer, strip, blank, calibration)
        scores.setdefault(type_of(strip.evidence), Score()).add(claims, strip.evidence, strip.region)
    return {"strips": len(strips), "blank": blank} | {kind: scores[kind].report() for kind in sorted(scores)}


def calibrate(model: Forward, strips: list[Strip]) -> Calibration:
    """What the model's probabilities are worth on these strips."""
    judged: dict[str, list[tuple[float, bool]]] = {}
    for answer, strip in _read(model, strips):
        whole = Evidence(strip.region, {1: strip.evidence})
        both = [(claim, False) for claim in to_claims(answer, 1, strip.region, EVERYTHING, strip.traced)]
        both += [(claim, True) for claim in agreed(strip.seen or (), answer, 1, strip.region, EVERYTHING)]
        for claim, seen in both:
            verdict = judge(claim, whole).verdict
            if verdict != "cannot_tell":
                judged.setdefault(name_of(claim, seen), []).append((claim.confidence or 0.0, verdict == "supported"))
    return fit(judged)


def _said(answer: Answer, strip: Strip, blank: bool, calibration: Calibration) -> list[Claim]:
    """The claims of one strip, as `vlm.models.builtin` makes them."""
    if strip.seen is not None:
        return agreed(() if blank else strip.seen, answer, 1, strip.region, calibration)
    traced = strip.traced and (() if blank else strip.traced)
    return to_claims(answer, 1, strip.region, calibration, traced)


def _read(model: Forward, strips: list[Strip], blank: bool = False) -> Iterator[tuple[Answer, Strip]]:
    """Every strip with its answer."""
    for part in parts(strips, AT_ONCE):
        ink = np.stack([strip.ink for strip in part])
        kinds = [type_of(strip.evidence) for strip in part]
        yield from zip(decode_strips(model, np.zeros_like(ink) if blank else ink, kinds), part, strict=True)
