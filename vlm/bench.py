"""How right a model is: its claims against the measurements, with the recall of what is salient.

Counts only; figures are drawn elsewhere. With `blank` the model gets empty paper of the same size: what it then still
claims, it does not see.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PIL import Image

from renderer.evidence import SignalEvidence
from renderer.region import Region
from vlm.captioner import Captioner, Figure
from vlm.claims import Claim
from vlm.verify import judge

NEAR = 0.02
"""A position within this share of the window is right."""


@dataclass
class Tally:
    """Running counts over figures."""

    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    recall: Counter[tuple[str, bool]] = field(default_factory=Counter)
    made_up: int = 0
    errors: int = 0

    def add(self, figure: Figure, claims: Sequence[Claim]) -> None:
        """Count the claims of one figure; the figure carries its evidence."""
        assert figure.evidence is not None
        for claim in claims:
            judged = judge(claim, figure.evidence)
            self.verdicts[claim.kind, judged.verdict] += 1
            self.made_up += judged.verdict == "contradicted" and "reason" in judged.measured
        for number, found in figure.evidence.tracks.items():
            if isinstance(found, SignalEvidence):
                self._add_track([claim for claim in claims if claim.tracks == (number,)], found, figure.region)

    def _add_track(self, claims: list[Claim], found: SignalEvidence, region: Region) -> None:
        said = next((c.kind for c in claims if c.kind in ("no_data", "flat", "noisy") and c.value is None), "signal")
        self.recall[f"state: {found.state}", said == found.state] += 1
        if found.state != "signal":
            return
        leading = sorted(found.salient, key=lambda peak: -peak.height)[:3]
        for peak in leading:
            self.recall["leading peaks (3 a track)", _placed(claims, "peak", peak.summit, region)] += 1
        if found.strongest:
            self.recall["strongest peak", _placed(claims, "strongest_peak", found.strongest.summit, region)] += 1
        for domain in found.domains:
            hit = any(c.kind == "broad_domain" and c.start < domain.end and domain.start < c.end for c in claims)
            self.recall["broad domains", hit] += 1


def _placed(claims: list[Claim], kind: str, summit: int, region: Region) -> bool:
    return any(
        claim.kind == kind and abs((claim.start + claim.end) / 2 - summit) <= NEAR * region.span for claim in claims
    )


def bench(
    captioner: Captioner, figures: Sequence[Figure], blank: Path | None = None, batch: int = 16
) -> dict[str, Any]:
    """Read `figures` (with evidence) in batches and score the raw claims.

    `blank` is a folder for empty pictures, shown instead of the figures. Seconds are of reading alone.
    """
    tally, seconds = Tally(), 0.0
    for start in range(0, len(figures), batch):
        part = list(figures[start : start + batch])
        # A model must not be able to look at the measurements; `measured` is what it says it is.
        shown = [_blank(figure, blank / f"{n}.png") if blank else figure for n, figure in enumerate(part)]
        began = time.perf_counter()
        readings = captioner.read(shown)
        seconds += time.perf_counter() - began
        for figure, reading in zip(part, readings, strict=True):
            tally.errors += reading.error is not None
            tally.add(figure, reading.claims)
    return _report(captioner, tally, len(figures), seconds, blank is not None)


def _blank(figure: Figure, path: Path) -> Figure:
    Image.new("RGB", (figure.layout.width, figure.layout.height), "white").save(path)
    return replace(figure, png=path)


def _report(captioner: Captioner, tally: Tally, figures: int, seconds: float, blank: bool) -> dict[str, Any]:
    kinds = sorted({kind for kind, _ in tally.verdicts})
    table = {kind: [tally.verdicts[kind, v] for v in ("supported", "contradicted", "cannot_tell")] for kind in kinds}
    good, bad = (sum(row[column] for row in table.values()) for column in (0, 1))
    told = [kind for kind in kinds if kind != "gene"]  # a gene is read off the annotation, so it is always right
    seen_good, seen_bad = (sum(table[kind][column] for kind in told) for column in (0, 1))
    facts = sorted({fact for fact, _ in tally.recall})
    return {
        "model": captioner.info.name,
        "revision": captioner.info.revision,
        "blank": blank,
        "loci": figures,
        "claims": sum(sum(row) for row in table.values()),
        "supported": good,
        "contradicted": bad,
        "precision": _share(seen_good, seen_good + seen_bad),
        "made_up": _share(tally.made_up, good + bad),
        "errors": tally.errors,
        "recall": {
            fact: _share(tally.recall[fact, True], sum(tally.recall[fact, hit] for hit in (True, False)))
            for fact in facts
        },
        "kinds (supported, contradicted, cannot tell)": table,
        "seconds_per_locus": round(seconds / max(1, figures), 3),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
