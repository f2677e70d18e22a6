"""English: numbers, lists, and the clauses that compare or tell of biology."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vlm.words import parts as p
from vlm.words.clauses import compared as c
from vlm.words.clauses.clause import AtGenes, Chromatin, Consistency, Consistent, Elements, ReadingEntry
from vlm.words.language import Language, fold, length, levels_of, pair_of, quantity, ratio_of

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
SIGNS = {"+": "plus", "-": "minus"}


def number(count: int) -> str:
    """Up to ten in letters."""
    return NUMBERS[count] if 0 <= count < len(NUMBERS) else f"{count:,}"


def counted(count: int, noun: str) -> str:
    """'one peak', 'three peaks'."""
    return f"{number(count)} {noun}{'s' * (count != 1)}"


def listed(items: Sequence[str], nested: bool = False) -> str:
    """'a', 'a and b', 'a, b and c'; 'a and b, and c' where an item is itself a list."""
    return f"{', '.join(items[:-1])}{',' * nested} and {items[-1]}" if len(items) > 1 else "".join(items)


def subject(assay: str, peak: bool) -> str:
    """'H3K27ac', 'mean H3K27ac'; of tracks whose assay is not known 'the signal' and 'mean'."""
    if not assay:
        return "the signal" if peak else "mean"
    return assay if peak else f"mean {assay}"


@dataclass(frozen=True)
class Noun:
    """What a reading is called: one and several."""

    one: str
    many: str

    def of(self, many: bool) -> str:
        """One or several of it."""
        return self.many if many else self.one


NOUNS = {
    "active_promoter": Noun("an active promoter", "active promoters"),
    "bivalent_promoter": Noun("a bivalent promoter", "bivalent promoters"),
    "paused_polymerase": Noun("promoter-proximal paused polymerase", "promoter-proximal paused polymerase"),
    "transcribed_gene": Noun("transcription", "transcription"),
    "divergent_antisense": Noun("divergent upstream transcription", "divergent upstream transcription"),
    "polycomb_domain": Noun("Polycomb-marked chromatin", "Polycomb-marked chromatin"),
    "heterochromatin": Noun("H3K9me3-marked heterochromatin", "H3K9me3-marked heterochromatin"),
    "zinc_finger_chromatin": Noun(
        "H3K9me3 together with H3K36me3, as at expressed zinc-finger genes,",
        "H3K9me3 together with H3K36me3, as at expressed zinc-finger genes,",
    ),
    "enhancer_like": Noun("an enhancer-like element", "enhancer-like elements"),
    "distal_acetylation": Noun("a distal H3K27ac-marked site", "distal H3K27ac-marked sites"),
    "poised_enhancer": Noun("a poised-enhancer pattern", "poised-enhancer patterns"),
    "h3k27ac_cluster": Noun("a cluster of H3K27ac peaks", "clusters of H3K27ac peaks"),
    "bidirectional_enhancer": Noun("a transcribed enhancer", "transcribed enhancers"),
    "ctcf_site": Noun("a CTCF-bound site", "CTCF-bound sites"),
    "insulator": Noun("a candidate insulator", "candidate insulators"),
    "boundary_at_ctcf": Noun("a domain boundary at a CTCF-bound site", "domain boundaries at CTCF-bound sites"),
    "loop_between": Noun("a CTCF-anchored loop", "CTCF-anchored loops"),
    "promoter_enhancer_loop": Noun("a promoter-enhancer contact", "promoter-enhancer contacts"),
    "promoter_promoter_loop": Noun("a promoter-promoter contact", "promoter-promoter contacts"),
    "open_chromatin": Noun("open chromatin", "open chromatin"),
}

FAMILIES = {
    "active": "active states",
    "bivalent": "bivalent states",
    "polycomb": "Polycomb states",
    "heterochromatin": "heterochromatin",
    "quiescent": "quiescent states",
}

UNSHOWN = {
    "transcription": "transcription itself is not measured here",
    "alleles": "whether both marks lie on one allele or in one cell is not shown",
    "target": "which gene is acted on is not shown",
    "effect": "an effect on transcription is not shown",
    "insulation": "that the place insulates is not shown",
}


def _once_each(places: Sequence[str]) -> list[str]:
    """'over A', 'B' and 'at C' of 'over A', 'over B' and 'at C'."""
    leads = [place.partition(" ")[0] for place in places]
    return [
        place.removeprefix(f"{lead} ") if at and lead == leads[at - 1] else place
        for at, (place, lead) in enumerate(zip(places, leads, strict=True))
    ]


class Compared(Language):
    """English clauses on what tracks were made to compare and on biological readings."""

    # --- what the tracks were made to compare

    def stretch(self, over: p.Stretch) -> str:
        """'over the body of ETS2', 'at the TSS of SOD1', 'at 5.49–5.50 Mb', 'over the window'."""
        return {
            "window": "over the window",
            "start": f"at the TSS of {over.gene}",
            "body": f"over {over.gene}",
            "exons": f"over the exons of {over.gene}",
            "exon": f"in exon {over.exon} of {over.gene}",
            "interval": f"over {over.gene}",
            "upstream": f"over the 5′ part of {over.gene} ({self.span(over.start, over.end)})",
            "downstream": f"over the 3′ part of {over.gene} ({self.span(over.start, over.end)})",
            "side": f"{over.gene} of the viewpoint ({self.span(over.start, over.end)})",
        }.get(over.kind) or f"at {self.span(over.start, over.end)}"

    def higher_at(self, one: c.HigherAt) -> str:
        """'mean 4C-seq is higher in A than in B over CS93 (0.901 vs 0.358) and CS65 (0.37 vs 0.16)'."""
        where = listed(_once_each(self.each(one.pairs)))
        what = one.assay or ("the signal" if one.peak else "signal")
        return f"{'' if one.peak else 'mean '}{what} is higher in {one.high} than in {one.low} {where}"

    def pair(self, one: p.Pair) -> str:
        """'over CS93 (0.901 vs 0.358)', of replicates 'at the TSS of MYC (8.20–9.00 vs 2.60–2.90)'."""
        return f"{self(one.over)} ({' vs '.join(levels_of(one))})"

    def profiles_alike(self, one: c.ProfilesAlike) -> str:
        times = (
            f"r = {one.r:.2f} in {length(one.width)} bins".replace(" kb", "-kb")
            .replace(" bp", "-bp")
            .replace(" Mb", "-Mb")
        )
        what = f"{one.assay} profiles" if one.assay else "profiles"
        return f"the {what} of {one.first} and {one.second} are alike ({times})"

    def absent(self, one: c.Absent) -> str:
        several = max(len(one.genes), len(one.peaks)) > 1
        most = self._reaches(one.most, several)
        at = f"at the TSS{'s' * (len(one.genes) > 1)} of" if one.starts else "over"
        if one.peaks:
            return f"near {listed([self.at(peak) for peak in one.peaks])}, {most}"
        return f"{at} {listed(one.genes)}, {most}"

    def _reaches(self, most: Sequence[tuple[p.Tracks, float]], several: bool) -> str:
        """'H3K27ac and H3K4me3 reach at most 1.88 and 1.18', 'RNA-seq has no signal'."""
        some = [(who, value) for who, value in most if value]
        none = [self(who) for who, value in most if not value]
        many = len(some) > 1 or any(who.many for who, _ in some)
        upper = "at most " * (several or any(who.many for who, _ in some))
        names, values = listed([self(who) for who, _ in some]), listed([quantity(value) for _, value in some])
        told = [f"{names} {'reach' if many else 'reaches'} {upper}{values}"] if some else []
        told += [f"{listed(none)} {'has' if len(none) == 1 else 'have'} no signal"] if none else []
        return " and ".join(told)

    def not_described(self, one: c.NotDescribed) -> str:
        return f"not described: {self(one.who)}"

    def side(self, side: p.Side) -> str:
        """'treated (8.60)', or of replicates 'treated (8.60; n = 3, 8.20–9.00)'."""
        spread = f"; n = {side.count}, {quantity(side.least)}–{quantity(side.most)}" if side.count > 1 else ""
        return f"{side.name} ({quantity(side.value)}{spread})"

    def differs(self, one: c.Differs) -> str:
        times = (
            f"{fold(one.fold)}-fold" if one.fold else f"over {fold(one.at_least or 0)}-fold" if one.at_least else "far"
        )
        what = subject(one.assay, one.peak)
        if one.factor == "control":
            mean = "reaches" if one.peak else "has a mean of"
            value, low = quantity(one.high.value), self(one.low)
            return f"{one.high.name} {mean} {value} {self(one.over)}, {times} that of {low}"
        if one.factor == "strand":
            values = pair_of(one.high.value, one.low.value)
            sides = zip((one.high, one.low), values, strict=True)
            high, low = (f"the {SIGNS[side.name]} strand ({value})" for side, value in sides)
            return f"{what} {self(one.over)} is {times} higher on {high} than on {low}"
        return f"{what} {self(one.over)} is {times} higher in {self(one.high)} than in {self(one.low)}"

    def alike(self, one: c.Alike) -> str:
        sides = listed([self(one.first), self(one.second)])
        return f"{subject(one.assay, one.peak)} {self(one.over)} is alike in {sides}"

    def course(self, one: c.Course) -> str:
        values = listed([f"{quantity(side.value)} ({side.name})" for side in one.sides])
        said = f"mean {one.assay} {self(one.over)}"
        said = (
            f"{said} is {values}, highest at {listed(p.with_one_unit(tuple(side.name for side in one.highest)))}"
            if one.way == "changes"
            else (f"{said} {one.way} throughout: {values}")
        )
        if not one.standing:
            return said
        times = listed([f"{fold(value)}-fold" for value in one.standing])
        way = {"rises": "which rises throughout", "falls": "which falls throughout"}.get(
            str(one.standing_way), "in turn"
        )
        return f"{said}; that is {times} the window mean, {way}"

    def summit_moves(self, one: c.SummitMoves) -> str:
        """'RAP is highest within Xist (100.67 Mb) at 0 and 1 h, but within Slc16a2 (100.91–100.99 Mb) at 3 and 6 h'."""
        when = "at" if one.timed else "in"
        places = [f"{self(place)} {when} {listed(p.with_one_unit(place.names))}" for place in one.places]
        return f"{one.assay or 'the signal'} is highest {', but '.join(places)}"

    def highest(self, one: c.Highest) -> str:
        at = self.span(one.first, one.last + 1) if one.last > one.first else self.at(one.first)
        return f"within {one.gene} ({at})" if one.gene else f"at {at}"

    def balance(self, one: c.Balance) -> str:
        """'the right-to-left ratio is thus reversed: 2.5 in PHL and 0.70 in DHL'."""
        ratios = listed([f"{ratio_of(ratio)} in {name}" for name, ratio in one.ratios])
        return f"the right-to-left ratio is {'thus reversed: ' * one.turns}{ratios}"

    def share(self, one: p.Share) -> str:
        return f"{one.name} ({100 * one.share:.0f} %)"

    def in_states(self, one: c.InStates) -> str:
        """'in ChromHMM, ReprPCWk takes 84 % of the window, and the TSSs of A and B lie in ReprPCWk'; of other classes
        'in TAD classes, the window is 84 % inactive, and 3.618–3.658 Mb is active'."""
        told = [self._states(*place, one.states, one.families) for place in one.places]
        return f"in {self(one.who)}, {listed(told, True)}"

    def _states(
        self,
        places: Sequence[p.Stretch],
        shares: Sequence[p.Share],
        states: bool,
        families: Sequence[c.FamilyShare] = (),
    ) -> str:
        many, names = len(places) > 1, listed([share.name for share in shares])
        where = self._places_of(places)
        if places[0].kind == "window" and states:
            if families:
                return self._families(families)
            first, *rest = shares
            others = f" and {listed([f'{one.name} {100 * one.share:.0f} %' for one in rest])}" if rest else ""
            return f"{first.name} takes {100 * first.share:.0f} % of the window{others}"
        if not states and len(shares) > 1:
            return f"{where} {'are' if many else 'is'} {listed([f'{100 * s.share:.0f} % {s.name}' for s in shares])}"
        if not states:
            return f"{where} {'are' if many else 'is'} {names}"
        if places[0].kind == "body":
            names = listed(self.each(shares))
        return f"{where} {'lie' if many else 'lies'} in {names}"

    def _families(self, families: Sequence[c.FamilyShare]) -> str:
        """'Polycomb states (mostly ReprPCWk) take 94 % of the window and active states 0 %'."""
        first, *rest = [
            (f"{FAMILIES[one.family]}{f' (mostly {one.name})' if one.name else ''}", f"{100 * one.share:.0f} %")
            for one in families
        ]
        take = "takes" if families[0].family == "heterochromatin" else "take"
        return listed([f"{first[0]} {take} {first[1]} of the window", *(f"{name} {share}" for name, share in rest)])

    def family_share(self, one: c.FamilyShare) -> str:
        return f"{FAMILIES[one.family]} {100 * one.share:.0f} %"

    def _places_of(self, places: Sequence[p.Stretch]) -> str:
        """'the TSSs of A and B', 'A and 5.07–5.08 Mb'."""
        starts = [str(place.gene) for place in places if place.kind == "start"]
        others = [self._of(place) for place in places if place.kind != "start"]
        return listed([*others, *([f"the TSS{'s' * (len(starts) > 1)} of {listed(starts)}"] if starts else [])])

    def _of(self, over: p.Stretch) -> str:
        if over.peak_of:
            return f"the strongest peak of {self(over.peak_of)} ({self.stretch_at(over.start, over.end)})"
        return {
            "window": "the window",
            "start": f"the TSS of {over.gene}",
            "body": f"{over.gene}",
            "exon": f"exon {over.exon} of {over.gene}",
            "interval": str(over.gene),
            "upstream": f"the 5′ part of {over.gene} ({self.span(over.start, over.end)})",
            "downstream": f"the 3′ part of {over.gene} ({self.span(over.start, over.end)})",
        }.get(over.kind) or self.stretch_at(over.start, over.end)

    def states_differ(self, one: c.StatesDiffer) -> str:
        """'by ChromHMM, NRG3 lies in Quies (97 %) in HUVEC, but in Het (61 %) and Quies (37 %) in NHEK'."""
        first, second = (listed(self.each(shares)) for shares in (one.first_shares, one.second_shares))
        row = f"by {one.row}, " if one.row else ""
        return f"{row}{self._of(one.over)} lies in {first} in {one.first}, but in {second} in {one.second}"

    # --- biological readings

    def consistent(self, one: Consistent) -> str:
        subject = "they are also" if one.again else "the signals are"
        if one.sample is not None and not one.again:
            subject = f"In {one.sample or 'the tracks that name no sample'}, {subject}"
        found = self._items(one.genes or one.chromatin or one.elements)
        if one.genes and one.chromatin:
            within = one.link == "within"
            around = NOUNS[one.chromatin[0].kind].one if within else self._items(one.chromatin)
            found = f"{found} {'and' if one.link == 'with' else one.link} {around}"
        if one.elements and (one.genes or one.chromatin):
            found = f"{found.rstrip(',')}, and with {self._items(one.elements)}"
        limits = "".join(f"; {UNSHOWN[limit]}" for limit in one.unshown)
        limits += f"; transcription of {listed(one.unheard)} does not stand out" if one.unheard else ""
        return f"{subject} consistent with {found.rstrip(',')}{limits}"

    def _items(self, items: Sequence[Consistency]) -> str:
        """A list of items, some of which hold lists of their own."""
        if any(item.longest > 2 for item in items[:-1]):
            return "; ".join(self.each(items))
        return listed(self.each(items), any(item.longest > 1 for item in items))

    def at_genes(self, one: AtGenes) -> str:
        many, rest = one.total > 1, one.total - len(one.genes)
        read = listed([NOUNS[kind].of(many) for kind in one.kinds])
        if one.at:
            return f"{read} near {listed(list(dict.fromkeys(map(self.at, one.at))))}"
        if not one.genes:
            return f"{read} at {counted(one.total, 'annotated gene') if many else 'an annotated gene'}"
        whose = listed([*one.genes, *([f"{number(rest)} other genes"] if rest else [])])
        notes = "; ".join(self._gene_notes(one))
        return f"{read} at {whose}{f' ({notes})' if notes else ''}"

    def _gene_notes(self, one: AtGenes) -> Iterator[str]:
        """'H3K4me3 and H3K27ac 213 bp from the TSS', 'signal within 500 bp of the TSS 6.3 times that of the body'."""
        if one.at_tss:
            far = f"within {length(one.tss_bp, 3)} of" if one.tss_bp else "over"
            yield f"{listed(one.at_tss)} {far} the TSS{'s' * (one.total > 1)}"
        if one.pausing:
            times = listed([fold(ratio) for ratio in one.pausing])
            yield f"signal within {one.start_bp} bp of the TSS {times} times that of the body"
        if one.heard_by:
            yield f"by {listed(one.heard_by)}"

    def chromatin(self, one: Chromatin) -> str:
        at = [*one.starts, *(self.span(*span) for span in one.spans)]
        place = f" over {listed(one.over)}" if one.over else f" at {listed(at)}" if at else ""
        return f"{NOUNS[one.kind].one}{place}"

    def elements(self, one: Elements) -> str:
        noun = NOUNS[one.kind].of(one.total > 1)
        if one.anchors:
            ends = listed([self.at(end) for end in one.anchors])
            return f"{noun} between {ends}{f' ({listed(one.promoters)})' if one.promoters else ''}"
        if one.at:
            notes = "; ".join(self._element_notes(one))
            return f"{noun} near {listed([self.at(position) for position in one.at])}{f' ({notes})' if notes else ''}"
        return f"{'many' if one.many else number(one.total)} {'places of ' * (one.kind == 'open_chromatin')}{noun}"

    def _element_notes(self, one: Elements) -> Iterator[str]:
        if one.nearest is not None:
            yield f"{length(one.nearest)} from the nearest TSS"
        if one.peaks:
            yield f"{number(one.peaks)} within {length(one.length)}"
        if one.apart is not None:
            yield f"CTCF peak {length(one.apart)} away, bins of {length(one.bin)}"

    def reading_entry(self, one: ReadingEntry) -> str:
        whose = one.of if isinstance(one.of, str) else self.span(*one.of)
        marks = f" ({', '.join(one.marks)})" if one.marks else ""
        return f"{whose}: consistent with {NOUNS[one.kind].one.rstrip(',')}{marks}"
