"""Chinese: the language, and its words for what is seen in signals and at genes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from vlm.words import parts as p
from vlm.words.chinese.compared import SIGNS, Compared, listed
from vlm.words.chinese.exons import Exons
from vlm.words.chinese.groups import Groups
from vlm.words.chinese.maps import Maps
from vlm.words.chinese.nascent import Nascent
from vlm.words.chinese.signed import Signed
from vlm.words.chinese.standing import Standing
from vlm.words.clauses import clause as c
from vlm.words.language import Entry, fold, heights_of, length, pair_of, quantity


def spaced(text: str) -> str:
    """One space between Chinese characters and Latin letters or digits, as journals set it, and none elsewhere."""
    text = re.sub(r"([\u4e00-\u9fff])([A-Za-z0-9+(])", r"\1 \2", text)
    text = re.sub(r"([A-Za-z0-9+%)])([\u4e00-\u9fff])", r"\1 \2", text)
    text = re.sub(r" +", " ", text)
    text = re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", text)
    return re.sub(r" ?([，。；：、（）]) ?", r"\1", text)


def _level(claim: c.Statement) -> str:
    told = claim.value if isinstance(claim.value, dict) else {}
    names = {"mean": "均值", "maximum": "最高值"}
    known = ((names.get(str(of), str(of)), level) for of, level in told.items())
    return "，".join(f"{of} {quantity(level) if isinstance(level, int | float) else level}" for of, level in known)


def _ways(way: object) -> str:
    return {"rises": "依次升高", "falls": "依次降低", "changes": "有变化"}.get(str(way), str(way))


LONGEST = ("", "", "两个", "三个")
"""So many of the longest, before they are listed."""

CHARACTERS = 800 / 240
"""Characters that take as long to read as a word of English, names and numbers among them."""


class Chinese(Compared, Exons, Groups, Maps, Nascent, Signed, Standing):
    """Chinese captions."""

    code, name, own, between = "zh", "Chinese (simplified, 简体中文)", "中文", ""

    def size(self, text: str) -> float:
        return len(text) / CHARACTERS

    def tidy(self, text: str) -> str:
        return spaced(text)

    def close(self, text: str) -> str:
        return spaced(f"{text}。")

    # --- who, where, how many

    def strands(self, two: p.Strands) -> str:
        return f"{two.label} 正、负两链"

    def tracks(self, who: p.Tracks) -> str:
        return listed(self.each(who.items))

    def they(self, who: p.They) -> str:
        return "二者" if who.count == 2 else "它们"

    def place(self, place: p.Place) -> str:
        """'JAK2 启动子处（4.985 Mb）'."""
        what, noted = self._spot(place), self._notes(place)
        return f"{what}（{noted}）" if noted else what

    def place_group(self, group: p.PlaceGroup) -> str:
        """'CD274 与 PDCD1LG2 之间（5.494 Mb，27.7；5.500 Mb，24.4）'."""
        if len(group.places) == 1:
            return self.place(group.places[0])
        if group.places[0].spot == "beside_tss":
            return listed([self.place(place) for place in group.places])
        return f"{self._spot(group.places[0])}（{'；'.join(self._notes(place) for place in group.places)}）"

    def _spot(self, place: p.Place) -> str:
        at = "" if place.at is None else self.at(place.at)
        genes, of = listed(place.genes), "的" if len(place.genes) > 1 else ""
        strand = "的反义链上" if place.antisense else "处"
        return {
            "near": f"{at} 附近",
            "between": f"{' 与 '.join(place.genes)} 之间" if place.genes else f"{at} 附近的基因间区",
            "promoter": f"{genes} {of}启动子{strand}",
            "tss": f"{genes} {of}转录起始位点{self._away(place)}{strand}",
            "internal_tss": f"{genes} 内部的转录起始位点{strand}",
            "beside_tss": f"{genes} 转录起始位点{self._away(place)}处",
            "gene": f"{genes} 内{'的反义链上' * place.antisense}",
            "some_tss": "一个注释的转录起始位点处",
            "some_gene": "一个注释基因内",
        }[place.spot]

    def _away(self, place: p.Place) -> str:
        """'下游 113 bp'."""
        if not place.offset:
            return ""
        digits = 3 if abs(place.offset) < 1_000 else 2
        return f"{'下游' if place.offset > 0 else '上游'} {length(abs(place.offset), digits)}"

    def _notes(self, place: p.Place) -> str:
        bare = place.spot == "near" or (place.spot == "between" and not place.genes)
        at = "" if bare or place.at is None else self.at(place.at)
        noted = "，".join(filter(None, (at, listed(heights_of(place)))))
        away = f"转录起始位点{self._away(place)}" if place.offset and place.spot not in ("tss", "beside_tss") else ""
        return "；".join(filter(None, (noted, away)))

    def count(self, count: p.Count) -> str:
        if count.number is None:
            return "多个明显的富集峰" if count.several else "一个明显的富集峰"
        return f"{p.MANY} 个以上的峰" if count.number > p.MANY else f"{count.number} 个明显的富集峰"

    def stranded(self, some: p.Stranded) -> str:
        return f"{'、'.join(some.genes)}{f'（{SIGNS[some.strand]}）' if some.strand in SIGNS else ''}"

    def others(self, others: p.Others) -> str:
        return listed(self.each(others.places))

    def _beside(self, others: p.Others | None) -> str:
        if others is None:
            return ""
        if others.whole:
            more = "另一个" if others.number == 1 else "其余各富集峰"
        else:
            more = "另有一个富集峰" if others.shown == 1 else "另有富集峰"
        return f"；{more}位于 {self(others)}"

    def _among(self, others: p.Others | None) -> str:
        if others is None:
            return ""
        return f"，{'' if others.whole else '其中有峰'}位于 {self(others)}"

    # --- how sentences are put together

    def series(self, series: c.Series) -> str:
        return "；".join(self.each(series.clauses))

    def frame(self, frame: c.Frame) -> str:
        whose = f"{listed(frame.samples)} 的 " if frame.samples else ""
        window = f"{whose}{self.window()}{f'（{frame.assembly}）' if frame.assembly else ''}区域"
        tail = f"，比较 {self(frame.compared)}" if frame.compared else ""
        unit = "数值为文件原始单位，测序深度未知" if frame.unknown else "所列高度为文件原始单位的最高值"
        return f"{window}{self._genes(frame)}{tail}{f'；{unit}' if frame.heights else ''}"

    def _genes(self, frame: c.Frame) -> str:
        if frame.total == 0:
            return "，无注释基因"
        if not frame.genes:
            return "" if frame.total is None else f"，含 {frame.total:,} 个注释基因"
        if frame.inside:
            return f"，位于 {self(frame.genes[0])} 内"
        items = self.each(frame.genes)
        if not frame.others:
            return f"，包含 {listed(items)}"
        total = sum(len(some.genes) for some in frame.genes) + frame.others
        return f"，包含 {'、'.join(items)} 等 {total} 个基因"

    def compared(self, one: p.Compared) -> str:
        return f"{listed(p.with_one_unit(one.names))} 的 {one.assay}"

    # --- peaks

    def single(self, one: c.Single) -> str:
        only, kind = "均仅" if one.who.many else "仅", "尖锐" if one.sharp else "明显"
        low = "，其余区域信号较低" if one.low and not one.above else ""
        above = self(one.above) if one.above else ""
        if one.run:
            over = f"{self.span(*one.run)}（{length(one.run[1] - one.run[0])}）"
            return f"{self(one.who)} 的信号覆盖 {over}，最高处位于 {self(one.place)}{above}{low}"
        return f"{self(one.who)} {only}在 {self(one.place)}形成一个{kind}的富集峰{above}{low}"

    def formed(self, one: c.Formed) -> str:
        groups = p.grouped(one.places)
        flat = [part for group in groups for part in ([group] if group.shared else group.places)]
        where = listed(self.each(flat))
        count = f" {len(one.places)} 个富集峰，{'分别' * (len(one.places) > 1)}位于 {where}"
        return f"{self(one.who)} {'仅' * one.low}有{count}{'，其余位置信号较低' * one.low}"

    def strongest(self, one: c.Strongest) -> str:
        above = self(one.above) if one.above else ""
        return f"{self(one.who)} 的最高峰{'均' * one.who.many}位于 {self(one.place)}{above}{self._beside(one.others)}"

    def peaks(self, one: c.Peaks) -> str:
        count = f"{one.count.number} 个均位于 {one.home} 内的峰" if one.home else self(one.count)
        shows = f"除 {count}外信号较低" if one.low else f"有 {count}"
        return f"{self(one.who)} {shows}，最高峰位于 {self(one.place)}{self._beside(one.others)}"

    def scattered(self, one: c.Scattered) -> str:
        return f"{self(one.who)} 有 {self(one.count)}{self._among(one.others)}"

    def also_peak(self, one: c.AlsoPeak) -> str:
        return f"{self(one.who)} 在 {listed(self.each(one.places))}也有峰"

    def further(self, one: c.Further) -> str:
        many = "10 个以上峰" if one.number > p.MANY else f"{one.number} 个富集峰"
        return f"{self(one.who)} 另有 {many}{self._among(one.others)}"

    def no_other(self, one: c.NoOther) -> str:
        return f"{self(one.who)} 无其他明显的富集峰"

    # --- along genes, over domains, against each other

    def follow_exons(self, one: c.FollowExons) -> str:
        tail = "，其余区域信号较低" if one.low else ""
        if one.peak:
            tail = f"，{'最高峰位于' if one.strongest else '另有富集峰位于'} {self(one.peak)}"
        return f"{self(one.who)} {'均' * one.who.many}沿 {listed(one.genes)} 的外显子分布{self._means(one)}{tail}"

    def _means(self, one: c.FollowExons) -> str:
        return "（外显子均值 {}，内含子均值 {}）".format(*pair_of(*one.means)) if one.means else ""

    def runs(self, one: c.Runs) -> str:
        along = (f"在{SIGNS.get(some.strand, '')}上沿 {listed(some.genes)} 分布" for some in one.along)
        return f"{one.label} 信号{'，'.join(along)}"

    def raised(self, one: c.Raised) -> str:
        """'H3K27me3 在 5.508–5.540 Mb 形成约 32 kb 的宽阔富集区（位于 G 内）'，'H3K4me3 富集于 G 启动子处（...）'."""
        tail = "，其余区域信号较低" if one.low else ""
        if one.held:
            tail = f"；{self(one.held)}"
        elif one.peak:
            tail = f"；此外{'最明显的' if one.highest else '有一个'}{'富集' * (not one.early)}峰位于 {self(one.peak)}"
        every = "均" * one.who.many
        if one.total > 1:
            return f"{self(one.who)} {every}{self._several(one)}{tail}"
        first = one.extents[0]
        edges = {"both": "达窗口两端", "left": "达窗口左端", "right": "达窗口右端"}
        edge = "，".join(filter(None, (edges[first.edge] if first.edge else "", "数据止于此" * first.cut)))
        if first.promoters:
            at = "，".join(filter(None, (self.span(first.start, first.end), edge)))
            return f"{self(one.who)} {every}富集于 {listed(first.promoters)} 启动子处（{at}）{tail}"
        size = f"{'至少' if first.edge or first.cut else '约'} {length(first.end - first.start, 3)}"
        noted = "，".join(filter(None, ("" if first.broad or one.early else size, edge, self._covered(first))))
        shape = f"形成{size} 的宽阔富集区" if first.broad else "富集"
        if one.early:
            shape = f"存在{size} 的连续高信号（早复制）区"
        over = f"在 {self.span(first.start, first.end)} {every}{shape}"
        return f"{self(one.who)} {over}{f'（{noted}）' if noted else ''}{tail}"

    def _several(self, one: c.Raised) -> str:
        items = self.each(one.extents)
        several, extents = one.total > len(items), listed(items)
        count = "多个" if several else f" {one.total} 个"
        longest = f"，其中最长的{LONGEST[len(items)]}为 {extents}" if several else f"：{extents}"
        if one.early:
            return f"存在{count}连续的高信号（早复制）区{longest}"
        broad = any(extent.broad for extent in one.extents)
        return f"{'形成' if broad else '富集于'}{count}{'宽阔富集区' if broad else '区段'}{longest}"

    def extent(self, one: p.Extent) -> str:
        covered = self._covered(one)
        return f"{self.span(one.start, one.end)}{f'（{covered}）' if covered else ''}"

    def _covered(self, one: p.Extent) -> str:
        if one.promoters:
            return f"位于 {listed(one.promoters)} 启动子处"
        if one.covers:
            return f"覆盖 {listed(one.covers)}{' 等' * one.more}"
        return f"位于 {one.within} 内" if one.within else ""

    def lone(self, one: c.Lone) -> str:
        near = listed([self.at(position) for position in one.at])
        return f"{self(one.who)} 在 {near} 附近有峰，而 {self(one.other)} 无峰"

    def higher(self, one: c.Higher) -> str:
        what = f" {one.gene} 基因体信号" if one.gene else "平均信号"
        if one.at is not None:
            what = f" {self.at(one.at)} 附近的信号"
        than = f"高于 {self(one.other)}" if one.fold is None else f"为 {self(one.other)} 的 {fold(one.fold)} 倍"
        return f"在同一尺度上，{self(one.who)} 的{what}{than}"

    # --- tracks with nothing to point at

    def quiet(self, one: c.Quiet) -> str:
        how = {
            "low_in_file": "在此几乎无信号",
            "no_peak": "无明显的富集峰",
            "noisy": "信号在整个窗口内起伏，无突出的峰",
            "flat": "无突出的信号",
            "no_data": "在此窗口内无数据",
        }[one.how]
        many = "分别" * (len(one.most) > 1)
        reach = f"，而整个文件最高{many}可达 {listed([quantity(value) for value in one.reach])}" if one.reach else ""
        most = f"（最高{many}为 {listed([quantity(value) for value in one.most])}{reach}）"
        return f"{self(one.who)} {how}{most if one.most else ''}"

    def control(self, one: c.Control) -> str:
        if not one.most:
            return f"对照 {self(one.who)} 的起伏不代表富集"
        most = listed([quantity(value) for value in one.most])
        return f"对照 {self(one.who)} 最高{'分别' * (len(one.most) > 1)}为 {most}"

    # --- entries of a table, and notes

    def unchecked(self, one: c.Unchecked) -> str:
        return "未核对：该图片没有数据"

    def statement(self, claim: c.Statement) -> str:
        return self.worded(claim) or f"{claim.kind}（{listed(claim.labels)}）"

    def _number(self, claim: c.Statement, noun: str) -> str:
        return f"{claim.track}：{'至少 ' if claim.at_least else ''}{claim.number} 个{noun}"

    def _flat(self, claim: c.Statement) -> str:
        return f"{claim.track}：{'峰和宽阔的富集区以外信号较低' if claim.value == 'elsewhere' else '信号平坦'}"

    def _gene(self, claim: c.Statement) -> str:
        sign = SIGNS.get(str(claim.told("strand")))
        return f"基因 {claim.name}{f'，{sign}' if sign else ''}，位于 {self.span(claim.start, claim.end)}"

    def _higher_in(self, claim: c.Statement) -> str:
        where, times = "整个窗口内" if claim.whole else f"{self.at(claim.middle)} 附近", claim.told("fold")
        than = f"信号高于 {claim.other}" if times is None else f"信号为 {claim.other} 的 {times} 倍"
        return f"{claim.track}：{where}{than}"

    def _interval_at(self, claim: c.Statement) -> str:
        name = f" ({claim.value})" if claim.value else ""
        return f"{claim.track}：{self.span(claim.start, claim.end)} 处有区间{name}"

    statements: ClassVar[Mapping[str, Entry]] = {
        **Maps.statements,
        **Signed.statements,
        "no_data": "{track}：无数据",
        "flat": _flat,
        "noisy": "{track}：整体起伏，无突出的峰",
        "peak": "{track}：{near} 附近有峰",
        "strongest_peak": "{track}：最高峰位于 {near} 附近",
        "peak_count": lambda zh, claim: zh._number(claim, "明显的富集峰"),
        "broad_domain": "{track}：宽阔的富集区 {span}",
        "coincide": lambda zh, claim: f"{listed(claim.labels)} 的峰在 {zh.at(claim.middle)} 附近重合",
        "gene": _gene,
        "gene_count": "窗口内有 {value} 个基因",
        "peak_at_tss": "{track}：{value} 的转录起始位点处有峰",
        "peak_in_gene": "{track}：{value} 内有峰",
        "only_in": "{track}：{near} 附近有峰，{other} 无",
        "higher_in": _higher_in,
        "intergenic_peak": "{track}：{near} 附近有基因间区的峰",
        "covers_gene": "{track}：宽阔的富集区覆盖 {value}",
        "follows_exons": "{track}：沿 {value} 的外显子分布",
        "on_strand": "{track}：信号位于 {value} 所在链",
        "interval_count": lambda zh, claim: zh._number(claim, "区间"),
        "interval_at": _interval_at,
        "link": lambda zh, claim: f"{claim.track}：{' 与 '.join(zh.at(end) for end in claim.ends)} 相连",
        "domain_boundary": "{track}：{near} 附近有结构域边界",
        "value": lambda zh, claim: f"{claim.track}：{_level(claim)}",
        "level_differs": "{track}：{span} 处高于 {other}",
        "level_alike": "{track}：{span} 处与 {other} 相近",
        "trend": lambda zh, claim: (
            f"{claim.track} 至 {claim.other}：{zh.span(claim.start, claim.end)} 处{_ways(claim.value)}"
        ),
        "state_at": "{track}：{span} 为 {value}",
        "state_differs": "{track} 与 {other}：{span} 处状态不同",
        "summit_moves": "{track} 与 {other} 的最高处不同：{span}",
        "contact_side": "{track}：{span} 处的互作高于 {other}",
        "profiles_alike": "{track} 与 {other} 的分布形态相近",
        "anchor_at_peak": lambda zh, claim: (
            f"{claim.track}：{listed([zh.at(end) for end in claim.ends])} 处的锚点均有 {claim.other} 富集峰"
        ),
        "encloses": lambda zh, claim: (
            f"{claim.track}：{listed(list(claim.told('genes') or ()))} 位于一条连接的两个锚点之间"
        ),
        "link_count": lambda zh, claim: (
            f"{claim.track}：窗口内 {claim.told('inside')} 条连接，延伸至窗口外 {claim.told('leave')} 条"
        ),
    }
