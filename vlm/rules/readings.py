"""Supported observations -> biological readings, each with the claims it rests on, its published source and limits.

A rule is a row of RULES: what must be seen at one place, in one sample, what must not be, and in how wide a window it
can still be told. A reading rests on supported claims alone; that something is absent is asked of the evidence. Rules
say what observations are consistent with, not what a cell does. What a caption says of them: `vlm.words.meanings`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from renderer.assays.labels import sample_of
from renderer.values.evidence import Evidence, SignalEvidence
from renderer.values.track import Scene
from vlm.claims.kind import Form
from vlm.rules import checks
from vlm.rules.checks import PROMOTER, TOGETHER, Candidate, Extra, RuleCheck
from vlm.rules.observations import BROAD, Seen, is_main, meets, observe, tracks_of
from vlm.values.claim import Claim, Judged

NARROW, MIDDLE, WIDE = 500_000, 2_000_000, 5_000_000
"""Widest windows (bp) of rules on promoters and elements (a column is 0.5 kb, so that a promoter takes some), of
those on anchors of loops, and of those on domains (the shortest that shows is then 400 kb)."""

MOST = 8
"""Readings of one kind of one sample in one window, those of the tallest peaks: beyond that they are a statistic."""


@dataclass(frozen=True)
class Need:
    """One observation of any of these forms and assays; the assay '' stands for one that does not matter."""

    forms: tuple[Form, ...]
    marks: tuple[str, ...]
    optional: bool = False


@dataclass(frozen=True)
class Rule:
    """A row of the table. The first need is the anchor; the others must be met at its place, in its sample.

    `absent` are assays whose peak or domain at the place forbids the reading; those in `measured` must have a track of
    the sample, so that the absence is seen and not assumed. `widest` is in bp.
    """

    kind: str
    needs: tuple[Need, ...]
    source: str
    widest: int = NARROW
    absent: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()
    check: RuleCheck = lambda site: Extra()


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


def _most(readings: Sequence[Judged]) -> Iterator[Judged]:
    """MOST of each sample: no sample takes the place of another."""
    counts: Counter[str | None] = Counter()
    for one in readings:
        counts[one.measured["sample"]] += 1
        if counts[one.measured["sample"]] <= MOST:
            yield one


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
            yield _reading(rule, anchor, (*ground, *extra.ground), extra, scene)


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


def _reading(rule: Rule, anchor: Seen, ground: Sequence[Seen], extra: Extra, scene: Scene) -> Judged:
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
    } | extra.facts
    rests_on = tuple(sorted({one.id for one in unique}))
    return Judged(claim, "supported", measured, {"widest_bp": rule.widest}, rests_on)


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
    if one.claim.kind == "loop_between":  # loops lie within loops
        return (one.claim.start, one.claim.end) == (other.claim.start, other.claim.end)
    return one.claim.start < other.claim.end and other.claim.start < one.claim.end


POLYCOMB = "Pauler et al., Genome Res 19:221, 2009; Boyer et al., Nature 441, 2006"

RULES = (
    Rule(
        "active_promoter",
        (
            Need(("start",), ("H3K4me3",)),
            Need(("start",), ("H3K27ac",)),
            Need(("start",), ("Pol II", "nascent RNA", "open chromatin"), optional=True),
        ),
        "Ernst et al., Nature 473:43, 2011; Roadmap Epigenomics Consortium (18-state model), Nature 518:317, 2015; "
        "most promoters carry such marks, also of genes without full-length transcripts: Guenther et al., Cell 130:77, "
        "2007",
        absent=("H3K27me3",),
    ),
    Rule(
        "bivalent_promoter",
        (Need(("start",), ("H3K4me3",)), Need(("domain", "peak"), ("H3K27me3",))),
        "Bernstein et al., Cell 125:315, 2006",
        absent=("H3K27ac",),
        check=checks.is_inside,
    ),
    Rule(
        "transcribed_gene",
        (Need(("body",), ("H3K36me3", "RNA", "nascent RNA")),),
        "H3K36me3: Mikkelsen et al., Nature 448:553, 2007; Kolasinska-Zwierz et al., Nat Genet 41:376, 2009; RNA-seq: "
        "Mortazavi et al., Nat Methods 2008; GRO-seq: Core et al., Science 322:1845, 2008; PRO-seq: Kwak et al., "
        "Science 339:950, 2013",
        MIDDLE,
    ),
    Rule(
        "paused_polymerase",
        (Need(("start",), ("nascent RNA",)),),
        "Core et al., Science 322:1845, 2008; Adelman and Lis, Nat Rev Genet 13:720, 2012; the least ratio is our own",
        check=checks.is_paused,
    ),
    Rule(
        "enhancer_like",
        (Need(("peak",), ("H3K27ac",)), Need(("peak",), ("H3K4me1", "open chromatin", "p300"), optional=True)),
        "Heintzman et al., Nat Genet 39:311, 2007; Creyghton et al., PNAS 107:21931, 2010; marks alone validate "
        "modestly: Narita et al., Nat Genet 55:679, 2023",
        absent=("H3K4me3", "H3K27me3"),
        measured=("H3K4me3",),
        check=checks.is_distal,
    ),
    Rule(
        "polycomb_domain",
        (Need(("domain",), ("H3K27me3",)),),
        POLYCOMB,
        WIDE,
        absent=("H3K36me3",),
        check=checks.is_long,
    ),
    Rule(
        "polycomb_domain",
        (Need(("peak",), ("H3K27me3",)),),
        POLYCOMB,
        MIDDLE,
        absent=("H3K36me3",),
        check=checks.is_raised,
    ),
    Rule(
        "heterochromatin",
        (Need(("domain",), ("H3K9me3",)),),
        "Roadmap Epigenomics Consortium, Nature 518:317, 2015; Mikkelsen et al., Nature 448:553, 2007",
        WIDE,
        absent=("H3K36me3",),
        check=checks.is_long,
    ),
    Rule(
        "insulator",
        (
            Need(("peak",), ("CTCF",)),
            Need(("peak",), ("cohesin",), optional=True),
            Need(("boundary",), ("",), optional=True),
        ),
        "Kim et al., Cell 128, 2007; cohesin: Wendt et al., Nature 451:796, 2008; that a site insulates is not shown",
    ),
    Rule(
        "open_chromatin",
        (Need(("peak",), ("open chromatin",)),),
        "Boyle et al., Cell 132:311, 2008; Buenrostro et al., Nat Methods 10:1213, 2013",
    ),
    Rule(
        "loop_between",
        (Need(("link",), ("",)),),
        "CTCF and cohesin: Rao et al., Cell 159:1665, 2014; promoters and enhancers: Li et al., Cell 2012",
        MIDDLE,
        check=checks.joins_marked,
    ),
)
"""Every rule. A new reading is a row here, and a noun in each language (`vlm.words.en`, `vlm.words.zh`)."""

READINGS = tuple(rule.kind for rule in RULES)
"""The kinds of biological reading: they name any tracks, and hold as long as the claims they rest on do."""
