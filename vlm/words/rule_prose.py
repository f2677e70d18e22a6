"""Words for biological readings: one for the table, and the sentence or two that end a caption.

Gets readings that hold, so it decides only what is most telling: what becomes of genes first, then the chromatin
beside them, then elements away from genes. Every sentence says 'consistent with'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from renderer.assays.labels import sample_of
from renderer.values.region import Region
from renderer.values.track import Scene
from vlm.rules.readings import MOST, holds
from vlm.values.claim import READINGS, Judged
from vlm.words import text as words
from vlm.words.text import EMPTY, Sentence, Text, number_en, sentence

MOST_SENTENCES = 2
MOST_NAMED = 3
"""Genes of one item, and items of one sentence, that are named."""

RANK_READING = 0


@dataclass(frozen=True)
class Noun:
    """What a reading is called: one, several, and in Chinese. `gene`: it is that of a gene."""

    one: str
    many: str
    zh: str
    gene: bool = False


NOUNS = {
    "active_promoter": Noun("an active promoter", "active promoters", "活跃启动子", True),
    "bivalent_promoter": Noun("a bivalent promoter", "bivalent promoters", "二价启动子", True),
    "paused_polymerase": Noun("paused polymerase", "paused polymerase", "聚合酶暂停", True),
    "transcribed_gene": Noun("transcription", "transcription", "转录", True),
    "polycomb_domain": Noun("Polycomb-marked chromatin", "Polycomb-marked chromatin", "Polycomb 标记的染色质"),
    "heterochromatin": Noun(
        "H3K9me3-marked heterochromatin", "H3K9me3-marked heterochromatin", "H3K9me3 标记的异染色质"
    ),
    "enhancer_like": Noun("an enhancer-like element", "enhancer-like elements", "增强子样元件"),
    "insulator": Noun(
        "a CTCF-bound site, a candidate insulator,",
        "CTCF-bound sites, candidate insulators,",
        "CTCF 结合位点（候选绝缘子）",
    ),
    "loop_between": Noun("a chromatin loop", "chromatin loops", "染色质环"),
    "open_chromatin": Noun("open chromatin", "open chromatin", "开放染色质"),
}
DOMAINS = ("polycomb_domain", "heterochromatin")
APART = ("enhancer_like", "loop_between", "insulator", "open_chromatin")
"""Readings away from genes, the most telling first."""

_SHOWS_OPEN = ("active_promoter", "enhancer_like", "insulator", "bivalent_promoter")
"""Where these are read, that the chromatin is open needs no words of its own."""


@dataclass(frozen=True)
class _Told:
    """One reading and its id."""

    id: int
    judged: Judged

    @property
    def kind(self) -> str:
        return self.judged.claim.kind

    @property
    def gene(self) -> str:
        return str(self.judged.claim.value)

    def meets(self, other: _Told) -> bool:
        """Whether two readings overlap."""
        one, two = self.judged.claim, other.judged.claim
        return one.start < two.end and two.start < one.end


@dataclass(frozen=True)
class _Item:
    """A part of a sentence and the readings it tells."""

    text: Text
    told: tuple[_Told, ...]


def reading_text(one: Judged, scene: Scene) -> Text:
    """A reading for the table of claims: 'JAK2: consistent with an active promoter (H3K4me3, H3K27ac)'."""
    noun, claim = NOUNS[one.claim.kind], one.claim
    marks = [str(mark) for mark in one.measured.get("marks", ())]
    listed = Text(f" ({', '.join(marks)})", f"（{'、'.join(marks)}）") if marks else EMPTY
    whose = claim.value if noun.gene else words.stretch(claim.start, claim.end, scene.region)
    text = Text(f"{whose}: consistent with {noun.one.rstrip(',')}", f"{whose}：与{noun.zh}相符") + listed
    return Text(text.en, words.spaced(text.zh))


def observations(judged: Sequence[Judged]) -> list[Judged]:
    """The claims without the readings at their end, so that ids stay right."""
    first = next((i for i, one in enumerate(judged) if one.claim.kind in READINGS), len(judged))
    return list(judged[:first])


def tell_readings(judged: Sequence[Judged], scene: Scene, worth: set[str]) -> list[Sentence]:
    """The most telling readings in at most two sentences. `worth` are the names of genes a caption would use."""
    told = [
        _Told(number, one)
        for number, one in enumerate(judged, 1)
        if one.claim.kind in NOUNS and one.verdict == "supported" and holds(one, judged)
    ]
    told = [one for one in told if not NOUNS[one.kind].gene or one.gene in worth or not worth]
    samples = list(dict.fromkeys(one.judged.measured.get("sample") for one in told))
    several = len({sample_of(track) for track in scene.tracks if track.kind != "genes"}) > 1
    found: list[list[Sentence]] = []
    for sample in samples:
        mine = [one for one in told if one.judged.measured.get("sample") == sample]
        found.append(_tell_sample(mine, _who(sample, len(samples)) if several else EMPTY, scene.region, bool(worth)))
    most = max(1, MOST_SENTENCES // max(1, len(found)))
    return [one for sentences in found for one in sentences[:most]][:MOST_SENTENCES]


def _who(sample: str | None, samples: int) -> Text:
    """How a sentence on one of several samples begins."""
    if sample:
        return Text(f"In {sample}, ", f"在 {sample} 中，")
    return Text("In the tracks that name no sample, ", "在未注明样本的轨道中，") if samples > 1 else EMPTY


def _tell_sample(told: Sequence[_Told], who: Text, region: Region, named: bool) -> list[Sentence]:
    genes, domains = _gene_items(told, named), _domain_items(told, region)
    apart = [item for kind in APART for item in _apart_item(kind, told, region)]
    near = _join(genes[:MOST_NAMED]) + _beside(genes, domains)
    found: list[Sentence] = []
    for text, items in ((near, [*genes[:MOST_NAMED], *domains[:MOST_NAMED]]), (_join(apart[:MOST_NAMED]), apart)):
        if text:
            ids = [one.id for item in items[: 2 * MOST_NAMED] for one in item.told]
            found.append(sentence(_consistent(text, who, bool(found)), ids, RANK_READING))
    return found


def _beside(genes: Sequence[_Item], domains: Sequence[_Item]) -> Text:
    """How the domains follow the genes: beside them, with those they meet, or round a bivalent promoter."""
    marked = _join(domains[:MOST_NAMED])
    if not genes or not domains:
        return marked
    told = [one for item in genes for one in item.told]
    meeting = [one for one in told if any(one.meets(other) for item in domains for other in item.told)]
    if not meeting:
        return Text(" beside ", "，其旁为") + marked
    if len(domains) == 1 and {one.kind for one in told} == {"bivalent_promoter"}:
        noun = NOUNS[domains[0].told[0].kind]
        return Text(f" within {noun.one}", f"，位于 {noun.zh}内")
    return Text(" and ", "，以及") + marked


def _consistent(text: Text, who: Text, again: bool) -> Text:
    """The frame of a sentence: what the signals are consistent with, and (once) in which sample."""
    subject = Text("they are also", "它们还") if again else who + Text("the signals are", "上述信号")
    return subject + Text(" consistent with ", "与以下情形相符：") + Text(text.en.rstrip(","), text.zh)


def _join(items: Sequence[_Item]) -> Text:
    """A list of items, some of which hold an 'and'."""
    if not items:
        return EMPTY
    english = [item.text.en for item in items]
    together = "; ".join(english) if any("," in one for one in english[:-1]) else words.join_en(english)
    if len(items) > 1 and any(" and " in one for one in english) and "; " not in together:
        together = f"{', '.join(english[:-1])}, and {english[-1]}"
    chinese = [item.text.zh for item in items]
    return Text(together, ("；" if any("、" in one for one in chinese) else "、").join(chinese))


def _gene_items(told: Sequence[_Told], named: bool) -> list[_Item]:
    """'an active promoter and transcription at JAK2': genes of which the same is read are told together."""
    kinds: dict[str, list[_Told]] = {}
    for kind in (kind for kind in NOUNS if NOUNS[kind].gene):
        for one in told:
            if one.kind == kind:
                kinds.setdefault(one.gene, []).append(one)
    groups: dict[tuple[str, ...], list[str]] = {}
    for gene, readings in kinds.items():
        groups.setdefault(tuple(one.kind for one in readings), []).append(gene)
    ordered = sorted(groups.items(), key=lambda group: -len(group[0]))
    return [
        _Item(_gene_text(signs, genes, named), tuple(one for gene in genes for one in kinds[gene]))
        for signs, genes in ordered
    ]


def _gene_text(kinds: Sequence[str], genes: Sequence[str], named: bool) -> Text:
    many = len(genes) > 1
    english = words.join_en([NOUNS[kind].many if many else NOUNS[kind].one for kind in kinds])
    chinese = words.join_zh([NOUNS[kind].zh for kind in kinds])
    if not named:
        whose = f"{number_en(len(genes))} annotated genes" if many else "an annotated gene"
        return Text(f"{english} at {whose}", f"{len(genes)} 个注释基因的{chinese}")
    if len(genes) > MOST_NAMED:
        rest = len(genes) - MOST_NAMED + 1
        shown = [*genes[: MOST_NAMED - 1], f"{number_en(rest)} other genes"]
        return Text(
            f"{english} at {words.join_en(shown)}", f"{'、'.join(shown[:-1])} 等 {len(genes)} 个基因的{chinese}"
        )
    return Text(f"{english} at {words.join_en(genes)}", f"{words.join_zh(genes)} 的{chinese}")


def _domain_items(told: Sequence[_Told], region: Region) -> list[_Item]:
    """'Polycomb-marked chromatin over INSL6'."""
    items: list[_Item] = []
    for kind in DOMAINS:
        mine = tuple(one for one in told if one.kind == kind)
        if not mine:
            continue
        genes = _told_genes(mine, "genes")
        starts = _told_genes(mine, "starts")
        if genes and len(genes) <= MOST_NAMED:
            place = Text(f" over {words.join_en(genes)}", f"（覆盖 {words.join_zh(genes)}）")
        elif starts and not genes and len(starts) <= MOST_NAMED:
            place = Text(f" at {words.join_en(starts)}", f"（{words.join_zh(starts)} 处）")
        elif len(mine) <= MOST_NAMED:
            claims = sorted((one.judged.claim for one in mine), key=lambda claim: claim.start)
            spans = [words.stretch(claim.start, claim.end, region) for claim in claims]
            place = Text(f" at {words.join_en(spans)}", f"（{'、'.join(spans)}）")
        else:
            place = EMPTY
        items.append(_Item(Text(NOUNS[kind].one, NOUNS[kind].zh) + place, mine))
    return items


def _told_genes(told: Sequence[_Told], key: str) -> list[str]:
    return list(dict.fromkeys(gene for one in told for gene in one.judged.measured.get(key, ())))


def _apart_item(kind: str, told: Sequence[_Told], region: Region) -> list[_Item]:
    """'an enhancer-like element near 5.07 Mb', 'three chromatin loops'; nothing if there is none."""
    mine = tuple(one for one in told if one.kind == kind)
    if kind == "open_chromatin":
        covers = [one for one in told if one.kind in _SHOWS_OPEN]
        mine = tuple(one for one in mine if not any(one.meets(other) for other in covers))
    if not mine:
        return []
    noun = NOUNS[kind]
    if len(mine) > MOST_NAMED or (kind == "loop_between" and len(mine) > 1):
        many = noun.many if kind != "open_chromatin" else "places of open chromatin"
        count = Text("many", "多") if len(mine) >= MOST else Text(number_en(len(mine)), f"{len(mine)} ")
        return [
            _Item(Text(f"{count.en} {many}", f"{count.zh}{'个' if kind == 'loop_between' else '处'}{noun.zh}"), mine)
        ]
    facts = [one.judged.measured for one in mine]
    place = _loop_place(facts[0], region) if kind == "loop_between" else _near(facts, region)
    return [_Item(Text((noun.many if len(mine) > 1 else noun.one) + place.en, place.zh + noun.zh), mine)]


def _near(facts: Sequence[dict[str, Any]], region: Region) -> Text:
    near = [words.place(point, region) for point in sorted(int(one["point"]) for one in facts)]
    return Text(f" near {words.join_en(near)}", f"{words.join_zh(near)} 附近的")


def _loop_place(facts: dict[str, Any], region: Region) -> Text:
    anchors = facts["anchors"]
    one, two = (words.place((start + end) / 2, region) for start, end in anchors)
    return Text(f" between {one} and {two}", f"{one} 与 {two} 之间的")
