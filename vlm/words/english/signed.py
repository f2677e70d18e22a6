"""English: the clauses on signals that lie on both sides of 0, and on dips."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from vlm.words.clauses import signed as c
from vlm.words.english.compared import listed, number
from vlm.words.language import Entry, Language, below_zero


class Signed(Language):
    """English clauses on the sides of 0, and on dips."""

    def both_sides(self, one: c.BothSides) -> str:
        """'PC1 lies above 0 over 0.0–0.4 Mb (mean 0.0300) and below 0 over 0.4–0.8 Mb (mean −0.0301)'."""
        return f"{self(one.who)} {'lie' if one.who.many else 'lies'} {' and '.join(self.each(one.sides))}"

    def one_side(self, one: c.OneSide) -> str:
        spans = listed([self.span(*span) for span in one.spans])
        over = f"{number(one.total)} stretches, the longest {spans}" if one.total > len(one.spans) else spans
        ends = [below_zero(value) for value in (min(one.means), max(one.means))]
        means = f"mean {ends[0]}" if ends[0] == ends[1] else f"means {ends[0]} to {ends[1]}"
        return f"{'above' if one.above else 'below'} 0 over {over} ({means})"

    def troughs(self, one: c.Troughs) -> str:
        """'it dips at 0.60 Mb (−1.42) and 1.30 Mb (−1.22; window mean 0.31)'."""
        mean = "" if one.mean is None else f"; window mean {below_zero(one.mean)}"
        last = len(one.at) - 1
        places = listed(
            [f"{self.at(at)} ({below_zero(low)}{mean * (n == last)})" for n, (at, low) in enumerate(one.at)]
        )
        rising = f", where {self(one.rising)} {'peak' if one.rising.many else 'peaks'}" if one.rising else ""
        who = "it" if one.again else self(one.who)
        return f"{who} {'dip' if one.who.many else 'dips'} at {places}{rising}"

    statements: ClassVar[Mapping[str, Entry]] = {
        "positive_over": "{track}: above 0 over {span}",
        "negative_over": "{track}: below 0 over {span}",
        "trough": "{track}: a dip at {span}",
    }
