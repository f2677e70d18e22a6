"""English: how polymerase runs along genes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from vlm.words.clauses import nascent as c
from vlm.words.english.compared import listed
from vlm.words.language import Entry, Language, fold, length, pair_of, quantity


class Nascent(Language):
    """English clauses on nascent RNA."""

    def past_ends(self, one: c.PastEnds) -> str:
        """'transcription runs past 3′ ends: PRO-seq (+) 3 kb past SOD1 into SCAF4 (mean 1.33; 0.535 over SOD1)'."""
        if len(one.ends) == 1:
            (past,) = one.ends
            return f"{self(past.who)} runs {self._past(past, f'the 3′ end of {past.gene}')}, as read-through does"
        ends = [f"{self(past.who)} {self._past(past, past.gene)}" for past in one.ends]
        return f"transcription reads through 3′ ends: {listed(ends)}"

    def past(self, one: c.Past) -> str:
        return f"{self(one.who)} {self._past(one, one.gene)}"

    def _past(self, one: c.Past, what: str) -> str:
        into = f" into {listed(one.into)}" if one.into else ""
        past, body = pair_of(one.mean, one.body)
        return f"{length(one.reach)} past {what}{into} (mean {past}, {body} over the gene)"

    def steps_up(self, one: c.StepsUp) -> str:
        """'over RUNX1, PRO-seq (-) is 8.5-fold denser from 36.261 Mb to the 3′ end (0.690) than between the TSS and
        there (0.0813); it peaks there (230; 161 kb inside), but reaches only 20 at the TSS'."""
        after, before = pair_of(one.after, one.before)
        times = f"{fold(one.fold)}-fold" if one.fold else "over 90-fold"
        said = (
            f"over {one.gene}, {self(one.who)} is {times} denser from {self.at(one.at)} to the 3′ end ({after}) than "
            f"between the TSS and there ({before})"
        )
        if one.top is None:
            return said
        inside = "" if one.tss_bp is None else f"; {length(one.tss_bp, 3)} inside"
        start = "" if one.at_start is None else f", but reaches only {quantity(one.at_start)} at the TSS"
        return f"{said}; it peaks there ({quantity(one.top)}{inside}){start}"

    statements: ClassVar[Mapping[str, Entry]] = {
        "past_end": lambda _, claim: f"{claim.track}: runs on past the 3′ end of {claim.told('gene')}",
        "steps_up": lambda _, claim: f"{claim.track}: steps up inside {claim.told('gene')}",
    }
