"""How right a model is: its raw claims against the measurements, and how many of the salient facts it states.

Counts only; figures are drawn elsewhere. With `blank` the model gets empty paper of the same size: what it then still
claims, it does not see. Beside that: what the captions say of differences and tracks, and how strict the verdicts are.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from renderer.values.evidence import SignalEvidence
from vlm.claims.registry import points
from vlm.claims.verify import judge_all
from vlm.prompted.ask import ReadOptions, show
from vlm.reading import make_record
from vlm.score.captions import Told
from vlm.score.facts import facts_of, is_absent, said_state, says_absent
from vlm.score.perturbed import Strictness
from vlm.values.captioner import Captioner, Figure
from vlm.values.claim import VERDICTS, Claim, Judged
from vlm.values.record import Record

BINS = 10
"""Equal bins of confidence between 0 and 1 for calibration."""

PIXELS = 1000
"""Position errors are in pixels of a track drawn this wide."""

GIVEN = frozenset({"gene", "gene_count"})
"""Kinds that are read off the annotation, so that they are always right and say nothing of a model."""


@dataclass
class Tally:
    """Running counts over figures. `facts` has the weight found and missed, raw and among supported claims."""

    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    facts: defaultdict[tuple[str, str, bool], float] = field(default_factory=lambda: defaultdict(float))
    numbers: Counter[tuple[str, bool]] = field(default_factory=Counter)
    off: list[float] = field(default_factory=list)
    sure: list[tuple[float, bool]] = field(default_factory=list)
    made_up: int = 0
    absent: int = 0
    abstained: int = 0
    printed_wrong: int = 0
    errors: int = 0

    def add(self, figure: Figure, judged: Sequence[Judged]) -> None:
        """Count the judged claims of one figure; the figure carries its evidence."""
        assert figure.evidence is not None
        for one in judged:
            self._add_verdict(one, figure.region.span)
        said = [one.claim for one in judged]
        held = [one.claim for one in judged if one.verdict == "supported"]
        for number, found in figure.evidence.tracks.items():
            own = _on(number, said)
            for fact in facts_of(found, figure.region):
                self.numbers[fact.name, fact.is_in(own)] += 1
                self.facts[fact.name, "raw", fact.is_in(own)] += fact.weight
                self.facts[fact.name, "verified", fact.is_in(_on(number, held))] += fact.weight
            if isinstance(found, SignalEvidence):
                word = said_state(own) or "signal"
                self.numbers[f"word: {found.state}", word in (found.state, *found.near)] += 1
            if is_absent(found):
                self.absent += 1
                self.abstained += says_absent(own)

    def _add_verdict(self, one: Judged, span: int) -> None:
        claim = one.claim
        self.verdicts[claim.kind, one.verdict] += 1
        self.made_up += one.verdict == "contradicted" and "reason" in one.measured
        if claim.confidence is not None and claim.kind not in GIVEN and one.verdict != "cannot_tell":
            self.sure.append((claim.confidence, one.verdict == "supported"))
        if points(claim) == "summit" and one.verdict == "supported":
            self.off.append(abs((claim.start + claim.end - 1) / 2 - one.measured["summit"]) / span * PIXELS)


def _on(number: int, claims: Iterable[Claim]) -> list[Claim]:
    return [claim for claim in claims if claim.tracks == (number,)]


def bench(
    captioner: Captioner, figures: Sequence[Figure], blank: Path | None = None, batch: int = 16
) -> dict[str, Any]:
    """Read `figures` (with evidence) in batches and score the raw claims.

    `blank` is a folder for empty pictures, shown instead of the figures. Seconds are of reading alone.
    """
    tally, told, strictness, seconds = Tally(), Told(), Strictness(), 0.0
    for start in range(0, len(figures), batch):
        part = list(figures[start : start + batch])
        shown = [show(captioner, figure, ReadOptions()) for figure in part]
        shown = [_blank(figure, blank / f"{n}.png") if blank else figure for n, figure in enumerate(shown)]
        began = time.perf_counter()
        readings = captioner.read(shown)
        seconds += time.perf_counter() - began
        for figure, reading in zip(part, readings, strict=True):
            tally.errors += reading.error is not None
            assert figure.evidence is not None
            judged = judge_all(reading.claims, figure.evidence, figure.scene)
            record = make_record(figure, reading, captioner, 0.0)
            tally.add(figure, judged)
            tally.printed_wrong += _printed_wrong(record)
            told.add(figure, record)
            strictness.add(figure, judged)
    report = _report(captioner, tally, len(figures), seconds, blank is not None)
    return report | {"captions": told.report(), "perturbed": strictness.report()}


def _blank(figure: Figure, path: Path) -> Figure:
    Image.new("RGB", (figure.layout.width, figure.layout.height), "white").save(path)
    return replace(figure, png=path)


def _printed_wrong(record: Record) -> int:
    """Contradicted claims in the caption that a person would see."""
    return sum(claim["printed"] and claim["verdict"] == "contradicted" for claim in record["claims"])


# --- the report


def _report(captioner: Captioner, tally: Tally, figures: int, seconds: float, blank: bool) -> dict[str, Any]:
    kinds = sorted({kind for kind, _ in tally.verdicts})
    rows = {kind: _row([tally.verdicts[kind, verdict] for verdict in VERDICTS]) for kind in kinds}
    good, bad = (sum(row[verdict] for row in rows.values()) for verdict in VERDICTS[:2])
    told_good, told_bad = (sum(rows[kind][v] for kind in kinds if kind not in GIVEN) for v in VERDICTS[:2])
    return {
        "model": captioner.info.name,
        "revision": captioner.info.revision,
        "device": captioner.info.device,
        "blank": blank,
        "loci": figures,
        "claims": sum(tally.verdicts.values()),
        "supported": good,
        "contradicted": bad,
        "precision": _share(told_good, told_good + told_bad),
        "recall": _recall(tally, "raw"),
        "recall_verified": _recall(tally, "verified"),
        "printed_contradicted": tally.printed_wrong,
        "made_up": _share(tally.made_up, good + bad),
        "abstention": {"absent": tally.absent, "said": tally.abstained, "share": _share(tally.abstained, tally.absent)},
        "position_px": _quantiles(tally.off),
        "calibration": _calibration(tally.sure),
        "facts": _facts(tally),
        "kinds": rows,
        "errors": tally.errors,
        "seconds_per_locus": round(seconds / max(1, figures), 3),
    }


def _row(counts: Sequence[int]) -> dict[str, Any]:
    """Verdicts on one kind of claim, and the share of those that could be told which are supported."""
    return dict(zip(VERDICTS, counts, strict=True)) | {"precision": _share(counts[0], counts[0] + counts[1])}


def _recall(tally: Tally, which: str) -> float | None:
    found, missed = (
        sum(weight for (_, kind, hit), weight in tally.facts.items() if kind == which and hit is wanted)
        for wanted in (True, False)
    )
    return _share(found, found + missed)


def _facts(tally: Tally) -> dict[str, dict[str, Any]]:
    """Each kind of fact: how many there are and the share that was stated, each counting once."""
    names = sorted({name for name, _ in tally.numbers})
    totals = {name: tally.numbers[name, True] + tally.numbers[name, False] for name in names}
    return {name: {"number": n, "recall": _share(tally.numbers[name, True], n)} for name, n in totals.items()}


def _quantiles(off: Sequence[float]) -> dict[str, float | None]:
    """Distance of supported peak claims from their summit, in pixels."""
    if not off:
        return {"median": None, "p95": None}
    return {"median": round(float(np.median(off)), 2), "p95": round(float(np.percentile(off, 95)), 2)}


def _calibration(sure: Sequence[tuple[float, bool]]) -> dict[str, Any]:
    """Expected calibration error: the mean gap between confidence and the share that holds, over bins of confidence."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for confidence, right in sure:
        bins[min(BINS - 1, max(0, int(confidence * BINS)))].append((confidence, right))
    rows = [
        {
            "from": index / BINS,
            "claims": len(part),
            "confidence": round(float(np.mean([c for c, _ in part])), 4),
            "right": round(float(np.mean([r for _, r in part])), 4),
        }
        for index, part in enumerate(bins)
        if part
    ]
    gap = sum(abs(row["confidence"] - row["right"]) * row["claims"] for row in rows)
    return {"error": round(gap / len(sure), 4) if sure else None, "bins": rows}


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


