"""Chinese: the clauses on rows that are no filled signal: links, contact maps, boxes."""

from __future__ import annotations

from vlm.words import parts as p
from vlm.words.chinese.compared import listed
from vlm.words.clauses import maps as c
from vlm.words.language import Language, length, quantity


class Maps(Language):
    """Chinese clauses on links, contact maps and boxes."""

    def linked(self, one: c.Linked) -> str:
        pairs = [" 与 ".join(self.at(end) for end in pair) for pair in one.pairs]
        if one.total > len(pairs):
            return f"{self(one.who)} 连接 {one.total} 对位点，最远者为 {pairs[0]}"
        return f"{self(one.who)} 中 {'、'.join(pairs)} 相连"

    def anchored(self, one: c.Anchored) -> str:
        left, right = (self._bracket(peak) for peak in one.peaks)
        within = f" {length(one.reach)} 以内" if one.reach else "处"
        high = "，为窗口内最高的两个" if one.strongest else ""
        genes = f"；两锚点之间包括 {listed(one.genes)}" if one.genes else ""
        return (
            f"{self(one.who)} 的一条连接（{self._feet(one.anchors)}）两端锚点{within}均有 {self(one.signal)} 富集峰"
            f"（左 {left}；右 {right}）{high}{genes}"
        )

    def _bracket(self, peak: p.Place) -> str:
        height = "".join(f"，{quantity(height)}" for height in peak.heights)
        return f"{self.at(peak.at or 0)}{height}"

    def _feet(self, anchors: tuple[tuple[int, int], tuple[int, int]]) -> str:
        return " 至 ".join(self.span(*foot) for foot in anchors)

    def encloses(self, one: c.Encloses) -> str:
        return f"{self(one.who)} 的一条连接（{self._feet(one.anchors)}）之间包括 {listed(one.genes)}"

    def leaving(self, one: c.Leaving) -> str:
        which = (
            f"{one.number + one.inside} 条连接中有 {one.number} 条"
            if one.inside
            else f" {one.number} 条连接{'均' * (one.number > 1)}"
        )
        return f"{self(one.who)} 的{which}延伸至窗口外"

    def boundaries(self, one: c.Boundaries) -> str:
        near = listed([self.at(position) for position in one.at])
        if one.total > len(one.at):
            return f"{self(one.who)} 有 {one.total} 个结构域边界，最强者位于 {near} 附近"
        return f"{self(one.who)} 在 {near} 附近有结构域边界"

    def marked(self, one: c.Marked) -> str:
        return f"{self(one.who)} 标出 {listed([self.span(*span) for span in one.spans])}"

    def whole_window(self, one: c.WholeWindow) -> str:
        return f"{self(one.who)} 覆盖整个窗口"

    def intervals(self, one: c.Intervals) -> str:
        return f"标出的区间：{'、'.join(f'{self(who)} {count} 个' for count, who in one.rows)}"
