"""How well our model reads strips it has not seen: claims against measurements, with the blank-image ablation.

Works on shards, without figures or files; `locution bench reading` measures whole scenes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from renderer.evidence import Evidence, SignalEvidence
from vlm.builtin import to_claims
from vlm.claims import Claim
from vlm.reader import simulate
from vlm.reader.data import Strip
from vlm.reader.decode import decode_strips
from vlm.verify import judge

AT_ONCE = 64


@dataclass
class Score:
    """Counts over strips; `report` turns them into rates."""

    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    salient: int = 0
    found: int = 0
    with_strongest: int = 0
    strongest_right: int = 0
    states: Counter[tuple[str, bool]] = field(default_factory=Counter)

    def add(self, claims: list[Claim], evidence: SignalEvidence) -> None:
        """Count one strip."""
        whole = Evidence(simulate.WINDOW, {1: evidence})
        for claim in claims:
            self.verdicts[claim.kind, judge(claim, whole).verdict] += 1
        near = 0.015 * simulate.WINDOW.span
        peaks = [(c.start + c.end) / 2 for c in claims if c.kind == "peak"]
        if evidence.state == "signal":
            self.salient += len(evidence.salient)
            self.found += sum(
                any(abs(p - place) <= near for place in peaks) for p in (q.summit for q in evidence.salient)
            )
        if evidence.state == "signal" and evidence.strongest:
            self.with_strongest += 1
            strongest = [(c.start + c.end) / 2 for c in claims if c.kind == "strongest_peak"]
            self.strongest_right += any(
                abs(place - evidence.strongest.summit) <= 0.02 * simulate.WINDOW.span for place in strongest
            )
        said = next((c.kind for c in claims if c.kind in ("no_data", "flat", "noisy") and c.value is None), "signal")
        self.states[evidence.state, said == evidence.state] += 1

    def report(self) -> dict[str, Any]:
        """Precision of claims before verification, recall of salient peaks, strongest peak within 2 %, states right."""
        by_kind = {
            kind: {v: self.verdicts[kind, v] for v in ("supported", "contradicted", "cannot_tell")}
            for kind in sorted({kind for kind, _ in self.verdicts})
        }
        good = sum(count for (_, v), count in self.verdicts.items() if v == "supported")
        bad = sum(count for (_, v), count in self.verdicts.items() if v == "contradicted")
        return {
            "precision": round(good / max(1, good + bad), 4),
            "peak_recall": round(self.found / max(1, self.salient), 4),
            "strongest_within_2_percent": round(self.strongest_right / max(1, self.with_strongest), 4),
            "states": {
                state: round(self.states[state, True] / max(1, self.states[state, True] + self.states[state, False]), 4)
                for state in sorted({state for state, _ in self.states})
            },
            "kinds": by_kind,
        }


def evaluate(model: Any, rows: list[Strip], blank: bool = False) -> dict[str, Any]:
    """Read strips given as (ink, columns, drawn maximum). `blank` shows the model empty paper instead."""
    score = Score()
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        ink = np.stack([ink for ink, _, _ in part])
        answers = decode_strips(model, np.zeros_like(ink) if blank else ink)
        for answer, (_, columns, vmax) in zip(answers, part, strict=True):
            score.add(to_claims(answer, 1, simulate.WINDOW), simulate.label(columns, vmax))
    return {"strips": len(rows), "blank": blank, **score.report()}
