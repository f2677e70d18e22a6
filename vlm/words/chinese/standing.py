"""Chinese: how signals stand over the rest of the window, in classes of rows; and rows over one another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from vlm.words import parts as p
from vlm.words.chinese.compared import listed
from vlm.words.clauses import standing as c
from vlm.words.language import Entry, Language, fold, pair_of


class Standing(Language):
    """Chinese clauses on how signals and rows stand among what else there is."""

    def above(self, one: p.Above) -> str:
        return "，窗口内其余位置几乎无信号" if one.fold is None else f"，为其余位置最高值的 {fold(one.fold)} 倍"

    def held(self, one: p.Held) -> str:
        where = f"位于 {one.gene} 基因体" if one.gene else "位于此处"
        times = f"，均值为窗口其余部分的 {fold(one.fold)} 倍" if one.fold else ""
        return f"{100 * one.share:.0f}% 的信号{where}{times}"

    def highest_base(self, one: c.HighestBase) -> str:
        groups = p.grouped(one.places)
        flat = [part for group in groups for part in ([group] if group.shared else group.places)]
        places = listed(self.each(flat))
        if len(one.places) > 1:
            return f"{self(one.who)} 最高的两个峰{'均' if len(flat) == 1 else '分别'}位于 {places}"
        return f"{self(one.who)} 的最高单碱基值位于 {places}"

    def class_levels(self, one: c.ClassLevels) -> str:
        return f"按 {self(one.row)} 划分，{'；'.join(self.each(one.pairs))}"

    def class_pair(self, one: c.ClassPair) -> str:
        high, low = pair_of(*one.means)
        times = f"{fold(one.fold)} 倍" if one.fold else "90 倍以上"
        return f"{self(one.who)} 的均值，{one.high} 区段为 {one.low} 区段的 {times}（分别为 {high} 和 {low}）"

    def no_data_over(self, one: c.NoDataOver) -> str:
        return f"{self(one.who)} 在 {'、'.join(self.span(*span) for span in one.spans)} 无数据"

    def overlapping(self, one: c.Overlapping) -> str:
        return f"{'、'.join(self._of_row(*row) for row in one.rows)}与 {self(one.other)} 重叠"

    def _of_row(self, who: p.Tracks, count: int, total: int) -> str:
        return (
            f"{self(who)} 的全部 {total} 个区间" if count == total else f"{self(who)} 的 {total} 个区间中有 {count} 个"
        )

    statements: ClassVar[Mapping[str, Entry]] = {
        "stands_above": "{track}：{near} 附近的信号远高于其余位置",
        "holds_share": "{track}：大部分信号位于 {span}",
        "low_in_file": "{track}：与其整个文件相比几乎无信号",
        "no_data_over": "{track}：{span} 无数据",
        "class_level": lambda _, claim: (
            f"{claim.track}：在 {claim.other} 的 {claim.told('high')} 中高于 {claim.told('low')} 中"
        ),
        "overlap_count": lambda _, claim: f"{claim.track}：{claim.told('count')} 个区间与 {claim.other} 重叠",
    }
