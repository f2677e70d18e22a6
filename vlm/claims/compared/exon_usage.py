"""exon_usage: an exon takes a larger part in its gene in the condition of the first track than in that of the second.

Usage is the mean over the exon divided by the median of the means of the gene's exons, in each file by itself, so that
neither depth nor expression changes it. It is at least twice as high (`renderer.values.differences.LEAST_FOLD`), with
replicates the least of the higher side 1.5 times the most of the lower; the gene is expressed in every track
(`renderer.measure.exons`), deep enough that ten reads would lie over the exon in each if it were used as on the higher
side; and no other gene has an exon there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import log2
from typing import Any

from renderer.values.design import Condition
from renderer.values.differences import LEAST_FOLD, compare
from renderer.values.exons import ExonLevel, GeneExons
from renderer.values.levels import Depth, Difference, Level
from vlm.claims.altered import Altered, scaled, swapped
from vlm.claims.checks import Case, Outcome, cannot_tell, told
from vlm.claims.compared.pair import Pair, pair_of, pairs_told
from vlm.claims.compared.sides import of_higher
from vlm.claims.exon import beside, exon_of, exons_of, told_exon
from vlm.claims.folds import FOLD_SHARE
from vlm.claims.forms import FOLD
from vlm.claims.gene_names import well_known
from vlm.claims.kind import Kind, told_number
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "exon_usage"

LEAST_READS = 10.0
"""Reads (levels of the least level of a window) that would lie over the exon in every track."""

MOST = 3
"""Exons that are stated of one pair of conditions, those of the largest folds."""

CONTROLLED = ("control", "strand")


@dataclass(frozen=True)
class _Usages:
    """One exon in two conditions: its usage in every track of either, and how they compare. `seen`: deep enough."""

    pair: Pair
    gene: GeneExons
    exon: ExonLevel
    difference: Difference
    seen: bool

    @property
    def reach(self) -> float:
        """Its fold, whichever way (log2)."""
        return abs(log2(self.difference.fold or self.difference.at_least or 1.0))

    def measured(self) -> dict[str, Any]:
        """As it is written into a verdict."""
        found = self.difference
        sides = ((self.pair.first, found.first), (self.pair.second, found.second))
        first, second = (
            {"name": side.name, "tracks": list(side.tracks), "value": _short(value)} for side, value in sides
        )
        return {
            **told_exon(self.gene, self.exon),
            "first": first,
            "second": second,
            "fold": None if found.fold is None else _short(found.fold),
            "at_least": None if found.at_least is None else _short(found.at_least),
            "assay": self.pair.contrast.assay if self.pair.contrast else None,
            "factor": self.pair.factor,
            "inner": beside(self.gene, self.exon) is not None,
        }


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def check(case: Case) -> Outcome:
    """The first side uses the exon more, by the fold that is said if one is."""
    here = exon_of(case.claim, case.signal(0)) or exon_of(case.claim, case.signal(1))
    found = _usages(pair_of(case), *here) if here else None
    if found is None:
        return cannot_tell("no exon of a gene that is expressed in both was measured over just this stretch")
    difference, measured = found.difference, found.measured()
    tolerance = {"fold": LEAST_FOLD, "fold_share": FOLD_SHARE, "reads": LEAST_READS}
    if not found.seen or found.exon.shared:
        why = "another gene has an exon there" if found.exon.shared else "too few reads would lie over the exon"
        return Outcome("cannot_tell", {**measured, "reason": why}, tolerance)
    if difference.first <= difference.second:
        return Outcome("contradicted", measured, tolerance)
    fold, said = difference.fold, told(case.claim, "fold")
    if said is not None and fold is not None and abs(said - fold) > FOLD_SHARE * fold:
        return Outcome("contradicted", measured, tolerance)
    if difference.differs and (said is None or fold is not None):
        return Outcome("supported", measured, tolerance)
    return Outcome("contradicted" if difference.alike else "cannot_tell", measured, tolerance)


def _usages(pair: Pair, gene: GeneExons, exon: ExonLevel) -> _Usages | None:
    """None where the gene is not expressed in every track of both."""
    ones, twos = (_of_side(pair, side, gene, exon) for side in (pair.first, pair.second))
    if not ones or not twos:
        return None
    one, two = ([_level(own, same) for own, same in side] for side in (ones, twos))
    found = compare(one, two, Depth(1.0, "declared"), 0.0)
    most = max(found.first, found.second)
    seen = all(most * own.median >= LEAST_READS * own.unit for own, _ in (*ones, *twos))
    return _Usages(pair, gene, exon, found, seen)


def _of_side(pair: Pair, side: Condition, gene: GeneExons, exon: ExonLevel) -> list[tuple[GeneExons, ExonLevel]]:
    """The gene and the exon in every track of a condition; empty if one lacks it."""
    found = []
    for number in side.tracks:
        signal = pair.evidence.signal(number)
        genes = signal.along if signal else ()
        own = next((one for one in genes if (one.gene, one.start) == (gene.gene, gene.start)), None)
        same = next((one for one in own.exons if one.number == exon.number), None) if own else None
        if own is None or same is None:
            return []
        found.append((own, same))
    return found


def _level(gene: GeneExons, exon: ExonLevel) -> Level:
    return Level(gene.usage(exon), gene.usage(exon), None, 1.0)


def altered(case: Case) -> Iterator[Altered]:
    """The other side higher, another fold, and an exon that the other side uses more."""
    yield from swapped(case)
    yield from scaled(case)
    pair = pair_of(case)
    for gene, exon in exons_of(case.signal()):
        found = _usages(pair, gene, exon)
        if found and found.seen and found.difference.first < found.difference.second:
            yield "moved", replace(case.claim, start=exon.start, end=exon.end)
            return


def stated(subject: Subject) -> Iterator[Claim]:
    """The exons of genes with a name whose usage differs most; told by the first track of a condition."""
    for contrast, pair in pairs_told(subject):
        if contrast.factor in CONTROLLED:
            continue
        made = (_usages(pair, gene, exon) for gene, exon in exons_of(subject.signal) if well_known(gene.gene))
        differing = [one for one in made if one and one.seen and one.difference.differs]
        yield from (
            of_higher(NAME, one.pair.first, one.pair.second, one.difference, one.exon.start, one.exon.end)
            for one in sorted(differing, key=lambda one: -one.reach)[:MOST]
        )


KIND = Kind(
    NAME,
    ("signal", "signal"),
    check,
    over="the exon",
    value=FOLD,
    numbers=told_number("fold"),
    asked=False,
    beside=True,
    stated=stated,
    altered=altered,
    turn=2,
)
