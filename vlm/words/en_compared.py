"""English: numbers, lists, and the clauses that compare, or tell of rows that are no signal."""

from __future__ import annotations

from collections.abc import Sequence

from vlm.words import compared_clauses as c
from vlm.words import parts as p
from vlm.words.language import Language, fold, length, pair_of, quantity

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


class Compared(Language):
    """English clauses on what tracks were made to compare, and on rows of boxes and arcs."""

    # --- what the tracks were made to compare

    def stretch(self, over: p.Stretch) -> str:
        """'over the body of ETS2', 'at the TSS of SOD1', 'at 5.49–5.50 Mb', 'over the window'."""
        return {
            "window": "over the window",
            "start": f"at the TSS of {over.gene}",
            "body": f"over {over.gene}",
            "exon": f"in exon {over.exon} of {over.gene}",
            "interval": f"over {over.gene}",
            "side": f"{over.gene} of the viewpoint ({self.span(over.start, over.end)})",
        }.get(over.kind) or f"at {self.span(over.start, over.end)}"

    def higher_at(self, one: c.HigherAt) -> str:
        """'mean 4C-seq is higher in A than in B over CS93 (0.901 vs 0.358) and CS65 (0.37 vs 0.16)'."""
        where = listed(self.each(one.pairs))
        return f"{'' if one.peak else 'mean '}{one.assay} is higher in {one.high} than in {one.low} {where}"

    def pair(self, one: p.Pair) -> str:
        """'over CS93 (0.901 vs 0.358)'."""
        return f"{self(one.over)} ({' vs '.join(pair_of(one.high, one.low))})"

    def profiles_alike(self, one: c.ProfilesAlike) -> str:
        times = (
            f"r = {one.r:.2f} in {length(one.width)} bins".replace(" kb", "-kb")
            .replace(" bp", "-bp")
            .replace(" Mb", "-Mb")
        )
        return f"the {one.assay} profiles of {one.first} and {one.second} are alike ({times})"

    def absent(self, one: c.Absent) -> str:
        upper = "at most " * (len(one.genes) > 1)
        most = listed([f"{self(who)} reaches {upper}{quantity(value)}" for who, value in one.most])
        at = f"at the TSS{'s' * (len(one.genes) > 1)} of" if one.starts else "over"
        return f"{at} {listed(one.genes)}, {most}"

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
        what = "" if one.peak else "mean "
        if one.factor == "control":
            mean = "has" if one.peak else "has a mean of"
            value, low = quantity(one.high.value), self(one.low)
            return f"{one.high.name} {mean} {value} {self(one.over)}, {times} that of {low}"
        if one.factor == "strand":
            values = pair_of(one.high.value, one.low.value)
            sides = zip((one.high, one.low), values, strict=True)
            high, low = (f"the {SIGNS[side.name]} strand ({value})" for side, value in sides)
            return f"{what}{one.assay} {self(one.over)} is {times} higher on {high} than on {low}"
        return f"{what}{one.assay} {self(one.over)} is {times} higher in {self(one.high)} than in {self(one.low)}"

    def alike(self, one: c.Alike) -> str:
        sides = listed([self(one.first), self(one.second)])
        return f"{'' if one.peak else 'mean '}{one.assay} {self(one.over)} is alike in {sides}"

    def course(self, one: c.Course) -> str:
        values = listed([f"{quantity(side.value)} ({side.name})" for side in one.sides])
        said = f"mean {one.assay} {self(one.over)}"
        said = (
            f"{said} is {values}, highest at {one.highest.name}"
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

    def share(self, one: p.Share) -> str:
        return f"{100 * one.share:.0f} % {one.name}"

    def in_states(self, one: c.InStates) -> str:
        return f"in {self(one.who)}, {listed([self._states(*told) for told in one.places], True)}"

    def _states(self, places: Sequence[p.Stretch], shares: Sequence[p.Share]) -> str:
        are = "are" if len(places) > 1 else "is"
        return f"{listed([self._of(place) for place in places])} {are} {listed(self.each(shares))}"

    def _of(self, over: p.Stretch) -> str:
        return {
            "window": "the window",
            "start": f"the TSS of {over.gene}",
            "body": f"{over.gene}",
            "exon": f"exon {over.exon} of {over.gene}",
            "interval": str(over.gene),
        }.get(over.kind) or self.span(over.start, over.end)

    def states_differ(self, one: c.StatesDiffer) -> str:
        first, second = (listed(self.each(shares)) for shares in (one.first_shares, one.second_shares))
        return f"{self._of(one.over)} is {first} in {self(one.first)}, but {second} in {self(one.second)}"

    # --- rows that are no signal

    def linked(self, one: c.Linked) -> str:
        (first, second), *more = [[self.at(end) for end in pair] for pair in one.pairs]
        if one.total > len(one.pairs):
            pairs = f"{number(one.total)} pairs of places"
            return f"in {self(one.who)}, {pairs} are linked, at most from {first} to {second}"
        return f"in {self(one.who)}, {first} is linked to {second}" + "".join(f" and {a} to {b}" for a, b in more)

    def anchored(self, one: c.Anchored) -> str:
        """'both anchors of the HiCCUPS loops link (37.250–37.260 to ...) lie at CTCF peaks (...), the two highest'."""
        left, right = (self._bracket(peak) for peak in one.peaks)
        within = f"within {length(one.reach)} of" if one.reach else "at"
        high = ", the two highest of the window" if one.strongest else ""
        genes = f"; it encloses {listed(one.genes)}" if one.genes else ""
        return (
            f"both anchors of a link of {self(one.who)} ({self._feet(one.anchors)}) lie {within} peaks of "
            f"{self(one.signal)} {left} and {right}{high}{genes}"
        )

    def _bracket(self, peak: p.Place) -> str:
        height = "".join(f", {quantity(height)}" for height in peak.heights)
        return f"({self.at(peak.at or 0)}{height})"

    def _feet(self, anchors: tuple[tuple[int, int], tuple[int, int]]) -> str:
        return " to ".join(self.span(*foot) for foot in anchors)

    def encloses(self, one: c.Encloses) -> str:
        return f"a link of {self(one.who)} ({self._feet(one.anchors)}) encloses {listed(one.genes)}"

    def leaving(self, one: c.Leaving) -> str:
        if not one.inside:
            which = "the one link" if one.number == 1 else f"all {number(one.number)} links"
        else:
            which = f"{number(one.number)} of {number(one.number + one.inside)} links"
        return f"{which} of {self(one.who)} {'leaves' if one.number == 1 else 'leave'} the window"

    def boundaries(self, one: c.Boundaries) -> str:
        noun = "a domain boundary" if one.total == 1 else "domain boundaries"
        if one.total > len(one.at):
            noun = f"{number(one.total)} domain boundaries, the strongest"
        return f"{self(one.who)} shows {noun} near {listed([self.at(position) for position in one.at])}"

    def marked(self, one: c.Marked) -> str:
        spans = listed([self.span(*span) for span in one.spans])
        return f"in {self(one.who)}, {spans} {'is' if len(one.spans) == 1 else 'are'} marked"

    def whole_window(self, one: c.WholeWindow) -> str:
        return f"{self(one.who)} {'span' if one.who.many else 'spans'} the window"

    def intervals(self, one: c.Intervals) -> str:
        """'there are five intervals in BEAF peaks, eight in Cp190 peaks and seven in SuHw peaks'."""
        (count, who), *more = one.rows
        first = f"{number(count)} intervals in {self(who)}"
        return f"there are {listed([first, *(f'{number(count)} in {self(who)}' for count, who in more)])}"
