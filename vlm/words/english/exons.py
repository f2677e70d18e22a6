"""English: exons of genes, and splice junctions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from vlm.words.clauses import exons as c
from vlm.words.english.compared import listed
from vlm.words.language import Entry, Language, fold, length, pair_of, quantity


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 or not share else "under 1 %"


class Exons(Language):
    """English clauses on spliced transcripts."""

    def exon_means(self, one: c.ExonMeans) -> str:
        """'over exons, RNA-seq has a mean of 35.3 at JAK2 (introns 1.20), and at most 0.212 at INSL6'."""
        high = listed(self.each(one.high))
        low = f"at most {quantity(one.most)} at {listed(one.low)}" if one.low else ""
        if one.blocks:
            return f"{self(one.who)} is {', and '.join(filter(None, (high, low)))}"
        held = ""
        if one.held:
            share, *span = one.held
            held = f", but {_percent(share)} of its signal in the window lies at {self.span(*span)}"
        return f"over exons, the mean of {self(one.who)} is {', and '.join(filter(None, (high, low)))}{held}"

    def of_gene(self, one: c.OfGene) -> str:
        introns = f" (introns {quantity(one.introns)})" if one.introns is not None else ""
        return f"{quantity(one.mean)} at {one.gene}{introns}"

    def skipped(self, one: c.Skipped) -> str:
        """'exon 6 of JAK2 (5.064 Mb) has 4 % of the gene's median exon in RNA-seq, consistent with skipping'."""
        first, many = one.exons[0], len(one.exons) > 1
        who = f"exons {listed([str(exon.exon) for exon in one.exons])}" if many else f"exon {first.exon}"
        at = "" if many else f" ({self.at((first.start + first.end) / 2)})"
        share = f"{'at most ' * many}{_percent(one.usage)}"
        has = "have" if many else "has"
        told = f"{who} of {one.gene}{at} {has} {share} of the gene's median exon"
        return f"{told} in {self(one.who)}, consistent with skipping"

    def novel(self, one: c.Novel) -> str:
        """'RNA-seq also covers 132 bp of an intron of G (5.071 Mb, mean 40), where no exon is annotated'."""
        at = self.at((one.start + one.end) / 2)
        return (
            f"{self(one.who)} also cover{'' if one.who.many else 's'} {length(one.end - one.start, 3)} of an intron of "
            f"{one.gene} ({at}, mean {quantity(one.mean)}), where no exon is annotated"
        )

    def exon_usage(self, one: c.ExonUsage) -> str:
        """'RNA-seq covers exon 4 of G (5.07 Mb) at 98 % of the gene's median exon in WT, but at 12 % in KO'."""
        times = f" ({fold(one.fold)}-fold)" if one.fold else ""
        when = "at" if one.timed else "in"
        skipping = f", consistent with skipping {when} {one.low.name}" if one.inner and one.low.value < 0.5 else ""
        at = self.at((one.exon.start + one.exon.end) / 2)
        return (
            f"{one.assay} covers exon {one.exon.exon} of {one.exon.gene} ({at}) at {_percent(one.high.value)} of "
            f"the gene's median exon {when} {one.high.name}, but at {_percent(one.low.value)} {when} {one.low.name}"
            f"{times}{skipping}"
        )

    def junctions(self, one: c.Junctions) -> str:
        """'in junctions, 120 spliced reads join exons 3 and 4 of G; 12 join exons 3 and 5, skipping exon 4'."""
        first, *rest = one.pairs
        reads = f"{quantity(first.count)} spliced reads join exons"
        lead = f"{reads} {first.exons[0]} and {first.exons[1]} of {one.gene}{self._over(first)}"
        return f"in {self(one.who)}, {'; '.join([lead, *self.each(rest)])}"

    def junction_reads(self, one: c.JunctionReads) -> str:
        """'12 join exons 3 and 5, skipping exon 4'."""
        return f"{quantity(one.count)} join exons {one.exons[0]} and {one.exons[1]}{self._over(one)}"

    def _over(self, one: c.JunctionReads | c.JunctionDiffers) -> str:
        if one.between is None:
            return ""
        first, last = one.between
        return f", skipping exon {first}" if first == last else f", skipping exons {first} to {last}"

    def junction_differs(self, one: c.JunctionDiffers) -> str:
        """'12 spliced reads join exons 3 and 5 of G, skipping exon 4, in KO (9 % of its spliced reads), none in WT'."""
        who, other = (self(row) for row in one.rows)
        counts = pair_of(*one.counts)
        pair = f"exons {one.exons[0]} and {one.exons[1]} of {one.gene}{self._over(one)}"
        skipping = "," * (one.between is not None)
        first = (
            f"{counts[0]} spliced reads join {pair}{skipping} in {who} ({_percent(one.shares[0])} of its spliced reads)"
        )
        if not one.counts[1]:
            return f"{first}, none in {other}"
        return f"{first}, {counts[1]} in {other} ({_percent(one.shares[1])})"

    statements: ClassVar[Mapping[str, Entry]] = {
        "exonic_mean": lambda lang, claim: (
            f"{claim.track}: mean {_level(claim.told('mean'))} over the exons of {claim.told('gene')}"
        ),
        "skipped_exon": "{track}: the exon at {span} is skipped",
        "novel_exon": "{track}: an unannotated exon at {span}",
        "exon_usage": lambda lang, claim: (
            f"{claim.track}: uses the exon at {lang.span(claim.start, claim.end)} more than {claim.other}"
        ),
        "junction": lambda lang, claim: (
            f"{claim.track}: {_level(claim.told('count'))} reads spliced over {lang.span(claim.start, claim.end)}"
        ),
        "junction_differs": lambda lang, claim: (
            f"{claim.track}: a larger share of reads spliced over {lang.span(claim.start, claim.end)} "
            f"than in {claim.other}"
        ),
    }


def _level(value: object) -> str:
    return quantity(value) if isinstance(value, int | float) else str(value)
