"""Chinese: how polymerase runs along genes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from vlm.words.chinese.compared import listed
from vlm.words.clauses import nascent as c
from vlm.words.language import Entry, Language, fold, length, pair_of, quantity


class Nascent(Language):
    """Chinese clauses on nascent RNA."""

    def past_ends(self, one: c.PastEnds) -> str:
        if len(one.ends) == 1:
            return f"{self(one.ends[0])}，提示转录通读"
        return f"转录通读见于多处 3′ 端：{'；'.join(self.each(one.ends))}"

    def past(self, one: c.Past) -> str:
        into = f"，进入 {listed(one.into)}" if one.into else ""
        mean, body = pair_of(one.mean, one.body)
        return f"{self(one.who)} 越过 {one.gene} 3′ 端约 {length(one.reach)}{into}（均值 {mean}，基因体 {body}）"

    def steps_up(self, one: c.StepsUp) -> str:
        after, before = pair_of(one.after, one.before)
        times = f"{fold(one.fold)} 倍" if one.fold else "90 倍以上"
        said = (
            f"在 {one.gene} 内，{self(one.who)} 自 {self.at(one.at)} 至 3′ 端的均值（{after}）"
            f"为转录起始位点至该处区段（{before}）的 {times}"
        )
        if one.top is None:
            return said
        inside = "" if one.tss_bp is None else f"，距转录起始位点 {length(one.tss_bp, 3)}"
        start = "" if one.at_start is None else f"，而转录起始位点处最高仅 {quantity(one.at_start)}"
        return f"{said}；信号在该处最高（{quantity(one.top)}{inside}）{start}"

    statements: ClassVar[Mapping[str, Entry]] = {
        "past_end": lambda _, claim: f"{claim.track}：越过 {claim.told('gene')} 的 3′ 端",
        "steps_up": lambda _, claim: f"{claim.track}：在 {claim.told('gene')} 内部升高",
    }
