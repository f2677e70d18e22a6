"""One claim in words, for tables: what was said, whether it holds or not, with full track labels."""

from __future__ import annotations

from collections.abc import Callable

from renderer.values.region import Region
from renderer.values.track import Scene
from vlm.values.claim import Claim
from vlm.words import text as words
from vlm.words.text import Text


def claim_text(claim: Claim, scene: Scene) -> Text:
    """The claim as it was made, in both languages. Works for claims that make no sense as well."""
    by_number = {track.number: track.label for track in scene.tracks}
    labels = [by_number.get(number, f"track {number}") for number in claim.tracks] or ["?"]
    wording = _WORDINGS.get(claim.kind)
    if wording is None:
        listed = words.names(labels)
        return Text(f"{claim.kind} ({listed.en})", f"{claim.kind}（{listed.zh}）")
    text = wording(claim, labels, scene.region)
    return Text(text.en, words.spaced(text.zh))


_Wording = Callable[[Claim, list[str], Region], Text]


def _near(claim: Claim, region: Region) -> str:
    return words.place((claim.start + claim.end) / 2, region)


def _about(en: str, zh: str) -> _Wording:
    """A wording that needs the track only."""
    return lambda claim, labels, region: Text(f"{labels[0]}: {en}", f"{labels[0]}：{zh}")


def _flat(claim: Claim, labels: list[str], region: Region) -> Text:
    if claim.value == "elsewhere":
        return Text(f"{labels[0]}: low outside its peaks and domains", f"{labels[0]}：峰和宽域以外信号较低")
    return Text(f"{labels[0]}: flat", f"{labels[0]}：信号平坦")


def _peak(claim: Claim, labels: list[str], region: Region) -> Text:
    near = _near(claim, region)
    return Text(f"{labels[0]}: a peak near {near}", f"{labels[0]}：{near} 附近有峰")


def _strongest(claim: Claim, labels: list[str], region: Region) -> Text:
    near = _near(claim, region)
    return Text(f"{labels[0]}: the strongest peak near {near}", f"{labels[0]}：最强峰位于 {near} 附近")


def _count(claim: Claim, labels: list[str], region: Region) -> Text:
    least = isinstance(claim.value, dict)
    number = claim.value.get("min") if least else claim.value
    one = number == 1 and not least
    return Text(
        f"{labels[0]}: {'at least ' if least else ''}{number} clear peak{'' if one else 's'}",
        f"{labels[0]}：{'至少 ' if least else ''}{number} 个明显的峰",
    )


def _domain(claim: Claim, labels: list[str], region: Region) -> Text:
    span = words.stretch(claim.start, claim.end, region)
    return Text(f"{labels[0]}: a broad domain at {span}", f"{labels[0]}：宽域 {span}")


def _coincide(claim: Claim, labels: list[str], region: Region) -> Text:
    near, listed = _near(claim, region), words.names(labels)
    return Text(f"peaks of {listed.en} coincide near {near}", f"{listed.zh} 的峰在 {near} 附近重合")


def _gene(claim: Claim, labels: list[str], region: Region) -> Text:
    value = claim.value if isinstance(claim.value, dict) else {"name": claim.value}
    span = words.stretch(claim.start, claim.end, region)
    strand = {"+": Text(", plus strand,", "，正链"), "-": Text(", minus strand,", "，负链")}.get(
        str(value.get("strand"))
    )
    name = value.get("name")
    return Text(
        f"gene {name}{strand.en if strand else ''} at {span}", f"基因 {name}{strand.zh if strand else ''}，位于 {span}"
    )


def _gene_count(claim: Claim, labels: list[str], region: Region) -> Text:
    one = claim.value == 1
    return Text(f"{claim.value} gene{'' if one else 's'} in the window", f"窗口内有 {claim.value} 个基因")


def _at_tss(claim: Claim, labels: list[str], region: Region) -> Text:
    return Text(f"{labels[0]}: a peak at the TSS of {claim.value}", f"{labels[0]}：{claim.value} 的转录起始位点处有峰")


def _in_gene(claim: Claim, labels: list[str], region: Region) -> Text:
    return Text(f"{labels[0]}: a peak within {claim.value}", f"{labels[0]}：{claim.value} 内有峰")


