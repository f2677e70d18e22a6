"""Chinese: the clauses on rows that are no filled signal: links, contact maps, boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from vlm.words import parts as p
from vlm.words.chinese.compared import FAMILIES, listed
from vlm.words.clauses import maps as c
from vlm.words.clauses.clause import Statement
from vlm.words.language import Entry, Language, fold, length, quantity

LINKS = {"loop": ("个", "环"), "link": ("条", "互作")}
"""The measure word and the noun of a row of links."""

SIDES = {"left": "左侧", "right": "右侧"}


def _median(claim: Statement) -> str:
    said = claim.told("median")
    return f"中位长度 {length(int(said))}" if isinstance(said, int | float) else "长度"


class Maps(Language):
    """Chinese clauses on links, contact maps and boxes."""

    # --- links

    def links(self, row: p.Links) -> str:
        """'HiCCUPS 环', 'RAD21 ChIA-PET 互作'."""
        return f"{row.name} {LINKS[row.noun][1]}".strip()

    def _some(self, count: int | str, row: p.Links) -> str:
        """'3 个 HiCCUPS 环', '一条 RAD21 ChIA-PET 互作'."""
        return f"{count}{' ' * isinstance(count, int)}{LINKS[row.noun][0]} {self(row)}"

    def linked(self, one: c.Linked) -> str:
        pairs = [" 与 ".join(self.at(end) for end in pair) for pair in one.pairs]
        if one.total > len(pairs):
            return f"{self(one.who)}连接 {one.total} 对位点，最远者为 {pairs[0]}"
        return f"{self._some('一' if one.number == 1 else one.number, one.who)}连接 {'，以及 '.join(pairs)}"

    def anchored(self, one: c.Anchored) -> str:
        first, *more = (self._some("一" if count == 1 else count, row) for row, count in one.who)
        links = listed([f"{first}（{self._feet(one.anchors)}）", *more])
        peaks = "；".join(self._told(peak) for peak in one.peaks)
        high = "最高的两个富集峰" if one.strongest else "两个富集峰"
        where = f"距{links}的两端锚点均在 {length(one.reach, 3)} 以内" if one.reach else f"位于{links}的两端锚点处"
        genes = f"；{listed(one.genes)} 位于两个锚点之间" if one.genes else ""
        return f"{self(one.signal)} {high}（{peaks}）{where}{genes}"

    def _told(self, peak: p.Place) -> str:
        height = "".join(f"，{quantity(height)}" for height in peak.heights)
        return f"{self.at(peak.at or 0)}{height}"

    def _feet(self, anchors: c.Anchors) -> str:
        first, second = (self.span(*foot) for foot in anchors)
        *_, unit = second.rpartition(" ")
        return f"{first.removesuffix(f' {unit}')} 至 {second}"

    def same_stretch(self, one: c.SameStretch) -> str:
        return f"{self(one.who)} 标出的区段与之首尾一致"

    def lone_anchor(self, one: c.LoneAnchor) -> str:
        near = ""
        if one.tss:
            near = (
                f"，距 {one.tss} 转录起始位点 {length(one.tss_bp, 3)}"
                if one.tss_bp
                else f"，位于 {one.tss} 转录起始位点"
            )
        which = f"{'另' * one.again}一{LINKS[one.who.noun][0]} {self(one.who)}"
        return (
            f"{which}起自 {self.at(one.peak.at or 0)} 的富集峰，止于 {self.span(*one.bare)}{near}，"
            f"该处 {self(one.signal)} 最高仅 {quantity(one.most)}"
        )

    def hub(self, one: c.Hub) -> str:
        inside = "均" if one.inside == one.number else f"其中 {one.inside} {LINKS[one.who.noun][0]}"
        genes = f"，包括来自 {listed(one.genes)} 的{LINKS[one.who.noun][1]}" if one.genes else ""
        peak = ""
        if one.peak and one.signal:
            away = f"相距 {length(one.reach, 3)} 处" if one.reach else "该处"
            peak = f"（{away}有 {self(one.signal)} 富集峰：{self._told(one.peak)}）"
        return f"{self._some(one.number, one.who)}汇聚于 {self.at(one.at)}{peak}，{inside}完全位于窗口内{genes}"

    def encloses(self, one: c.Encloses) -> str:
        which = f"{self._some('一', one.who)}（{self._feet(one.anchors)}）"
        return f"{listed(one.genes)} 位于{which}的两个锚点之间"

    def leaving(self, one: c.Leaving) -> str:
        said = "，".join(self._leave(*row) for row in one.rows)
        return f"{said}{'，窗口内无完整的连接' * one.all}"

    def _leave(self, row: p.Links, leave: int, inside: int) -> str:
        if inside:
            return f"{self._some(leave + inside, row)}中有 {leave} {LINKS[row.noun][0]}延伸至窗口外"
        return f"{self._some(leave, row) if leave > 1 else f'唯一的 {self(row)}'}{'均' * (leave > 1)}延伸至窗口外"

    def states_change(self, one: c.StatesChange) -> str:
        at = f" {self.span(*one.span)} 两端" if one.span else "上述锚点处"
        return f"染色质状态在{at}发生转变：{self(one.who)} 中，{'；'.join(self.each(one.families))}"

    def family_shares(self, one: c.FamilyShares) -> str:
        sides = "、".join(SIDES[side] for side, _ in one.outside)
        shares = " 和 ".join(f"{100 * share:.0f}%" for _, share in one.outside)
        each = "分别" if len(one.outside) > 1 else ""
        return f"{FAMILIES[one.family]}在其间占 {100 * one.inside:.0f}%，在{sides}{each}占 {shares}"

    # --- contact maps

    def boundaries(self, one: c.Boundaries) -> str:
        near = listed([self.at(position) for position in one.at])
        if one.total > len(one.at):
            said = f"{self(one.who)} 有 {one.total} 个结构域边界，最强者位于 {near} 附近"
        else:
            said = f"{self(one.who)} 在 {near} 附近有结构域边界"
        if not one.across:
            return said
        across, beside = self._range(one.across), self._range(one.beside)
        return f"{said}，跨边界的互作（每对分箱 {across}）低于邻近同距离的互作（{beside}）"

    def _range(self, values: tuple[float, ...]) -> str:
        return "–".join(dict.fromkeys(quantity(value) for value in (min(values), max(values))))

    def minima(self, one: c.Minima) -> str:
        places = listed([f"{self.at(at)}（{quantity(score)}）" for at, score in one.at])
        many = f"有 {one.total} 个极小值，最低者位于" if one.total > len(one.at) else "的极小值位于"
        said = f"{self(one.who)} {many} {places} 附近，提示结构域边界"
        if one.lowest is None:
            return said
        return f"{said}；{self.at(one.lowest)} 附近在全部 {one.sizes} 列中均为最低"

    def edges_at(self, one: c.EdgesAt) -> str:
        name = f"{one.name} 区段" if one.name else "区段"
        return f"{self(one.who)} 的 {name}（{self.span(*one.span)}）两端{self._sites(one)}"

    def boundaries_at(self, one: c.BoundariesAt) -> str:
        some = "这些边界" if one.number == one.total else f"其中 {one.number} 个边界"
        return f"{some}{self._sites(one)}"

    def _sites(self, one: c.EdgesAt | c.BoundariesAt) -> str:
        near = f" {length(one.reach, 3)} 以内" if one.reach else "处"
        return f"{near}均有 {self(one.sites)} 区间"

    def boundary_differs(self, one: c.BoundaryDiffers) -> str:
        places = listed([self.at(at) for at, _, _ in one.at])
        firsts, seconds = ("、".join(f"1/{fold(pair[way])}" for pair in one.at) for way in (1, 2))
        each = "分别" if len(one.at) > 1 else ""
        return (
            f"{places} 附近的结构域边界见于 {self(one.who)}（跨边界的互作{each}为邻近的 {firsts}），"
            f"在 {self(one.other)} 中未见（{each}为 {seconds}）"
        )

    def dots(self, one: c.Dots) -> str:
        if not one.pairs:
            return f"在 {length(one.bin)} 分辨率下未见突出的角点信号"
        joined = [f"{self.at(a)} 与 {self.at(b)}（为周围的 {fold(times)} 倍）" for a, b, times in one.pairs]
        links = f"，与{listed([self._some('一', row) for row in one.links])}一致" if one.links else ""
        return f"{'、'.join(joined)} 之间有角点信号{links}"

    # --- boxes

    def marked(self, one: c.Marked) -> str:
        return f"{self(one.who)} 标出 {listed([self.span(*span) for span in one.spans])}"

    def whole_window(self, one: c.WholeWindow) -> str:
        if one.outer:
            return f"整个窗口位于 {self(one.who)} 的同一区间内（{self.span(*one.outer)}）"
        return f"{self(one.who)} 覆盖整个窗口"

    def hold_peaks(self, one: c.HoldPeaks) -> str:
        held = [
            f"{self(who)} 的 {peaks} 个富集峰{'均' if inside == peaks else f'中有 {inside} 个'}"
            for who, inside, peaks in one.signals
        ]
        return f"{listed(held)}位于 {self(one.who)} 的区间内"

    def no_links(self, one: c.NoLinks) -> str:
        return f"{self(one.who)} 在此窗口内无连接"

    def intervals(self, one: c.Intervals) -> str:
        some, none = ([row for row in one.rows if bool(row.count) == held] for held in (True, False))
        told = [self._counts(some)] if some else []
        told += [f"窗口内无 {'、'.join(self(row.who) for row in none)} 区间"] if none else []
        return "；".join(told)

    def _counts(self, rows: Sequence[c.IntervalRow]) -> str:
        """'X 标出 8 个区间', 'X、Y 和 Z 分别标出 5、21 和 13 个区间'; of domains each with its lengths."""
        if len(rows) == 1 or any(row.median for row in rows):
            return "，".join(self.each(rows))
        counts = [str(row.count) for row in rows]
        told = f"均标出 {counts[0]}" if len({*counts}) == 1 else f"分别标出 {listed(counts)}"
        return f"{listed([self(row.who) for row in rows])} {told} 个区间"

    def interval_row(self, one: c.IntervalRow) -> str:
        longest = f"，最长的为 {self.span(*one.longest)}" if one.longest else ""
        lengths = f"（中位长度 {length(one.median, 3)}{longest}）" if one.median else ""
        return f"{self(one.who)} 标出 {one.count} 个区间{lengths}"

    statements: ClassVar[Mapping[str, Entry]] = {
        "lone_anchor": lambda zh, claim: (
            f"{claim.track}：连接 {listed([zh.at(end) for end in claim.ends])}，仅一端位于 {claim.other} 的峰处"
        ),
        "link_hub": lambda zh, claim: f"{claim.track}：{claim.value} 条连接止于 {zh.at(claim.middle)} 附近",
        "interval_length": lambda zh, claim: f"{claim.track}：{_median(claim)}",
        "peak_in_interval": "{track}：{other} 的 {value} 个峰位于其区间内",
        "corner_dot": lambda zh, claim: (
            f"{claim.track}：无角点信号"
            if claim.value is None
            else f"{claim.track}：{listed([zh.at(end) for end in claim.ends])} 之间有角点信号"
        ),
        "edges_at": "{track}：{span} 两端均有 {other} 的区间",
        "boundaries_at": "{track}：{value} 个边界处有 {other} 的区间",
        "boundary_differs": "{track}：{near} 附近有 {other} 所无的结构域边界",
        "states_change": lambda zh, claim: (
            f"{claim.track}：{FAMILIES.get(claim.told('family'), '状态')}在环 {zh.span(claim.start, claim.end)} "
            f"{'内' if claim.told('side') == 'inside' else '外'}较多"
        ),
    }
