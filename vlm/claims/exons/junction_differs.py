"""junction_differs: of the spliced reads of a gene a larger share is spliced over this intron in the first row than in
the second.

The share is the count of the junction over that of all junctions of the row that join exons of its gene, which depth
and expression do not change. It is at least twice as high (`renderer.values.differences.LEAST_FOLD`), and five reads
at least would lie over the intron in each row if it were used as in the first. A row without the junction counts 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from renderer.assays.names import assay_of
from renderer.values.differences import ALIKE_FOLD, LEAST_FOLD
from renderer.values.evidence import LinkEvidence
from renderer.values.exons import Junction
from vlm.claims.altered import Altered, swapped
from vlm.claims.checks import Case, Outcome, cannot_tell, of_type
from vlm.claims.exons.splices import Splice, Spliced, junction_at, splice_of, told_splice
from vlm.claims.gene_names import well_known
from vlm.claims.kind import Kind
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "junction_differs"

LEAST_READS = 5.0
"""Reads that would lie over the intron in either row, if it were used as in the first."""

MOST = 3
"""Junctions that are stated of two rows, those whose shares differ most."""


@dataclass(frozen=True)
class _Shares:
    """One junction in two rows: its counts, and those of all junctions of its gene."""

    splice: Splice
    counts: tuple[float, float]
    totals: tuple[float, float]

    @property
    def shares(self) -> tuple[float, float]:
        """Of the spliced reads of the gene, in either row."""
        first, second = (count / max(total, 1e-9) for count, total in zip(self.counts, self.totals, strict=True))
        return first, second

    @property
    def seen(self) -> bool:
        """Whether enough reads of the gene are in both rows."""
        return min(max(self.shares) * total for total in self.totals) >= LEAST_READS

    @property
    def differs(self) -> bool:
        """Whether the first share is so much the higher one."""
        return self.shares[0] >= LEAST_FOLD * self.shares[1] and self.shares[0] > 0


def check(case: Case) -> Outcome:
    """The first row splices more of the gene's reads over this intron."""
    rows = [of_type(case.track(at), LinkEvidence) for at in (0, 1)]
    if any(row.junctions is None for row in rows):
        return cannot_tell("one of these is no row of splice junctions")
    found = next((one for row in rows if (one := junction_at(case.claim, row)) is not None), None)
    splice = splice_of(found, case.evidence) if found else None
    if found is None or splice is None:
        return cannot_tell("no junction of a gene lies just there")
    shares = _shares(splice, *(Spliced(row, case.evidence) for row in rows))
    measured, tolerance = _told(shares, found), {"fold": LEAST_FOLD, "reads": LEAST_READS}
    if not shares.seen:
        return Outcome("cannot_tell", {**measured, "reason": "too few reads of the gene are spliced"}, tolerance)
    if shares.differs:
        return Outcome("supported", measured, tolerance)
    return Outcome(
        "contradicted" if shares.shares[0] < ALIKE_FOLD * shares.shares[1] else "cannot_tell", measured, tolerance
    )


def _shares(splice: Splice, one: Spliced, other: Spliced) -> _Shares:
    intron = Claim(NAME, (), splice.junction.start, splice.junction.end, None, "measured")
    counts = one.count(intron), other.count(intron)
    return _Shares(splice, counts, (one.reads(splice.gene), other.reads(splice.gene)))


def _told(found: _Shares, junction: Junction) -> dict[str, Any]:
    first, second = found.shares
    return {
        **told_splice(found.splice, junction),
        "counts": list(found.counts),
        "reads": list(found.totals),
        "shares": [float(f"{first:.4g}"), float(f"{second:.4g}")],
    }


def altered(case: Case) -> Iterator[Altered]:
    """The other row with the larger share."""
    return swapped(case)


def stated(subject: Subject) -> Iterator[Claim]:
    """Where this row and a later one of the same assay differ most, each with the row first that has the larger share;
    junctions of genes with a name that end at annotated exons."""
    row, figure = of_type(subject.found, LinkEvidence), subject.figure
    if row.junctions is None or figure is None or figure.evidence is None:
        return
    assays = {track.number: assay_of(track) for track in figure.scene.tracks}
    own = Spliced(row, figure.evidence)
    for number, other in figure.evidence.tracks.items():
        rows = isinstance(other, LinkEvidence) and other.junctions is not None
        if number <= subject.number or not rows or assays.get(number) != assays.get(subject.number):
            continue
        assert isinstance(other, LinkEvidence)
        its = Spliced(other, figure.evidence)
        made = [((subject.number, number), one) for one in _differing(own, its)]
        made += [((number, subject.number), one) for one in _differing(its, own)]
        for pair, found in sorted(made, key=lambda told: told[1].shares[1] - told[1].shares[0])[:MOST]:
            junction = found.splice.junction
            yield Claim(NAME, pair, junction.start, junction.end, None, "measured")


def _differing(one: Spliced, other: Spliced) -> list[_Shares]:
    """The junctions of one row that take a larger share there, each pair of exons once."""
    made: dict[tuple[str, int, int, int], _Shares] = {}
    for splice in sorted(one.splices, key=lambda splice: -splice.junction.count):
        if splice.annotated and well_known(splice.gene.name):
            made.setdefault(splice.key, _shares(splice, one, other))
    return [found for found in made.values() if found.seen and found.differs]


KIND = Kind(
    NAME,
    ("links", "links"),
    check,
    over="the intron",
    asked=False,
    beside=True,
    stated=stated,
    altered=altered,
    turn=2,
)
