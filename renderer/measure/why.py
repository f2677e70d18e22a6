"""Why a place of a signal is a peak, or none: its value, what is usual round it, and what each test asks.

The tests are those of `renderer.measure.spans` and `renderer.measure.signal`, on the same columns and the same drawn
range; nothing is measured anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from renderer.measure.spans import DOMAIN_SHARE, SALIENT_RISE, SEEN
from renderer.values.drawn import DrawnBins
from renderer.values.errors import RegionError
from renderer.values.evidence import Peak, SignalEvidence
from renderer.values.region import Region, length_text
from renderer.values.track import Track

Verdict = Literal["no_data", "signed", "peak", "low_peak", "domain", "too_low", "not_seen", "not_apart"]
"""What a place is: without a value; of a signal on both sides of 0, which has no peaks; a peak or a domain that a
caption tells; a peak too low to be told; lower than raised signal is; too low on the axis; or high enough, but with
ground as high beside it."""


@dataclass(frozen=True)
class Ask:
    """What a place must pass, in file units: `what` in a word of this module, the value it has, the least it needs."""

    what: Literal["raised", "seen", "rise"]
    value: float
    least: float

    @property
    def passes(self) -> bool:
        """Whether it does."""
        return self.value >= self.least


@dataclass(frozen=True)
class Why:
    """Why the column over base `at` (0-based), [start, end), of a track is a peak or none. Values are in file units,
    those of a signal drawn downwards as depths; None where they are not known. `usual` is that of the window; `median`,
    `high` (99 %) and `top` (99.9 %) those of bins of its file. `domain_least` is the least length of a domain in this
    window (bp), `span` the peak or domain there, `nearest` the nearest peak where there is none: place and value."""

    track: int
    label: str
    chrom: str
    at: int
    start: int
    end: int
    value: float | None
    highest: float | None
    usual: float
    median: float | None
    high: float | None
    top: float | None
    domain_least: int
    asked: tuple[Ask, ...]
    verdict: Verdict
    span: tuple[int, int] | None = None
    nearest: tuple[int, float] | None = None

    def to_json(self) -> dict[str, Any]:
        """Every field, and whether each test is passed."""
        return asdict(self) | {"asked": [asdict(one) | {"passes": one.passes} for one in self.asked]}

    def say(self, lang: str = "en") -> str:
        """The numbers and the answer, a line each, in English or Chinese ('zh')."""
        return "\n".join(_SAID["zh" if lang == "zh" else "en"](self))


def explain(evidence: SignalEvidence, bins: DrawnBins, track: Track, region: Region, at: int) -> Why:
    """Why base `at` (0-based) is a peak or none; `evidence` and `bins` are those of the drawn scene. Raises RegionError
    for a place outside the window."""
    if not region.start <= at < region.end:
        raise RegionError(f"{region.chrom}:{at + 1:,} is outside the window {region}. Choose a place in it.")
    slot = next(slot for slot, end in enumerate(bins.edges[1:]) if at < end)
    sign = -1.0 if evidence.downwards else 1.0
    found = bins.values[track.number][slot]
    value = None if found != found else sign * found
    axis = max(abs(evidence.vmin), abs(evidence.vmax))
    file = evidence.background
    peak = next((one for one in evidence.peaks if one.start <= at < one.end), None)
    domain = next((one for one in evidence.domains if one.start <= at < one.end), None)
    asked = () if value is None else (Ask("raised", value, evidence.noise), Ask("seen", value, SEEN * axis))
    if peak is not None:
        asked = (*asked, Ask("rise", abs(peak.prominence) * axis, SALIENT_RISE * axis))
    inside = peak or domain
    near = min(evidence.peaks, key=lambda one: abs(one.at - at), default=None)
    return Why(
        track.number,
        track.label,
        region.chrom,
        at,
        bins.edges[slot],
        bins.edges[slot + 1],
        value,
        None if evidence.maximum is None else sign * evidence.maximum,
        evidence.usual,
        file.median if file else None,
        file.high if file else None,
        file.q999 if file else None,
        round(DOMAIN_SHARE * region.span),
        asked,
        _verdict(evidence, asked, value, peak, domain is not None),
        (inside.start, inside.end) if inside else None,
        None if near is None or peak is not None else (near.at, sign * near.value),
    )


def _verdict(
    evidence: SignalEvidence, asked: Sequence[Ask], value: float | None, peak: Peak | None, domain: bool
) -> Verdict:
    if value is None:
        return "no_data"
    if evidence.background is not None and evidence.background.signed:
        return "signed"
    if peak is not None and peak.salient:
        return "peak"
    if domain:
        return "domain"
    if peak is not None:
        return "low_peak"
    failed = next((one.what for one in asked if not one.passes), None)
    return "too_low" if failed == "raised" else "not_seen" if failed == "seen" else "not_apart"


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _english(why: Why) -> list[str]:
    place = f"{why.chrom}:{why.at + 1:,}"
    asked = {
        "raised": "to be called raised in this window and file",
        "seen": "to be seen on the axis (12 % of it)",
        "rise": "rise over the ground beside it, for a caption to tell of it (25 % of the axis)",
    }
    answers = {
        "no_data": "The file has no value there, so nothing is said of it.",
        "signed": "The signal lies on both sides of 0, so its stretches above and below are told, not peaks.",
        "peak": "It is a peak, and a caption tells of it.",
        "low_peak": "It is a peak, but too low over its ground for a caption to tell of it.",
        "domain": "It lies in a broad domain, which is told as one.",
        "too_low": "It is no peak: lower than what stands out of this window and file.",
        "not_seen": "It is no peak: too low on this axis to be seen. A narrower window or its own scale may show it.",
        "not_apart": "It is no peak: high enough, but its surroundings are about as high.",
    }
    lines = [
        f"{why.label} at {place} (mean over {why.start + 1:,}-{why.end:,}): {_number(why.value)}",
        f"  this window: usual {_number(why.usual)}, highest {_number(why.highest)}",
        f"  its file: median {_number(why.median)}, 99 % below {_number(why.high)}, 99.9 % below {_number(why.top)}",
    ]
    for one in why.asked:
        lines.append(
            f"  {'passed' if one.passes else 'failed'}: {_number(one.value)}, {_number(one.least)} needed "
            f"{asked[one.what]}"
        )
    lines.append(f"  a domain here is at least {length_text(why.domain_least)} long")
    if why.nearest:
        lines.append(f"  nearest peak: {why.chrom}:{why.nearest[0] + 1:,} ({_number(why.nearest[1])})")
    return [*lines, answers[why.verdict]]


def _chinese(why: Why) -> list[str]:
    asked = {
        "raised": "才算高于此窗口与此文件的背景",
        "seen": "才能在坐标轴上看出(轴高的 12%)",
        "rise": "高出两侧背景的幅度(轴高的 25%),图注才会提及",
    }
    answers = {
        "no_data": "文件在此处没有数值,因此不作描述。",
        "signed": "该信号有正有负,因此描述其高于和低于 0 的区段,而不称为峰。",
        "peak": "这是一个峰,图注会提及。",
        "low_peak": "这是一个峰,但高出背景不多,图注不提及。",
        "domain": "此处位于一个宽的富集区内,作为一个整体描述。",
        "too_low": "这不是峰:没有高出此窗口与此文件的背景。",
        "not_seen": "这不是峰:在此坐标轴上低得看不出。缩小窗口或单独设定标度后也许可见。",
        "not_apart": "这不是峰:数值够高,但周围也差不多一样高。",
    }
    lines = [
        f"{why.label},{why.chrom}:{why.at + 1:,}({why.start + 1:,}-{why.end:,} 的均值):{_number(why.value)}",
        f"  本窗口:通常为 {_number(why.usual)},最高 {_number(why.highest)}",
        f"  本文件:中位数 {_number(why.median)},99% 低于 {_number(why.high)},99.9% 低于 {_number(why.top)}",
    ]
    for one in why.asked:
        lines.append(
            f"  {'达到' if one.passes else '未达到'}:{_number(one.value)},需要 {_number(one.least)} {asked[one.what]}"
        )
    lines.append(f"  此处富集区的长度至少为 {length_text(why.domain_least)}")
    if why.nearest:
        lines.append(f"  最近的峰:{why.chrom}:{why.nearest[0] + 1:,}({_number(why.nearest[1])})")
    return [*lines, answers[why.verdict]]


_SAID = {"en": _english, "zh": _chinese}
