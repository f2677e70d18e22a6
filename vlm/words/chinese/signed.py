"""Chinese: the clauses on signals that lie on both sides of 0, and on dips."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from vlm.words.chinese.compared import listed
from vlm.words.clauses import signed as c
from vlm.words.language import Entry, Language, below_zero


class Signed(Language):
    """Chinese clauses on the sides of 0, and on dips."""

    def both_sides(self, one: c.BothSides) -> str:
        return f"{self(one.who)} {'，'.join(self.each(one.sides))}"

    def one_side(self, one: c.OneSide) -> str:
        spans = "、".join(self.span(*span) for span in one.spans)
        over = f" {one.total} 个区段（最长者为 {spans}）" if one.total > len(one.spans) else f" {spans} "
        ends = [below_zero(value) for value in (min(one.means), max(one.means))]
        means = f"均值 {ends[0]}" if ends[0] == ends[1] else f"均值 {ends[0]} 至 {ends[1]}"
        return f"在{over}{'高于' if one.above else '低于'} 0（{means}）"

    def troughs(self, one: c.Troughs) -> str:
        mean = "" if one.mean is None else f"，窗口均值 {below_zero(one.mean)}"
        last = len(one.at) - 1
        places = listed(
            [f"{self.at(at)}（{below_zero(low)}{mean * (n == last)}）" for n, (at, low) in enumerate(one.at)]
        )
        rising = f"，该处 {self(one.rising)} 有富集峰" if one.rising else ""
        who = "" if one.again else f"{self(one.who)} "
        return f"{who}在 {places} 处局部降低{rising}"

    statements: ClassVar[Mapping[str, Entry]] = {
        "positive_over": "{track}：{span} 高于 0",
        "negative_over": "{track}：{span} 低于 0",
        "trough": "{track}：{span} 局部降低",
    }
