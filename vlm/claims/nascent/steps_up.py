"""steps_up: inside a gene nascent RNA of its strand steps up, as behind a start that lies there.

Where it does is the highest peak of the gene, at least a fifth of it from both its ends and higher than any at its
own start (`renderer.measure.profiles`). From there to the 3' end the mean is at least 3 times that from the gene's own
start to there, 1 kb left out beside both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from renderer.assays.labels import strand_of
from renderer.values.evidence import Evidence, Gene, GeneEvidence
from renderer.values.levels import Level, Place
from vlm.claims.altered import Altered, scaled
from vlm.claims.checks import Case, Malformed, Outcome, cannot_tell, of_type, told
from vlm.claims.folds import FOLD_SHARE, fold_of, judge, measured_as, said_as
from vlm.claims.forms import ValueForm
from vlm.claims.ground import annotation_of, is_known
from vlm.claims.kind import Kind, told_number
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "steps_up"

LEAST_FOLD = 3.0

MOST = 2
"""Genes of one track of which this is stated, the longest."""

FORM = ValueForm('{"gene": name, "fold": how many times as dense}')


def check(case: Case) -> Outcome:
    """Behind the place the signal is denser than before it, by the fold that is said."""
    value = case.claim.value if isinstance(case.claim.value, dict) else {}
    name, said = value.get("gene"), told(case.claim, "fold")
    if not isinstance(name, str) or said is None:
        raise Malformed(f"the value of a steps_up claim is {FORM.words}")
    parts = parts_in(case.evidence, name)
    levels = case.signal().levels
    known = [levels[at] if at < len(levels) else None for at, _ in parts]
    if len(known) != 2 or known[0] is None or known[1] is None:
        return cannot_tell(f"where this signal steps up in {name} was not measured")
    before, after = (abs(one.mean) for one in known if one)
    at = _between([place for _, place in parts])
    peak = max(
        (one for one in case.signal().peaks if at[0] <= one.at < at[1]),
        key=lambda one: abs(one.value if one.top is None else one.top),
        default=None,
    )
    fold = fold_of(after, before)
    own, gene = _at_start(case.evidence, levels, name), _gene(case, parts[0][1])
    at_peak = peak.at if peak else sum(at) // 2
    measured: dict[str, Any] = {
        "gene": parts[0][1].name,
        "strand": parts[0][1].strand,
        "at": at_peak,
        "top": None if peak is None or peak.top is None else abs(peak.top),
        "before": float(f"{before:.4g}"),
        "after": float(f"{after:.4g}"),
        "fold": measured_as(fold),
        "at_start": None if own is None else abs(own.maximum),
        "tss_bp": None if gene is None else abs(at_peak - gene.first_base),
    }
    return Outcome(judge(said, fold, LEAST_FOLD), measured, {"fold": LEAST_FOLD, "fold_share": FOLD_SHARE})


def parts_in(evidence: Evidence, name: str) -> list[tuple[int, Place]]:
    """The two parts of a gene, by their indices, the upstream one first; none of a gene that has none."""
    found = [(at, one) for at, one in enumerate(evidence.places) if one.kind in ("upstream", "downstream")]
    return sorted(
        ((at, one) for at, one in found if one.name.casefold() == name.casefold()),
        key=lambda pair: pair[1].kind == "downstream",
    )


def _between(parts: list[Place]) -> tuple[int, int]:
    """What lies between the parts."""
    first, second = sorted(parts, key=lambda one: one.start)
    return first.end, second.start


def _gene(case: Case, part: Place) -> Gene | None:
    """The gene that a part is of."""
    genes = of_type(case.track(1), GeneEvidence).genes
    return next((one for one in genes if one.name == part.name and one.start <= part.start < one.end), None)


def _at_start(evidence: Evidence, levels: tuple[Level | None, ...], name: str) -> Level | None:
    places = zip(evidence.places, levels, strict=False)
    return next((level for place, level in places if place.kind == "start" and place.name == name), None)


def altered(case: Case) -> Iterator[Altered]:
    """Another fold."""
    yield from scaled(case)


def stated(subject: Subject) -> Iterator[Claim]:
    """Of the track of the gene's strand, the longest genes inside which it steps up."""
    figure = subject.figure
    annotation = annotation_of(figure) if figure else None
    if figure is None or figure.evidence is None or annotation is None or subject.track is None:
        return
    strand = strand_of(subject.track)
    genes = [gene for gene in annotation.genes if is_known(gene.name, gene.coding) and gene.strand == strand]
    told_of = 0
    for gene in sorted(genes, key=lambda gene: gene.start - gene.end):
        parts = parts_in(figure.evidence, gene.name)
        levels = [subject.signal.levels[at] for at, _ in parts if at < len(subject.signal.levels)]
        if len(levels) != 2 or levels[0] is None or levels[1] is None or told_of >= MOST:
            continue
        fold = said_as(levels[1].mean, levels[0].mean)
        if fold >= LEAST_FOLD:
            told_of += 1
            start, end = max(gene.start, subject.region.start), min(gene.end, subject.region.end)
            yield subject.at(NAME, start, end, {"gene": gene.name, "fold": fold}, beside=annotation.track)


KIND = Kind(
    NAME,
    ("signal", "genes"),
    check,
    over="the gene",
    value=FORM,
    numbers=told_number("fold"),
    stated=stated,
    altered=altered,
    turn=2,
    asked=False,
    beside=True,
)
