"""Chinese: exons of genes, and splice junctions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from vlm.words.chinese.compared import listed
from vlm.words.clauses import exons as c
from vlm.words.language import Entry, Language, fold, length, pair_of, quantity


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%" if share >= 0.01 or not share else "不足 1%"


class Exons(Language):
    """Chinese clauses on spliced transcripts."""

    def exon_means(self, one: c.ExonMeans) -> str:
        high = "、".join(self.each(one.high))
        low = f"{listed(one.low)} {'均' * (len(one.low) > 1)}不超过 {quantity(one.most)}" if one.low else ""
        if one.blocks:
            return f"{self(one.who)} 的数值：{'，'.join(filter(None, (high, low)))}"
        held = ""
        if one.held:
            share, *span = one.held
            held = f"；但窗口内 {_percent(share)} 的信号位于 {self.span(*span)}"
        return f"{self(one.who)} 的外显子均值：{'，'.join(filter(None, (high, low)))}{held}"

    def of_gene(self, one: c.OfGene) -> str:
        introns = f"（内含子 {quantity(one.introns)}）" if one.introns is not None else ""
        return f"{one.gene} 为 {quantity(one.mean)}{introns}"

    def skipped(self, one: c.Skipped) -> str:
        first, many = one.exons[0], len(one.exons) > 1
        which = "、".join(str(exon.exon) for exon in one.exons)
        at = "" if many else f"（{self.at((first.start + first.end) / 2)}）"
        share = f"{'均不超过' if many else '仅为'}该基因外显子中位数的 {_percent(one.usage)}"
        skipped = f"提示{'这些' if many else '该'}外显子被跳过"
        return f"{self(one.who)} 中，{one.gene} 第 {which} 外显子{at}的覆盖度{share}，{skipped}"

    def novel(self, one: c.Novel) -> str:
        at = self.at((one.start + one.end) / 2)
        return (
            f"{self(one.who)} 在 {one.gene} 的内含子中另有一段 {length(one.end - one.start, 3)} 的覆盖"
            f"（{at}，均值 {quantity(one.mean)}），此处无注释外显子"
        )

    def exon_usage(self, one: c.ExonUsage) -> str:
        times = f"（前者为后者的 {fold(one.fold)} 倍）" if one.fold else ""
        high, low = (f"{side.name} {'时' if one.timed else '中'}" for side in (one.high, one.low))
        skipping = f"，提示 {low}该外显子被跳过" if one.inner and one.low.value < 0.5 else ""
        at = self.at((one.exon.start + one.exon.end) / 2)
        return (
            f"{one.assay} 中，{one.exon.gene} 第 {one.exon.exon} 外显子（{at}）的覆盖度在 {high}"
            f"为该基因外显子中位数的 {_percent(one.high.value)}，在 {low}为 {_percent(one.low.value)}"
            f"{times}{skipping}"
        )

    def junctions(self, one: c.Junctions) -> str:
        first, *rest = one.pairs
        reads = f"第 {first.exons[0]}、{first.exons[1]} 外显子的剪接读段为 {quantity(first.count)} 条"
        lead = f"连接 {one.gene} {reads}{self._over(first)}"
        return f"{self(one.who)} 中，{'；'.join([lead, *self.each(rest)])}"

    def junction_reads(self, one: c.JunctionReads) -> str:
        pair = f"第 {one.exons[0]}、{one.exons[1]} 外显子"
        return f"连接{pair}的为 {quantity(one.count)} 条{self._over(one)}"

    def _over(self, one: c.JunctionReads | c.JunctionDiffers) -> str:
        if one.between is None:
            return ""
        first, last = one.between
        return f"（跳过第 {first} 外显子）" if first == last else f"（跳过第 {first}–{last} 外显子）"

    def junction_differs(self, one: c.JunctionDiffers) -> str:
        who, other = (self(row) for row in one.rows)
        counts = pair_of(*one.counts)
        reads = f"连接 {one.gene} 第 {one.exons[0]}、{one.exons[1]} 外显子{self._over(one)}的剪接读段"
        first = f"{reads}在 {who} 中为 {counts[0]} 条（占该基因剪接读段的 {_percent(one.shares[0])}）"
        if not one.counts[1]:
            return f"{first}，在 {other} 中未检出"
        return f"{first}，在 {other} 中为 {counts[1]} 条（{_percent(one.shares[1])}）"

    statements: ClassVar[Mapping[str, Entry]] = {
        "exonic_mean": lambda _, claim: (
            f"{claim.track}：{claim.told('gene')} 的外显子均值为 {_level(claim.told('mean'))}"
        ),
        "skipped_exon": "{track}：{span} 的外显子被跳过",
        "novel_exon": "{track}：{span} 有未注释的外显子",
        "exon_usage": lambda lang, claim: (
            f"{claim.track}：{lang.span(claim.start, claim.end)} 的外显子所占比例高于 {claim.other}"
        ),
        "junction": lambda lang, claim: (
            f"{claim.track}：跨 {lang.span(claim.start, claim.end)} 的剪接读段为 {_level(claim.told('count'))} 条"
        ),
        "junction_differs": lambda lang, claim: (
            f"{claim.track}：跨 {lang.span(claim.start, claim.end)} 的剪接读段所占比例高于 {claim.other}"
        ),
    }


def _level(value: object) -> str:
    return quantity(value) if isinstance(value, int | float) else str(value)
