"""English: how signals stand over the rest of the window, in classes of rows; and rows over one another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from vlm.words import parts as p
from vlm.words.clauses import standing as c
from vlm.words.english.compared import listed, number
from vlm.words.language import Entry, Language, fold, pair_of


class Standing(Language):
    """English clauses on how signals and rows stand among what else there is."""

    def above(self, one: p.Above) -> str:
        """', 11-fold above anything else'."""
        if one.fold is None:
            return ", with next to nothing else in the window"
        return f", {fold(one.fold)}-fold above anything else"

    def held(self, one: p.Held) -> str:
        """'87 % of the signal lies over ETS2, 21-fold the rest of the window'."""
        where = f" over {one.gene}" if one.gene else " there"
        times = f", {fold(one.fold)}-fold the rest of the window" if one.fold else ""
        return f"{100 * one.share:.0f} % of its signal lies{where}{times}"

    def highest_base(self, one: c.HighestBase) -> str:
        places = listed(self.each(p.grouped(one.places)))
        if len(one.places) > 1:
            return f"{self(one.who)} is highest at two places, {places}"
        return f"{self(one.who)} has its highest single base {places}"

    def class_levels(self, one: c.ClassLevels) -> str:
        """'by TAD classes, mean PRO-seq (-) is 7.4-fold higher in active than in inactive (0.0542 vs 0.00737)'."""
        first, *rest = one.pairs
        more = [f"mean {self(pair)}" for pair in rest]
        return f"by {self(one.row)}, {listed([f'mean {self(first)}', *more])}"

    def class_pair(self, one: c.ClassPair) -> str:
        high, low = pair_of(*one.means)
        times = f"{fold(one.fold)}-fold" if one.fold else "over 90-fold"
        return f"{self(one.who)} is {times} higher in {one.high} than in {one.low} ({high} vs {low})"

    def no_data_over(self, one: c.NoDataOver) -> str:
        """'H3K4me3 and Input have no data at 22.45–22.50 Mb'."""
        spans = listed([self.span(*span) for span in one.spans])
        return f"{self(one.who)} {'have' if one.who.many else 'has'} no data at {spans}"

    def overlapping(self, one: c.Overlapping) -> str:
        """'all three intervals of BEAF peaks and eight of ten of SuHw peaks overlap Cp190 peaks'."""
        rows = [self._of_row(*row, first=at == 0) for at, row in enumerate(one.rows)]
        return f"{listed(rows)} overlap {self(one.other)}"

    def _of_row(self, who: p.Tracks, count: int, total: int, *, first: bool) -> str:
        every = "both" if total == 2 else f"all {number(total)}"
        some = every if count == total else f"{number(count)} of {number(total)}"
        return f"{some}{' intervals' * first} of {self(who)}"

    statements: ClassVar[Mapping[str, Entry]] = {
        "stands_above": "{track}: the highest place by far, near {near}",
        "holds_share": "{track}: much of its signal lies at {span}",
        "low_in_file": "{track}: next to nil for its file",
        "no_data_over": "{track}: no data at {span}",
        "class_level": lambda _, claim: (
            f"{claim.track}: higher in {claim.told('high')} than in {claim.told('low')} stretches of {claim.other}"
        ),
        "overlap_count": lambda _, claim: f"{claim.track}: {claim.told('count')} intervals overlap {claim.other}",
    }