def _only_in(claim: Claim, labels: list[str], region: Region) -> Text:
    near, other = _near(claim, region), _other(labels)
    return Text(f"{labels[0]}: a peak near {near} that {other} lacks", f"{labels[0]}：{near} 附近有峰，{other} 无")


def _other(labels: list[str]) -> str:
    """The second track of a claim that should have one."""
    return labels[1] if len(labels) > 1 else "?"


def _higher(claim: Claim, labels: list[str], region: Region) -> Text:
    fold = claim.value.get("fold") if isinstance(claim.value, dict) else None
    over = claim.end - claim.start >= 0.9 * region.span
    near = _near(claim, region)
    where = Text("over the window", "整个窗口内") if over else Text(f"near {near}", f"{near} 附近")
    other = _other(labels)
    if fold is None:
        return Text(f"{labels[0]}: higher than {other} {where.en}", f"{labels[0]}：{where.zh}信号高于 {other}")
    times = Text(f"{fold} times as high as {other} {where.en}", f"{where.zh}信号为 {other} 的 {fold} 倍")
    return Text(f"{labels[0]}: {times.en}", f"{labels[0]}：{times.zh}")


def _intergenic(claim: Claim, labels: list[str], region: Region) -> Text:
    near = _near(claim, region)
    return Text(f"{labels[0]}: an intergenic peak near {near}", f"{labels[0]}：{near} 附近有基因间区的峰")


def _over_gene(en: str, zh: str) -> _Wording:
    """A wording of a track and a gene."""
    return lambda claim, labels, region: Text(
        f"{labels[0]}: {en.format(claim.value)}", f"{labels[0]}：{zh.format(claim.value)}"
    )


def _interval_count(claim: Claim, labels: list[str], region: Region) -> Text:
    least = isinstance(claim.value, dict)
    number = claim.value.get("min") if least else claim.value
    one = number == 1 and not least
    return Text(
        f"{labels[0]}: {'at least ' if least else ''}{number} interval{'' if one else 's'}",
        f"{labels[0]}：{'至少 ' if least else ''}{number} 个区间",
    )


def _interval_at(claim: Claim, labels: list[str], region: Region) -> Text:
    span = words.stretch(claim.start, claim.end, region)
    name = f" ({claim.value})" if claim.value else ""
    return Text(f"{labels[0]}: an interval at {span}{name}", f"{labels[0]}：{span} 处有区间{name}")


def _link(claim: Claim, labels: list[str], region: Region) -> Text:
    anchors = claim.value.get("anchors") if isinstance(claim.value, dict) else None
    try:
        one, two = (words.place((int(start) + int(end)) / 2, region) for start, end in anchors or ())
    except (TypeError, ValueError):  # a malformed claim is shown as it was made
        one, two = words.place(claim.start, region), words.place(claim.end, region)
    return Text(f"{labels[0]}: a link between {one} and {two}", f"{labels[0]}：{one} 与 {two} 相连")


def _boundary(claim: Claim, labels: list[str], region: Region) -> Text:
    near = _near(claim, region)
    return Text(f"{labels[0]}: a domain boundary near {near}", f"{labels[0]}：{near} 附近有结构域边界")


_WORDINGS: dict[str, _Wording] = {
    "no_data": _about("no data", "无数据"),
    "flat": _flat,
    "noisy": _about("uneven throughout, no peak stands out", "整体起伏，无突出的峰"),
    "peak": _peak,
    "strongest_peak": _strongest,
    "peak_count": _count,
    "broad_domain": _domain,
    "coincide": _coincide,
    "gene": _gene,
    "peak_at_tss": _at_tss,
    "peak_in_gene": _in_gene,
    "gene_count": _gene_count,
    "only_in": _only_in,
    "higher_in": _higher,
    "intergenic_peak": _intergenic,
    "covers_gene": _over_gene("a broad domain that covers {}", "宽域覆盖 {}"),
    "follows_exons": _over_gene("follows the exons of {}", "沿 {} 的外显子分布"),
    "on_strand": _over_gene("signal on the strand of {}", "信号位于 {} 所在链"),
    "interval_count": _interval_count,
    "interval_at": _interval_at,
    "link": _link,
    "domain_boundary": _boundary,
}
