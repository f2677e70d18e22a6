"""English: the language, and its words for what is seen in signals and at genes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from vlm.words import parts as p
from vlm.words.clauses import clause as c
from vlm.words.english.compared import SIGNS, Compared, counted, listed, number
from vlm.words.english.exons import Exons
from vlm.words.english.groups import Groups
from vlm.words.english.maps import Maps
from vlm.words.english.nascent import Nascent
from vlm.words.english.signed import Signed
from vlm.words.english.standing import Standing
from vlm.words.language import Entry, fold, heights_of, length, pair_of, quantity

_SHORT_WORDS = ("a", "an", "at", "by", "in")
"""Words of one or two letters that sentences begin with; others of that length are names (p53 is longer)."""


def _alike(who: p.Tracks) -> str:
    """'both ' or 'all ', where several tracks do the same."""
    if not who.many or (who.count == 2 and who.paired):
        return ""
    return "both " if who.count == 2 else "all "


def _level(claim: c.Statement) -> str:
    """'mean 4.40', of a value that is one level."""
    told = claim.value if isinstance(claim.value, dict) else {}
    return ", ".join(
        f"{of} {quantity(level) if isinstance(level, int | float) else level}" for of, level in told.items()
    )


class English(Compared, Exons, Groups, Maps, Nascent, Signed, Standing):
    """English captions."""

    code, name, own = "en", "English", "English"

    def close(self, text: str) -> str:
        """A sentence begins with a capital, but for a name that is written small (mESC, p300)."""
        text = self.tidy(text).rstrip(",")
        first = re.match(r"[A-Za-z]\S*", text)
        word = first and first[0].isalpha() and first[0].islower() and (len(first[0]) > 2 or first[0] in _SHORT_WORDS)
        return f"{text[0].upper()}{text[1:]}." if word else f"{text}."

    # --- who, where, how many

    def strands(self, two: p.Strands) -> str:
        return f"both {two.label} strands"

    def tracks(self, who: p.Tracks) -> str:
        return listed(self.each(who.items))

    def they(self, who: p.They) -> str:
        return "both" if who.count == 2 else "all"

    def place(self, place: p.Place) -> str:
        """'at the promoter of JAK2 (4.985 Mb)'."""
        return f"{self._spot(place, len(place.genes) > 1)}{self._of_place(place)}"

    def place_group(self, group: p.PlaceGroup) -> str:
        """'at the promoters of JAK2 (4.985 Mb, 20) and INSL6 (5.18 Mb, 12)'."""
        first = group.places[0]
        if len(group.places) == 1:
            return self.place(first)
        if group.shared:
            notes = "; ".join(self._notes(place) for place in group.places)
            return f"{self._spot(first, False)}{listed(first.genes)} ({notes})"
        if first.spot in ("some_tss", "some_gene", "beside_tss"):
            return listed([self.place(place) for place in group.places])
        return f"{self._spot(first, True)}{listed([self._of_place(place) for place in group.places])}"

    def _spot(self, place: p.Place, many: bool) -> str:
        plural, no = "s" * many, "" if many else "an "
        anti = "antisense " * place.antisense
        return {
            "promoter": f"{anti}at the promoter{plural} of ",
            "tss": f"{anti}at the TSS{plural} of ",
            "internal_tss": f"{anti}at {no}internal TSS{plural} of ",
            "beside_tss": f"{self._away(place)} {'down' if (place.offset or 0) > 0 else 'up'}stream of the TSS of ",
            "gene": f"{anti}within ",
            "some_tss": "at an annotated TSS",
            "some_gene": "within an annotated gene",
            "near": "near ",
            "between": "between " if place.genes else "between genes near ",
        }[place.spot]

    def _of_place(self, place: p.Place) -> str:
        """What comes after the words for its kind: its genes or its position, with what is noted of it."""
        if place.genes or place.spot in ("some_tss", "some_gene"):
            notes = self._notes(place)
            return f"{listed(place.genes)}{f' ({notes})' if notes else ''}"
        heights = listed(heights_of(place))
        at = "" if place.at is None else self.at(place.at)
        return f"{at} ({heights})" if heights else at

    def _notes(self, place: p.Place) -> str:
        """'33.032 Mb, 119; 113 bp inside'."""
        at = "" if place.at is None else self.at(place.at)
        noted = ", ".join(filter(None, (at, listed(heights_of(place)))))
        if not place.offset or place.spot == "beside_tss":
            return noted
        side = "inside" if place.offset > 0 else "upstream"
        return "; ".join(filter(None, (noted, f"{self._away(place)} {side}")))

    @staticmethod
    def _away(place: p.Place) -> str:
        away = abs(place.offset or 0)
        return length(away, 3 if away < 1_000 else 2)

    def count(self, count: p.Count) -> str:
        if count.number is None:
            return "several clear peaks" if count.several else "a clear peak"
        return f"more than {number(p.MANY)} peaks" if count.number > p.MANY else counted(count.number, "clear peak")

    def stranded(self, some: p.Stranded) -> str:
        on = f" ({SIGNS[some.strand]} strand)" if some.strand in SIGNS else ""
        return f"{listed(some.genes)}{on}"

    def others(self, others: p.Others) -> str:
        return listed(self.each(others.places))

    def _beside(self, others: p.Others | None, peak: str = "") -> str:
        """'; the other lies at the promoter of ERMP1'."""
        if others is None:
            return ""
        places = self(others)
        if others.whole:
            return f"; the other lies {places}" if others.number == 1 else f"; the others lie {places}"
        several = "other peaks" if peak else "others"
        return f"; another{peak} lies {places}" if others.shown == 1 else f"; {several} lie {places}"

    def _among(self, others: p.Others | None) -> str:
        """', one of them within JAK2'."""
        if others is None:
            return ""
        among = "" if others.whole else "one of them " if others.shown == 1 else "among them "
        return f", {among}{self(others)}"

    # --- how sentences are put together

    def series(self, series: c.Series) -> str:
        return "; ".join(self.each(series.clauses))

    def frame(self, frame: c.Frame) -> str:
        whose = f"{listed(frame.samples)}, " if frame.samples else ""
        window = f"{whose}{self.window()}{f' ({frame.assembly})' if frame.assembly else ''}"
        tail = f": {self(frame.compared)}" if frame.compared else ""
        unit = "levels in file units, depth not known" if frame.unknown else "heights are maxima in file units"
        return f"{window}{self._genes(frame)}{tail}{f'; {unit}' if frame.heights else ''}"

    def _genes(self, frame: c.Frame) -> str:
        if frame.total == 0:
            return ", without an annotated gene"
        if not frame.genes:
            return "" if frame.total is None else f", over {counted(frame.total, 'annotated gene')}"
        if frame.inside:
            return f", within {self(frame.genes[0])}"
        items = self.each(frame.genes)
        items += [counted(frame.others, "other gene")] if frame.others else []
        return f", with {listed(items, any(len(some.genes) > 1 for some in frame.genes))}"

    def compared(self, one: p.Compared) -> str:
        """'RAP at 0 h, 1 h and 3 h', 'Repli-seq in HUVEC and NHEK'."""
        ordered = one.factor in ("time", "dose")
        return f"{one.assay} {'at' if ordered else 'in'} {listed(p.with_one_unit(one.names))}"

    # --- peaks

    def single(self, one: c.Single) -> str:
        many, kind = one.who.many, "sharp" if one.sharp else "clear"
        form = ("form" if one.who.paired else "each form") if many else "forms"
        low = f" and {'are' if many else 'is'} low elsewhere" if one.low and not one.above else ""
        above = self(one.above) if one.above else ""
        if one.run:
            over = f"{length(one.run[1] - one.run[0])} ({self.span(*one.run)})"
            return (
                f"{self(one.who)} {'have' if many else 'has'} signal over {over}, highest {self(one.place)}{above}{low}"
            )
        return f"{self(one.who)} {form} a single {kind} peak {self(one.place)}{above}{low}"

    def formed(self, one: c.Formed) -> str:
        many = "" if len(one.places) == 1 else f"{number(len(one.places))} peaks, "
        low = f", and {'are' if one.who.many else 'is'} low elsewhere" if one.low else ""
        where = listed(self.each(p.grouped(one.places)))
        return f"{self(one.who)} {'form' if one.who.many else 'forms'} {many}{where}{low}"

    def strongest(self, one: c.Strongest) -> str:
        are = "are" if one.who.many else "is"
        others = self._beside(one.others, " peak")
        above = self(one.above) if one.above else ""
        return f"{self(one.who)} {are} {_alike(one.who)}strongest {self(one.place)}{above}{others}"

    def peaks(self, one: c.Peaks) -> str:
        within = f", {'both' if one.count.number == 2 else 'all'} within {one.home}" if one.home else ""
        shows = "is low except for" if one.low else "shows"
        tail = f", the strongest {self(one.place)}{self._beside(one.others)}"
        return f"{self(one.who)} {shows} {self(one.count)}{within}{tail}"

    def scattered(self, one: c.Scattered) -> str:
        return f"{self(one.who)} shows {self(one.count)}{self._among(one.others)}"

    def also_peak(self, one: c.AlsoPeak) -> str:
        return f"{self(one.who)} also {'peak' if one.who.many else 'peaks'} {listed(self.each(one.places))}"

    def further(self, one: c.Further) -> str:
        many = "more than ten further peaks" if one.number > p.MANY else counted(one.number, "further peak")
        return f"{self(one.who)} has {many}{self._among(one.others)}"

    def no_other(self, one: c.NoOther) -> str:
        return f"{self(one.who)} has no other clear peak"

    # --- along genes, over domains, against each other

    def follow_exons(self, one: c.FollowExons) -> str:
        tail = " and is low elsewhere" if one.low else ""
        if one.peak:
            tail = f" and {'is strongest' if one.strongest else 'also peaks'} {self(one.peak)}"
        follow = "follow" if one.who.many else "follows"
        return f"{self(one.who)} {follow} the exons of {listed(one.genes)}{self._means(one)}{tail}"

    def _means(self, one: c.FollowExons) -> str:
        if one.means is None:
            return ""
        exons, introns = pair_of(*one.means)
        return f" (mean {exons} against {introns} in introns)"

    def runs(self, one: c.Runs) -> str:
        return f"{one.label} signal runs {' and '.join(f'along {genes}' for genes in self.each(one.along))}"

    def raised(self, one: c.Raised) -> str:
        """'H3K27me3 forms a broad domain of 32 kb (5.508–5.540 Mb) within G', 'H3K4me3 is enriched at the promoter of G
        (40.177–40.181 Mb)', 'H3K27me3 forms two broad domains, at ...'."""
        tail = ", and is low elsewhere" if one.low else ""
        if one.held:
            tail = f"; {self(one.held)}"
        elif one.peak:
            tail = f"; elsewhere {'its clearest' if one.highest else 'a'} peak lies {self(one.peak)}"
        who, many = self(one.who), one.who.many
        form = f"{_alike(one.who)}{'form' if many else 'forms'}"
        enriched = (
            f"{'are' if many else 'is'} {_alike(one.who)}{'high (early replicating)' if one.early else 'enriched'}"
        )
        if one.total == 1:
            first = one.extents[0]
            said = (
                f"{form} {self._domain(first)}" if first.broad and not one.early else f"{enriched} {self._short(first)}"
            )
            return f"{who} {said}{tail}"
        several = one.total > len(one.extents)
        count, longest = ("several", "the longest ") if several else (number(one.total), "")
        places = listed(self.each(one.extents))
        if not one.early and any(extent.broad for extent in one.extents):
            return f"{who} {form} {count} broad domains, {longest}at {places}{tail}"
        return f"{who} {enriched} over {count} stretches, {longest}at {places}{tail}"

    def _domain(self, one: p.Extent) -> str:
        """'a broad domain of 36 kb (99.031–99.068 Mb) covering Tbx15'."""
        size = self._size(one)
        genes = self._covered(one)
        return f"a broad domain of {size} ({self._extent(one)}){' ' if genes else ''}{genes}"

    def _short(self, one: p.Extent) -> str:
        """'at the promoter of G (40.177–40.181 Mb)', 'over 6.2 kb (40.189–40.195 Mb) within G'."""
        genes = self._covered(one)
        if one.promoters:
            return f"{genes} ({self._extent(one)})"
        return f"over {self._size(one)} ({self._extent(one)}){' ' if genes else ''}{genes}"

    def _size(self, one: p.Extent) -> str:
        return f"{'at least ' if one.edge or one.cut else ''}{length(one.end - one.start, 3)}"

    def _extent(self, one: p.Extent) -> str:
        edges = "both edges" if one.edge == "both" else f"the {one.edge} edge"
        reach = f"{f', reaching {edges} of the window' if one.edge else ''}{', to where the data end' * one.cut}"
        return f"{self.span(one.start, one.end)}{reach}"

    def extent(self, one: p.Extent) -> str:
        """One of several domains: '24.07–24.10 Mb (covering ELOA)'."""
        genes = self._covered(one)
        return f"{self.span(one.start, one.end)}{f' ({genes})' if genes else ''}"

    def _covered(self, one: p.Extent) -> str:
        if one.promoters:
            return f"at the promoter{'s' * (len(one.promoters) > 1)} of {listed(one.promoters)}"
        if one.covers:
            return f"covering {listed(one.covers)}{' among others' if one.more else ''}"
        return f"within {one.within}" if one.within else ""

    def lone(self, one: c.Lone) -> str:
        near = listed([self.at(position) for position in one.at])
        return f"{self(one.who)}, but not {self(one.other)}, peaks near {near}"

    def higher(self, one: c.Higher) -> str:
        where = f"along {one.gene}" if one.gene else "on average" if one.at is None else f"near {self.at(one.at)}"
        times = "higher than" if one.fold is None else f"{fold(one.fold)} times as high as"
        return f"On their common scale, {self(one.who)} is {times} {self(one.other)} {where}"

    # --- tracks with nothing to point at

    def quiet(self, one: c.Quiet) -> str:
        many = one.who.many
        how = {
            "low_in_file": f"{'are' if many else 'is'} next to nil",
            "no_peak": f"{'show' if many else 'shows'} no clear peak",
            "noisy": f"{'are' if many else 'is'} uneven throughout, without a peak that stands out",
            "flat": f"{'show' if many else 'shows'} nothing that stands out",
            "no_data": f"{'have' if many else 'has'} no data here",
        }[one.how]
        most = f" (at most {listed([quantity(value) for value in one.most])}{self._reach(one)})" if one.most else ""
        return f"{self(one.who)} {how}{most}"

    def _reach(self, one: c.Quiet) -> str:
        """'; the file reaches 219'."""
        files = "files reach" if len(one.reach) > 1 else "file reaches"
        return f"; the {files} {listed([quantity(value) for value in one.reach])}" if one.reach else ""

    def control(self, one: c.Control) -> str:
        if not one.most:
            return f"bumps of the control {self(one.who)} are no finding"
        return f"the control {self(one.who)} reaches at most {listed([quantity(value) for value in one.most])}"

    # --- entries of a table, and notes

    def unchecked(self, one: c.Unchecked) -> str:
        return "Not checked: this picture came without data"

    def statement(self, claim: c.Statement) -> str:
        return self.worded(claim) or f"{claim.kind} ({listed(claim.labels)})"

    def _number(self, claim: c.Statement, noun: str) -> str:
        one = claim.number == 1 and not claim.at_least
        return f"{'at least ' if claim.at_least else ''}{claim.number} {noun}{'' if one else 's'}"

    def _flat(self, claim: c.Statement) -> str:
        return f"{claim.track}: {'low outside its peaks and domains' if claim.value == 'elsewhere' else 'flat'}"

    def _gene(self, claim: c.Statement) -> str:
        sign = SIGNS.get(str(claim.told("strand")))
        return f"gene {claim.name}{f', {sign} strand,' if sign else ''} at {self.span(claim.start, claim.end)}"

    def _higher_in(self, claim: c.Statement) -> str:
        where = "over the window" if claim.whole else f"near {self.at(claim.middle)}"
        times = claim.told("fold")
        return f"{claim.track}: {'higher than' if times is None else f'{times} times as high as'} {claim.other} {where}"

    def _interval_at(self, claim: c.Statement) -> str:
        name = f" ({claim.value})" if claim.value else ""
        return f"{claim.track}: an interval at {self.span(claim.start, claim.end)}{name}"

    def _link(self, claim: c.Statement) -> str:
        return f"{claim.track}: a link between {listed([self.at(end) for end in claim.ends])}"

    statements: ClassVar[Mapping[str, Entry]] = {
        **Maps.statements,
        **Signed.statements,
        "no_data": "{track}: no data",
        "flat": _flat,
        "noisy": "{track}: uneven throughout, no peak stands out",
        "peak": "{track}: a peak near {near}",
        "strongest_peak": "{track}: the strongest peak near {near}",
        "peak_count": lambda en, claim: f"{claim.track}: {en._number(claim, 'clear peak')}",
        "broad_domain": "{track}: a broad domain at {span}",
        "coincide": lambda en, claim: f"peaks of {listed(claim.labels)} coincide near {en.at(claim.middle)}",
        "gene": _gene,
        "gene_count": lambda en, claim: f"{claim.value} gene{'s' * (claim.value != 1)} in the window",
        "peak_at_tss": "{track}: a peak at the TSS of {value}",
        "peak_in_gene": "{track}: a peak within {value}",
        "only_in": "{track}: a peak near {near} that {other} lacks",
        "higher_in": _higher_in,
        "intergenic_peak": "{track}: an intergenic peak near {near}",
        "covers_gene": "{track}: a broad domain that covers {value}",
        "follows_exons": "{track}: follows the exons of {value}",
        "on_strand": "{track}: signal on the strand of {value}",
        "interval_count": lambda en, claim: f"{claim.track}: {en._number(claim, 'interval')}",
        "interval_at": _interval_at,
        "link": _link,
        "domain_boundary": "{track}: a domain boundary near {near}",
        "value": lambda en, claim: f"{claim.track}: {_level(claim)}",
        "level_differs": "{track}: higher than {other} at {span}",
        "level_alike": "{track}: as high as {other} at {span}",
        "trend": "{track} to {other}: the level {value} over {span}",
        "state_at": "{track}: {span} is {value}",
        "state_differs": "{track} and {other}: different states at {span}",
        "summit_moves": "{track} and {other} are highest at places apart, {span}",
        "contact_side": "{track}: more contacts than {other} over {span}",
        "profiles_alike": "{track} and {other} run alike",
        "anchor_at_peak": lambda en, claim: (
            f"{claim.track}: anchors at {listed([en.at(end) for end in claim.ends])} lie at peaks of {claim.other}"
        ),
        "encloses": lambda en, claim: f"{claim.track}: a link encloses {listed(list(claim.told('genes') or ()))}",
        "link_count": lambda en, claim: (
            f"{claim.track}: {claim.told('inside')} links inside the window, {claim.told('leave')} leave it"
        ),
    }
