"""Chinese: groups of samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from vlm.words import parts as p
from vlm.words.clauses import groups as g
from vlm.words.clauses.clause import Statement
from vlm.words.language import Entry, Language, quantity


def _reproducible(language: Language, claim: Statement) -> str:
    span = language.span(claim.start, claim.end)
    if claim.value == "agree":
        return f"重复一致：{claim.track} 与 {claim.other}，{span}"
    return f"{claim.track} 与其他重复不一致：{span}"


class Groups(Language):
    """Chinese clauses on groups of samples."""

    statements: ClassVar[Mapping[str, Entry]] = {
        "reproducible": _reproducible,
        "only_in_group": "仅见于 {track} 一组、{other} 一组均无的峰：{near}",
    }

    def together(self, some: p.Together) -> str:
        """All replicates of one condition."""
        return f"{some.label} 各重复"

    def agree(self, one: g.Agree) -> str:
        sides = "；".join(self._replicates(side) for side in one.sides)
        return f"{one.assay} 的各重复在整个窗口内一致（均值：{sides}）"

    def _replicates(self, side: p.Side) -> str:
        name = f"{side.name} 为 " if side.name else ""
        return f"{name}{quantity(side.value)}，n = {side.count}，{quantity(side.least)}–{quantity(side.most)}"

    def out_of_line(self, one: g.OutOfLine) -> str:
        of = f"{one.name} 的" if one.name else ""
        value, least, most = (quantity(level) for level in (one.value, one.least, one.most))
        if one.count == 2:
            return f"在{self(one.over)}，{of}两个重复不一致（{self(one.who)} 为 {value}，另一个为 {least}）"
        others = f"{of}其余 {one.count - 1} 个重复（{least}–{most}）"
        return f"在{self(one.over)}，{self(one.who)}（{value}）与{others}不一致"

    def only_in_group(self, one: g.OnlyInGroup) -> str:
        noun = "样本" if one.sample else "重复"
        first, second = self._side(one.first, noun), self._side(one.second, noun)
        most = f"{'最高' if one.second.count > 1 else ''}仅 {quantity(one.second.most or one.second.value)}"
        height = (
            quantity(one.first.value)
            if one.first.count == 1
            else f"{quantity(one.first.least)}–{quantity(one.first.most)}"
        )
        none = "均无" if one.second.count > 1 else "无"
        return f"{one.assay} 在{self(one.over)}的峰见于 {first}（{height}），{second}{none}（{most}）"

    def _side(self, side: p.Side, noun: str) -> str:
        return f"{side.name} 的全部 {side.count} 个{noun}" if side.count > 1 else side.name
