"""Sentences on broad domains: how long, where, which genes they cover, and what else the track shows.

Which genes a domain covers follows from two supported claims, the domain and the gene, and their measured spans.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from renderer.values.region import Region
from vlm.values.claim import Judged
from vlm.words import text as words
from vlm.words.places import Setting, where
from vlm.words.profiles import Profile, Stretch, supported
from vlm.words.text import EMPTY, Sentence, Text, number_en, sentence

COVERED = 0.8
"""A domain covers a gene if this share of the gene's visible length lies in it, and is within one likewise."""

SAME = 0.6
"""Domains of two tracks are told together if intersection over union reaches this."""

EDGE_SHARE = 0.01
"""A domain that comes this close (share of the window) to an edge is cut by it."""

FLANK_SHARE = 0.02
"""A peak this close (share of the window) to a domain is its shoulder, not a place of its own."""

NAMED = 3
LISTED = 3
"""Genes, and domains of one track, that are named."""

RANK_DOMAIN = 1


@dataclass(frozen=True)
class GeneSpan:
    """The visible part of a gene of which a supported claim tells."""

    name: str
    start: int
    end: int
    id: int


def gene_spans(judged: Sequence[Judged], worth: set[str]) -> list[GeneSpan]:
    """The genes worth naming, left to right."""
    spans = [
        GeneSpan(str(one.measured["name"]), int(one.measured["start"]), int(one.measured["end"]), number)
        for number, one in supported(judged)
        if one.claim.kind == "gene" and one.measured["name"] in worth
    ]
    return sorted(spans, key=lambda span: span.start)


def tell_domains(profiles: Sequence[Profile], genes: Sequence[GeneSpan], setting: Setting) -> list[Sentence]:
    """One sentence for each track with broad domains; tracks that share their only domain are told together."""
    groups: list[list[Profile]] = []
    for profile in (one for one in profiles if one.domains):
        home = next((group for group in groups if _same(group[0], profile)), None)
        if home is None:
            groups.append([profile])
        else:
            home.append(profile)
    return [_tell(group, genes, setting) for group in groups]


def _same(one: Profile, other: Profile) -> bool:
    if len(one.domains) != 1 or len(other.domains) != 1:
        return False
    a, b = one.stretches[0], other.stretches[0]
    common = min(a.end, b.end) - max(a.start, b.start)
    return common >= SAME * (max(a.end, b.end) - min(a.start, b.start))


def _tell(group: Sequence[Profile], genes: Sequence[GeneSpan], setting: Setting) -> Sentence:
    first, many = group[0], len(group) > 1
    labels = setting.labels.of([profile.track for profile in group])
    ids = [i for profile in group for one in profile.stretches for i in one.ids]
    both = "" if not many or labels.en.startswith("both ") else "both " if len(group) == 2 else "all "
    if len(first.domains) == 1:
        what, more = _one(first.stretches[0], genes, setting.region)
    else:
        what, more = _several(first.stretches, genes, setting.region)
    more += [i for profile in group for (_, name), i in profile.covers.items() if name in re.split(r"[ ,()]+", what.en)]
    tail, tail_ids = (EMPTY, []) if many else _beside(first, setting)
    text = Text(
        f"{labels.en} {'are' if many else 'is'} {both}raised over {what.en}",
        f"{labels.zh} {'均' if many else ''}在{what.zh}内信号升高",
    )
    return sentence(text + tail, [*ids, *more, *tail_ids], RANK_DOMAIN)


def _one(domain: Stretch, genes: Sequence[GeneSpan], region: Region) -> tuple[Text, list[int]]:
    """'a broad domain of 36 kb (99.031–99.068 Mb) covering Tbx15'."""
    edge = _edge(domain, region)
    size = words.length(domain.end - domain.start)
    span = words.stretch(domain.start, domain.end, region)
    cover, ids = _cover(domain, genes)
    least = Text("at least ", "至少 ") if edge else Text("", "约 ")
    text = Text(
        f"a broad domain of {least.en}{size} ({span}{edge.en}){cover.en}",
        f"一个{least.zh}{size} 的宽域（{span}{edge.zh}{cover.zh}）",
    )
    return text, ids


def _several(domains: Sequence[Stretch], genes: Sequence[GeneSpan], region: Region) -> tuple[Text, list[int]]:
    """'two broad domains, at 24.07–24.10 Mb (covering ELOA) and at 24.10–24.12 Mb'."""
    longest = sorted(domains, key=lambda domain: domain.start - domain.end)[:LISTED]
    items, ids = [], []
    for domain in sorted(longest, key=lambda domain: domain.start):
        cover, more = _cover(domain, genes)
        span = words.stretch(domain.start, domain.end, region)
        items.append(Text(f"{span} ({cover.en.strip()})" if cover else span, f"{span}{cover.zh}"))
        ids += more
    among = len(domains) > LISTED
    listed = words.join([Text(item.en, item.zh) for item in items])
    chinese = "；".join(item.zh for item in items) if any("，" in item.zh for item in items) else listed.zh
    text = Text(
        f"{number_en(len(domains))} broad domains, {'the longest ' if among else ''}at {listed.en}",
        f" {len(domains)} 个宽域（{'最长者为 ' if among else ''}{chinese}）",
    )
    return text, ids


def _edge(domain: Stretch, region: Region) -> Text:
    """At which edge the window cuts the domain."""
    near = EDGE_SHARE * region.span
    left, right = domain.start - region.start <= near, region.end - domain.end <= near
    if left and right:
        return Text(", reaching both edges of the window", "，达窗口两端")
    if left or right:
        return Text(
            f", reaching the {'left' if left else 'right'} edge of the window", f"，达窗口{'左' if left else '右'}端"
        )
    return EMPTY


def _cover(domain: Stretch, genes: Sequence[GeneSpan]) -> tuple[Text, list[int]]:
    """Which genes the domain covers, or which one it lies in."""
    covered = [gene for gene in genes if _common(domain, gene) >= COVERED * (gene.end - gene.start)]
    if covered:
        named = sorted(covered, key=lambda gene: gene.start - gene.end)[:NAMED]
        named.sort(key=lambda gene: gene.start)
        listed = words.names([gene.name for gene in named])
        more = len(covered) > NAMED
        text = Text(
            f" covering {listed.en}{' among others' if more else ''}", f"，覆盖 {listed.zh}{' 等' if more else ''}"
        )
        return text, [gene.id for gene in named]
    home = next((gene for gene in genes if _common(domain, gene) >= COVERED * (domain.end - domain.start)), None)
    if home:
        return Text(f" within {home.name}", f"，位于 {home.name} 内"), [home.id]
    return EMPTY, []


def _common(domain: Stretch, gene: GeneSpan) -> int:
    return min(domain.end, gene.end) - max(domain.start, gene.start)


def _beside(profile: Profile, setting: Setting) -> tuple[Text, list[int]]:
    """What the track shows outside its domains: its strongest peak, or that it is low."""
    flank = round(FLANK_SHARE * setting.region.span)
    outside = [
        spot
        for spot in profile.spots.values()
        if not any(one.start - flank <= spot.summit < one.end + flank for one in profile.stretches)
    ]
    if profile.main in outside and profile.main:
        place = where(profile.main, setting, [profile.track], position=True)
        text = Text(f"; elsewhere its clearest peak lies {place.en}", f"；此外最明显的峰位于 {place.zh}")
        return text, [*profile.main.ids, *profile.main.gene_ids]
    if profile.low_ids and not outside:
        return Text(", and is low elsewhere", "，其余区域信号较低"), list(profile.low_ids)
    return EMPTY, []
