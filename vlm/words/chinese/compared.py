"""Chinese: lists, and the clauses that compare or tell of biology."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vlm.words import parts as p
from vlm.words.clauses import compared as c
from vlm.words.clauses.clause import AtGenes, Chromatin, Consistency, Consistent, Elements, ReadingEntry
from vlm.words.language import Language, fold, length, levels_of, quantity, ratio_of

SIGNS = {"+": "正链", "-": "负链"}


def listed(items: Sequence[str]) -> str:
    """'a', 'a 和 b', 'a、b 和 c'."""
    return f"{'、'.join(items[:-1])} 和 {items[-1]}" if len(items) > 1 else "".join(items)


NOUNS = {
    "active_promoter": "活跃启动子",
    "bivalent_promoter": "二价启动子",
    "paused_polymerase": "启动子近端聚合酶暂停",
    "transcribed_gene": "转录",
    "divergent_antisense": "上游反义转录",
    "polycomb_domain": "Polycomb 标记的染色质",
    "heterochromatin": "H3K9me3 异染色质",
    "zinc_finger_chromatin": "H3K9me3 与 H3K36me3 并存的染色质（如表达的锌指基因处）",
    "enhancer_like": "增强子样元件",
    "distal_acetylation": "远端 H3K27ac 富集位点",
    "poised_enhancer": "蓄势（poised）增强子模式",
    "h3k27ac_cluster": "H3K27ac 峰簇",
    "bidirectional_enhancer": "被转录的增强子",
    "ctcf_site": "CTCF 结合位点",
    "insulator": "候选绝缘子",
    "boundary_at_ctcf": "位于 CTCF 结合位点的结构域边界",
    "loop_between": "CTCF 锚定的染色质环",
    "promoter_enhancer_loop": "启动子与增强子样元件的互作",
    "promoter_promoter_loop": "启动子之间的互作",
    "open_chromatin": "开放染色质",
}

FAMILIES = {
    "active": "活跃状态",
    "bivalent": "二价状态",
    "polycomb": "Polycomb 抑制状态",
    "heterochromatin": "异染色质",
    "quiescent": "静息状态",
}

UNSHOWN = {
    "transcription": "此处未测量转录本身",
    "alleles": "不能说明两种标记是否位于同一等位基因或同一细胞",
    "target": "其靶基因未知",
    "effect": "尚不能说明其对转录的影响",
    "insulation": "尚不能说明其具有绝缘作用",
}

_MARKS = {"nascent RNA": "新生 RNA"}


class Compared(Language):
    """Chinese clauses on what tracks were made to compare and on biological readings."""

    # --- what the tracks were made to compare

    def stretch(self, over: p.Stretch) -> str:
        return {
            "window": "整个窗口",
            "start": f"{over.gene} 转录起始位点处",
            "body": f"{over.gene} 基因体",
            "exons": f"{over.gene} 外显子",
            "exon": f"{over.gene} 第 {over.exon} 外显子",
            "interval": f" {over.gene} ",
            "upstream": f"{over.gene} 的 5′ 部分（{self.span(over.start, over.end)}）",
            "downstream": f"{over.gene} 的 3′ 部分（{self.span(over.start, over.end)}）",
            "side": f"视点{'左' if over.gene == 'left' else '右'}侧（{self.span(over.start, over.end)}）",
        }.get(over.kind) or f"{self.span(over.start, over.end)} 处"

    def higher_at(self, one: c.HigherAt) -> str:
        where = "、".join(self.each(one.pairs))
        what = "信号" if one.peak else "平均信号"
        what = f"{one.assay} 的{what}" if one.assay else what
        return f"{what}在 {one.high} 中高于 {one.low} 的位置包括{where}"

    def pair(self, one: p.Pair) -> str:
        return f"{self(one.over)}（{' 和 '.join(levels_of(one))}）"

    def profiles_alike(self, one: c.ProfilesAlike) -> str:
        bins = f"r = {one.r:.2f}，{length(one.width)} 分箱"
        return f"{one.first} 与 {one.second} 的{f' {one.assay} ' if one.assay else ''}分布形态相近（{bins}）"

    def absent(self, one: c.Absent) -> str:
        many = "均" if max(len(one.genes), len(one.peaks)) > 1 else ""
        some = [(self(who), quantity(value)) for who, value in one.most if value]
        none = [self(who) for who, value in one.most if not value]
        each = "分别" if len(some) > 1 else ""
        names, values = listed([name for name, _ in some]), listed([value for _, value in some])
        told = [f"{names} 最高{each or many}仅 {values}"] if some else []
        most = "，".join([*told, *([f"{listed(none)} 未见信号"] if none else [])])
        if one.peaks:
            return f"在 {listed([self.at(peak) for peak in one.peaks])} 附近，{most}"
        return f"在 {listed(one.genes)} {'的转录起始位点处' if one.starts else '基因体'}，{most}"

    def not_described(self, one: c.NotDescribed) -> str:
        return f"未描述的轨道：{self(one.who)}"

    def side(self, side: p.Side) -> str:
        spread = f"；n = {side.count}，{quantity(side.least)}–{quantity(side.most)}" if side.count > 1 else ""
        return f"{quantity(side.value)}{f'（{spread[1:]}）' if spread else ''}"

    def differs(self, one: c.Differs) -> str:
        what = "" if one.peak else "平均"
        values = f"分别为 {self(one.high)} 和 {self(one.low)}"
        times = f"{fold(one.fold)} 倍" if one.fold else f"{fold(one.at_least or 0)} 倍以上"
        if one.factor == "control":
            return f"{one.high.name} 在{self(one.over)}的{what}信号为 {one.low.name} 的 {times}（{values}）"
        place = f"{one.assay} 在{self(one.over)}的{what}信号"
        if one.factor == "strand":
            return f"{place}，{SIGNS[one.high.name]}为{SIGNS[one.low.name]}的 {times}（{values}）"
        return f"{place}，{one.high.name} 为 {one.low.name} 的 {times}（{values}）"

    def alike(self, one: c.Alike) -> str:
        what = "" if one.peak else "平均"
        values = f"分别为 {self(one.first)} 和 {self(one.second)}"
        return f"{one.assay} 在{self(one.over)}的{what}信号在 {one.first.name} 与 {one.second.name} 中相近（{values}）"

    def course(self, one: c.Course) -> str:
        names, values = listed([side.name for side in one.sides]), "、".join(self.each(one.sides))
        high = listed(p.with_one_unit(tuple(side.name for side in one.highest)))
        how = {"rises": "依次升高", "falls": "依次降低", "changes": f"在 {high} 最高"}[one.way]
        said = f"{one.assay} 在{self(one.over)}的平均信号{how}（{names} 分别为 {values}）"
        if not one.standing:
            return said
        times = "、".join(fold(value) for value in one.standing)
        way = {"rises": "依次升高，", "falls": "依次降低，"}.get(str(one.standing_way), "")
        return f"{said}；相对窗口均值{way}分别为 {times} 倍"

    def summit_moves(self, one: c.SummitMoves) -> str:
        when = "时" if one.timed else "中"
        first, *rest = [f"在 {listed(p.with_one_unit(place.names))} {when}位于 {self(place)}" for place in one.places]
        return f"{one.assay or '信号'} 的最高处{'，而'.join([first, *rest])}"

    def highest(self, one: c.Highest) -> str:
        at = self.span(one.first, one.last + 1) if one.last > one.first else self.at(one.first)
        return f"{one.gene} 内（{at}）" if one.gene else at

    def balance(self, one: c.Balance) -> str:
        ratios = "，".join(f"在 {name} 为 {ratio_of(ratio)}" for name, ratio in one.ratios)
        return f"{'两者偏向相反：' * one.turns}右侧与左侧之比{ratios}"

    def share(self, one: p.Share) -> str:
        return f"{one.name}（{100 * one.share:.0f}%）"

    def in_states(self, one: c.InStates) -> str:
        """'ChromHMM 中，窗口的 84% 为 ReprPCWk；A 和 B 的转录起始位点附近均为 ReprPCWk 状态'."""
        return f"{self(one.who)} 中，{'；'.join(self._states(*told, one.states, one.families) for told in one.places)}"

    def _states(
        self,
        places: Sequence[p.Stretch],
        shares: Sequence[p.Share],
        states: bool,
        families: Sequence[c.FamilyShare] = (),
    ) -> str:
        if places[0].kind == "window":
            first, *rest = shares
            others = "".join(f"，{100 * one.share:.0f}% 为 {one.name}" for one in rest)
            if families:
                return f"窗口的 {'，'.join(self.each(families))}"
            return f"窗口的 {100 * first.share:.0f}% 为 {first.name}{others}"
        told = listed(self.each(shares)) if places[0].kind == "body" or (not states and len(shares) > 1) else ""
        names = listed([share.name for share in shares])
        every = "均" * (len(places) > 1)
        if told:
            return f"{self._places_of(places)}{every}以 {told}为主"
        return (
            f"{self._places_of(places)}{every}为 {names} 状态"
            if states
            else f"{self._places_of(places)}{every}为 {names}"
        )

    def family_share(self, one: c.FamilyShare) -> str:
        """'94% 为 Polycomb 抑制状态（主要为 ReprPCWk）'."""
        name = f"（主要为 {one.name}）" if one.name else ""
        return f"{100 * one.share:.0f}% 为{FAMILIES[one.family]}{name}"

    def _places_of(self, places: Sequence[p.Stretch]) -> str:
        starts = [str(place.gene) for place in places if place.kind == "start"]
        others = [self._of(place) for place in places if place.kind != "start"]
        return listed([*others, *([f"{listed(starts)} 的转录起始位点附近"] if starts else [])])

    def _of(self, over: p.Stretch) -> str:
        if over.peak_of:
            return f"{self(over.peak_of)} 最高峰处（{self.stretch_at(over.start, over.end)}）"
        return {
            "window": "整个窗口",
            "start": f"{over.gene} 的转录起始位点",
            "body": f"{over.gene} 基因体",
            "exon": f"{over.gene} 第 {over.exon} 外显子",
            "interval": str(over.gene),
            "upstream": f"{over.gene} 的 5′ 部分（{self.span(over.start, over.end)}）",
            "downstream": f"{over.gene} 的 3′ 部分（{self.span(over.start, over.end)}）",
        }.get(over.kind) or self.stretch_at(over.start, over.end)

    def states_differ(self, one: c.StatesDiffer) -> str:
        first, second = (listed(self.each(shares)) for shares in (one.first_shares, one.second_shares))
        row = f"按 {one.row}，" if one.row else ""
        return f"{row}{self._of(one.over)}在 {one.first} 中以 {first}为主，而在 {one.second} 中以 {second}为主"

    # --- biological readings

    def consistent(self, one: Consistent) -> str:
        subject = "以上结果还" if one.again else "以上结果"
        if one.sample is not None and not one.again:
            subject = f"在 {one.sample} 中，{subject}" if one.sample else f"在未注明样本的轨道中，{subject}"
        found = self._items(one.genes or one.chromatin or one.elements)
        if one.genes and one.chromatin:
            if one.link == "within":
                found = f"{NOUNS[one.chromatin[0].kind]}内 {found}"
            else:
                found += f"{'，以及邻近的' if one.link == 'beside' else '，以及'} {self._items(one.chromatin)}"
        if one.elements and (one.genes or one.chromatin):
            found += f"，以及{self._items(one.elements)}"
        limits = "".join(f"；{UNSHOWN[limit]}" for limit in one.unshown)
        limits += f"；{listed(one.unheard)} 的转录信号不明显" if one.unheard else ""
        nested = any(len(items) > 1 and self._nested(items) for items in (one.genes, one.chromatin, one.elements))
        said = f"{subject}与以下情形一致：{found}" if nested else f"{subject}与{found} 一致"
        return f"{said}{limits}"

    def _items(self, items: Sequence[Consistency]) -> str:
        return ("；" if self._nested(items) else "、").join(self.each(items))

    def _nested(self, items: Sequence[Consistency]) -> bool:
        """Whether items hold lists of their own."""
        return any(item.longest > 2 or (isinstance(item, Chromatin) and len(item.spans) > 1) for item in items)

    def at_genes(self, one: AtGenes) -> str:
        read = listed([NOUNS[kind] for kind in one.kinds])
        if one.at:
            return f"{listed(list(dict.fromkeys(map(self.at, one.at))))} 附近的{read}"
        if not one.genes:
            return f"{one.total} 个注释基因的{read}"
        notes = "；".join(self._gene_notes(one))
        noted = f"（{notes}）" if notes else ""
        if one.total > len(one.genes):
            return f"{'、'.join(one.genes)} 等 {one.total} 个基因的{read}{noted}"
        return f"{listed(one.genes)} 的{read}{noted}"

    def _gene_notes(self, one: AtGenes) -> Iterator[str]:
        if one.at_tss:
            far = f"距转录起始位点不超过 {length(one.tss_bp, 3)}" if one.tss_bp else "覆盖转录起始位点"
            yield f"{listed(one.at_tss)} 峰{far}"
        if one.pausing:
            times = listed([fold(ratio) for ratio in one.pausing])
            each = "分别" if len(one.pausing) > 1 else ""
            yield f"转录起始位点 {one.start_bp} bp 以内的信号{each}为基因体的 {times} 倍"
        if one.heard_by:
            yield f"依据 {listed([_MARKS.get(mark, mark) for mark in one.heard_by])}"

    def chromatin(self, one: Chromatin) -> str:
        place = f"（覆盖 {listed(one.over)}）" if one.over else f"（{listed(one.starts)} 处）" if one.starts else ""
        if one.spans:
            place = f"（{'、'.join(self.span(*span) for span in one.spans)}）"
        return f"{NOUNS[one.kind]}{place}"

    def elements(self, one: Elements) -> str:
        noun = NOUNS[one.kind]
        if one.anchors:
            ends = " 至 ".join(self.at(end) for end in one.anchors)
            return f"{ends} 的{noun}{f'（{listed(one.promoters)}）' if one.promoters else ''}"
        if one.at:
            notes = "；".join(self._element_notes(one))
            return f"{listed([self.at(position) for position in one.at])} 附近的{noun}{f'（{notes}）' if notes else ''}"
        count = "多" if one.many else f"{one.total} "
        return f"{count}{'处' if one.kind in ('ctcf_site', 'open_chromatin') else '个'}{noun}"

    def _element_notes(self, one: Elements) -> Iterator[str]:
        if one.nearest is not None:
            yield f"距最近的转录起始位点 {length(one.nearest)}"
        if one.peaks:
            yield f"{length(one.length)} 内有 {one.peaks} 个峰"
        if one.apart is not None:
            yield f"距 CTCF 峰 {length(one.apart)}，分箱 {length(one.bin)}"

    def reading_entry(self, one: ReadingEntry) -> str:
        whose = one.of if isinstance(one.of, str) else self.span(*one.of)
        marks = f"（{'、'.join(_MARKS.get(mark, mark) for mark in one.marks)}）" if one.marks else ""
        return f"{whose}：与{NOUNS[one.kind]}相符{marks}"
