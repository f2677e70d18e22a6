"""English: the clauses on rows that are no filled signal: links, contact maps, boxes."""

from __future__ import annotations

from vlm.words import parts as p
from vlm.words.clauses import maps as c
from vlm.words.english.compared import listed, number
from vlm.words.language import Language, length, quantity


class Maps(Language):
    """English clauses on links, contact maps and boxes."""

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
