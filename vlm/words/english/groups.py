"""English: groups of samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from vlm.words import parts as p
from vlm.words.clauses import groups as g
from vlm.words.clauses.clause import Statement
from vlm.words.english.compared import listed, number
from vlm.words.language import Entry, Language, quantity


def _reproducible(language: Language, claim: Statement) -> str:
    span = language.span(claim.start, claim.end)
    if claim.value == "agree":
        return f"replicates agree: {claim.track} and {claim.other}, {span}"
    return f"{claim.track} is out of line with its replicates: {span}"


class Groups(Language):
    """English clauses on groups of samples."""

    statements: ClassVar[Mapping[str, Entry]] = {
        "reproducible": _reproducible,
        "only_in_group": "peak in all of the condition of {track}, in none of that of {other}: {near}",
    }

    def together(self, some: p.Together) -> str:
        """All replicates of one condition."""
        return f"the {some.label} replicates"

    def agree(self, one: g.Agree) -> str:
        """'the replicates of H3K27ac agree over the window: control (8.60; n = 3, 8.20–9.00) and KD (...)'."""
        named = [side for side in one.sides if side.name]
        if not named:
            side = one.sides[0]
            spread = f"n = {side.count}, {quantity(side.least)}–{quantity(side.most)}"
            return f"the replicates of {one.assay} agree over the window (mean {quantity(side.value)}; {spread})"
        return f"the replicates of {one.assay} agree over the window: {listed(self.each(named))}"

    def out_of_line(self, one: g.OutOfLine) -> str:
        of = f" of {one.name}" if one.name else ""
        value, least, most = (quantity(level) for level in (one.value, one.least, one.most))
        if one.count == 2:
            return f"the two replicates{of} differ {self(one.over)} ({value} in {self(one.who)}, {least} in the other)"
        rest = f"{number(one.count - 1)} others{of} ({least}–{most})"
        return f"{self(one.who)} ({value}) is out of line with the {rest} {self(one.over)}"

    def only_in_group(self, one: g.OnlyInGroup) -> str:
        """'in all three KO replicates (12–15), but in none of the three of WT (at most 0.8), H3K27ac peaks at ...'."""
        return (
            f"{one.assay} peaks {self(one.over)} {self._all_of(one.first, one.sample)}, "
            f"but {self._none_of(one.second, one.sample)}"
        )

    def _all_of(self, side: p.Side, sample: bool) -> str:
        if side.count == 1:
            return f"in {side.name} ({quantity(side.value)})"
        every = "both" if side.count == 2 else f"all {number(side.count)}"
        noun = "samples" if sample else "replicates"
        return f"in {every} {side.name} {noun} ({quantity(side.least)}–{quantity(side.most)})"

    def _none_of(self, side: p.Side, sample: bool) -> str:
        if side.count == 1:
            return f"not in {side.name} ({quantity(side.value)})"
        noun = "samples" if sample else "replicates"
        return f"in none of {number(side.count)} {side.name} {noun} (at most {quantity(side.most)})"
