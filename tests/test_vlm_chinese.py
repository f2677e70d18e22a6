"""Chinese clauses that differ from English in more than their words."""

from __future__ import annotations

import pytest

from renderer.values.region import Region
from vlm.words import parts as p
from vlm.words.chinese.language import Chinese
from vlm.words.clauses.clause import Clause, Raised
from vlm.words.clauses.compared import InStates
from vlm.words.clauses.maps import Encloses, IntervalRow, Intervals
from vlm.words.clauses.nascent import StepsUp
from vlm.words.clauses.standing import ClassLevels, ClassPair, HighestBase


def who(*labels: str) -> p.Tracks:
    """Tracks of these labels."""
    return p.Tracks(labels, len(labels))


def extents(*starts: int) -> tuple[p.Extent, ...]:
    """Broad domains of 20 kb."""
    return tuple(p.Extent(start, start + 20_000) for start in starts)


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        (
            HighestBase(who("CTCF"), (p.Place("gene", ("G",), 10_000, (9,)), p.Place("gene", ("G",), 20_000, (8,)))),
            "CTCF 最高的两个峰均位于 G 内（10 kb，9；20 kb，8）。",
        ),
        (
            HighestBase(who("CTCF"), (p.Place("gene", ("G",), 10_000, (9,)), p.Place("gene", ("H",), 20_000, (8,)))),
            "CTCF 最高的两个峰分别位于 G 内（10 kb，9）和 H 内（20 kb，8）。",
        ),
        (
            Raised(who("A"), extents(10_000, 50_000, 90_000), 5),
            "A 形成多个宽阔富集区，其中最长的三个为 10–30 kb、50–70 kb 和 90–110 kb。",
        ),
        (Raised(who("A"), extents(10_000, 50_000), 2), "A 形成 2 个宽阔富集区：10–30 kb 和 50–70 kb。"),
        (
            Raised(who("Repli-seq"), extents(10_000, 50_000, 90_000), 5, early=True),
            "Repli-seq 存在多个连续的高信号（早复制）区，其中最长的三个为 10–30 kb、50–70 kb 和 90–110 kb。",
        ),
        (
            Raised(who("Repli-seq"), extents(10_000), 1, early=True),
            "Repli-seq 在 10–30 kb 存在约 20 kb 的连续高信号（早复制）区。",
        ),
        (
            Encloses(p.Links("HiCCUPS", "loop"), ((10_000, 20_000), (90_000, 95_000)), ("G", "H")),
            "G 和 H 位于一个 HiCCUPS 环（10–20 至 90–95 kb）的两个锚点之间。",
        ),
        (
            Intervals((IntervalRow(who("A"), 5), IntervalRow(who("B"), 21), IntervalRow(who("C"), 13))),
            "A、B 和 C 分别标出 5、21 和 13 个区间。",
        ),
        (
            Intervals((IntervalRow(who("A"), 5, 12_000, (10_000, 40_000)), IntervalRow(who("B"), 0))),
            "A 标出 5 个区间（中位长度 12 kb，最长的为 10–40 kb）；窗口内无 B 区间。",
        ),
        (
            InStates(who("S"), (((p.Stretch("start", 0, 1, "G"),), (p.Share("Tx", 0.6), p.Share("TssA", 0.4))),)),
            "S 中，G 的转录起始位点附近为 Tx 和 TssA 状态。",
        ),
        (
            ClassLevels(who("S"), (ClassPair(who("A"), "Tx", "Quies", (58.8, 0.848), 69),)),
            "按 S 划分，A 的均值，Tx 区段为 Quies 区段的 69 倍（分别为 58.8 和 0.848）。",
        ),
        (
            StepsUp(who("A"), "G", 20_000, None, 0.0259, 0.166, 6.4, None, None),
            "在 G 内，A 自 20 kb 至 3′ 端的均值（0.166）为转录起始位点至该处区段（0.0259）的 6.4 倍。",
        ),
    ],
)
def test_a_clause_reads_as_chinese(clause: Clause, said: str) -> None:
    assert Chinese(Region("chr1", 0, 200_000)).sentence(clause) == said