# --- for people


def table(report: dict[str, Any]) -> str:
    """The report as plain text: the main numbers, then a line per kind of claim, of fact, and of perturbed claim."""
    position, absent = report["position_px"], report["abstention"]
    captions, false = report["captions"], report["perturbed"]
    lines = [
        f"{report['model']} ({report['revision']}, {report['device']}){', on blank paper' * report['blank']}: "
        f"{report['loci']} loci, {report['claims']} claims, {report['seconds_per_locus']} s a locus",
        "",
        f"precision before verification   {_percent(report['precision'])}",
        f"recall of salient facts         {_percent(report['recall'])}",
        f"  among supported claims        {_percent(report['recall_verified'])}",
        f"contradicted claims printed     {report['printed_contradicted']}",
        f"made-up tracks, genes, places   {_percent(report['made_up'])}",
        f"nothing there, and said so      {_percent(absent['share'])} of {absent['absent']} tracks",
        f"peak position, px of {PIXELS}       median {position['median']}, 95 % within {position['p95']}",
        f"calibration error               {report['calibration']['error']}",
        f"differences said                {_of(captions['differences'])}",
        f"tracks spoken of                {_of(captions['tracks'])}",
        f"sentences, words a caption      {captions['sentences_per_caption']}, {captions['words_per_caption']}",
        f"false versions told, F1         {_percent(false['f1'])} of {false['false']}",
        "",
        f"{'claim':18}{'supported':>10}{'wrong':>8}{'open':>8}{'precision':>11}",
    ]
    for kind, row in report["kinds"].items():
        counts = "".join(f"{row[verdict]:>{width}}" for verdict, width in zip(VERDICTS, (10, 8, 8), strict=True))
        lines.append(f"{kind:18}{counts}{_percent(row['precision']):>11}")
    lines += ["", f"{'fact':18}{'number':>10}{'stated':>11}"]
    lines += [f"{name:18}{row['number']:>10}{_percent(row['recall']):>11}" for name, row in report["facts"].items()]
    lines += ["", f"{'perturbed':18}{'true':>10}{'false':>8}{'open':>8}{'passed':>8}{'F1':>11}"]
    for name, row in (false["kinds"] | false["ways"]).items():
        numbers = f"{row['true']:>10}{row['false']:>8}{row['false_cannot_tell']:>8}{row['false_supported']:>8}"
        lines.append(f"{name:18}{numbers}{_percent(row['f1']):>11}")
    return "\n".join(lines)


def _of(counts: Mapping[str, Any]) -> str:
    return f"{_percent(counts['share'])} of {counts['number']}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"
