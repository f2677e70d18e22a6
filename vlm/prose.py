"""Judged claims -> a caption: three to eight sentences, English and Chinese, each tied to the claims it rests on.

Only supported claims are said. The order is a figure legend's: the window and its genes, then tracks whose peaks lie
at the same TSS, other peaks, broad domains, places where tracks meet, and last what is noisy, flat or empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from renderer.evidence import Gene
from renderer.region import Region
from renderer.track import Scene
from vlm import words
from vlm.claims import Claim, Judged
from vlm.join import is_worth_naming
from vlm.words import Labels, Text, number_en

MOST_SENTENCES = 8
MOST_GENES = 4
"""Genes named in the first sentence; the rest is counted."""

MANY = 10
"""Above this many peaks a number says no more than 'many'."""

MOST_TRACKS = 5
"""Tracks described one by one in one part of the caption."""


@dataclass(frozen=True)
class Sentence:
    """A sentence and the ids of the claims it says."""

    text: Text
    claims: tuple[int, ...]


@dataclass(frozen=True)
class Prose:
    """Sentences, and the wording of each claim by its id."""

    sentences: tuple[Sentence, ...]
    claims: dict[int, Text]

    @property
    def caption(self) -> Text:
        """All sentences in a row."""
        return Text(" ".join(s.text.en for s in self.sentences), "".join(s.text.zh for s in self.sentences))


def _sentence(text: Text, claims: Iterable[int]) -> Sentence:
    return Sentence(Text(text.en, words.spaced(text.zh)), tuple(dict.fromkeys(claims)))


@dataclass
class _Track:
    """What holds of one signal track, with claim ids."""

    number: int
    state: str | None = None
    peaks: dict[int, Claim] = field(default_factory=dict)
    strongest: tuple[int, Claim] | None = None
    count: tuple[int, Any] | None = None
    low: int | None = None
    domains: dict[int, Claim] = field(default_factory=dict)
    at_tss: dict[int, Claim] = field(default_factory=dict)
    in_gene: dict[int, Claim] = field(default_factory=dict)
    ids: list[int] = field(default_factory=list)

    @property
    def single(self) -> bool:
        """Whether the track has just one clear peak."""
        return self.count[1] == 1 if self.count else len(self.peaks) == 1

    def genes_at(self, claim: Claim) -> list[tuple[int, str]]:
        """(claim id, gene) of the TSSs at this peak."""
        return [(i, str(c.value)) for i, c in self.at_tss.items() if c.start < claim.end and claim.start < c.end]


def compose(judged: Sequence[Judged], scene: Scene, genes: Sequence[Gene] = ()) -> Prose:
    """The caption of a scene. Claim ids are positions in `judged`, from 1; `genes` tell which names are worth saying."""
    region, labels = scene.region, words.short_labels(scene)
    texts = {number: claim_text(one.claim, scene) for number, one in enumerate(judged, 1)}
    held = {number: one.claim for number, one in enumerate(judged, 1) if one.verdict == "supported"}
    tracks = _by_track(held)
    worth = {gene.name for gene in genes if is_worth_naming(gene)}
    sentences = [_opening(held, scene, worth)]
    told: set[int] = set()
    sentences += _single_sentences(tracks, labels, told, region)
    sentences += _peak_sentences(tracks, labels, told, region)
    sentences += _domain_sentences(tracks, labels, told, region)
    sentences += _meeting_sentences(held, tracks, labels, region)[: max(0, MOST_SENTENCES - 2 - len(sentences))]
    sentences = sentences[: MOST_SENTENCES - 1] + _rest_sentences(tracks, labels, told)
    return Prose(tuple(sentences[:MOST_SENTENCES]), texts)


def _by_track(held: dict[int, Claim]) -> dict[int, _Track]:
    tracks: dict[int, _Track] = {}
    for number, claim in held.items():
        if claim.kind in ("gene", "coincide"):
            continue
        track = tracks.setdefault(claim.tracks[0], _Track(claim.tracks[0]))
        track.ids.append(number)
        if claim.kind == "flat" and claim.value == "elsewhere":
            track.low = number
        elif claim.kind in ("no_data", "flat", "noisy"):
            track.state = claim.kind
        elif claim.kind == "strongest_peak":
            track.strongest = (number, claim)
        elif claim.kind == "peak_count":
            track.count = (number, claim.value)
        else:
            groups = {"peak": track.peaks, "broad_domain": track.domains, "peak_at_tss": track.at_tss,
                      "peak_in_gene": track.in_gene}  # fmt: skip
            groups[claim.kind][number] = claim
    return dict(sorted(tracks.items()))


def _opening(held: dict[int, Claim], scene: Scene, worth: set[str]) -> Sentence:
    region = scene.region
    genes = {number: claim for number, claim in held.items() if claim.kind == "gene"}
    size = words.length(region.span)
    where = f"{scene.assembly} {region}" if scene.assembly else str(region)
    start = Text(f"{where} ({size.en})", f"{where}（{size.zh}）")
    if not genes:
        return _sentence(Text(f"The window shows {start.en}.", f"窗口为 {start.zh}。"), ())
    at_tss = {str(c.value) for c in held.values() if c.kind == "peak_at_tss"}
    ranked = sorted(genes.items(), key=lambda item: _gene_rank(item[1], at_tss, worth))
    chosen = dict(sorted(ranked[:MOST_GENES], key=lambda item: item[1].start))
    listed = [_gene_name(claim) for claim in chosen.values()]
    more = len(genes) - len(chosen)
    also = [f"{more} more gene{'s' * (more > 1)}"] if more else []
    shown = Text(words.join_en([*(gene.en for gene in listed), *also]),
                 words.join_zh([gene.zh for gene in listed]) + (f"等 {len(genes)} 个基因" if more else ""))  # fmt: skip
    text = Text(f"The window shows {start.en} with {shown.en}.", f"窗口为 {start.zh}，包含 {shown.zh}。")
    return _sentence(text, tuple(chosen))


def _gene_rank(claim: Claim, at_tss: set[str], worth: set[str]) -> tuple[bool, bool, bool, int]:
    name = str(claim.value["name"])
    return (name not in worth, not words.well_known(name), name not in at_tss, claim.start - claim.end)


def _gene_name(claim: Claim) -> Text:
    name, strand = claim.value["name"], claim.value.get("strand")
    sign = {"+": "+", "-": "−"}.get(str(strand))
    if sign is None:
        return Text(str(name), str(name))
    return Text(f"{name} ({sign})", f"{name}（{'正' if sign == '+' else '负'}链）")


def _in_sample(labels: Labels, first: bool) -> Text:
    return Text(f"In {labels.sample}, ", f"在 {labels.sample} 中，") if labels.sample and first else Text("", "")


def _at(genes: Iterable[str]) -> Text:
    listed = words.names(sorted(set(genes)))
    return Text(f"at the TSS of {listed.en}", f"位于 {listed.zh} 的转录起始位点（TSS）")


def _middle(claim: Claim) -> float:
    return (claim.start + claim.end) / 2


def _single_sentences(tracks: dict[int, _Track], labels: Labels, told: set[int], region: Region) -> list[Sentence]:
    """Tracks with one clear peak, grouped by the TSS it is at and by whether they are low elsewhere."""
    groups: dict[tuple[tuple[str, ...], bool], list[_Track]] = {}
    for track in tracks.values():
        if track.state is None and track.single and track.strongest and not track.domains:
            genes = tuple(sorted({gene for _, gene in track.genes_at(track.strongest[1])}))
            key = genes or (words.place(_middle(track.strongest[1]), region),)
            groups.setdefault((key, track.low is not None), []).append(track)
    ranked = sorted(groups.items(), key=lambda item: -len(item[1]))[:MOST_TRACKS]
    sentences: list[Sentence] = []
    for (key, low), members in ranked:
        told.update(track.number for track in members)
        at_gene = any(track.genes_at(track.strongest[1]) for track in members if track.strongest)
        where = _at(key) if at_gene else Text(f"near {key[0]}", f"位于 {key[0]} 附近")
        subject = _in_sample(labels, not sentences) + labels.of([track.number for track in members])
        many = len(members) > 1
        text = Text(
            f"{subject.en} {'each show' if many else 'shows'} a single clear peak {where.en}"
            + (f" and {'stay' if many else 'stays'} low elsewhere." if low else "."),
            f"{subject.zh}{'均' if many else ''}只有一个明显的峰，{where.zh}" + ("，其余区域信号低。" if low else "。"),
        )
        sentences.append(_sentence(text, tuple(i for track in members for i in _single_ids(track))))
    return sentences


def _single_ids(track: _Track) -> list[int]:
    ids = [track.strongest[0]] if track.strongest else []
    ids += [track.count[0]] if track.count else []
    ids += [number for number, _ in track.genes_at(track.strongest[1])] if track.strongest else []
    return [*ids, *([track.low] if track.low else [])]


def _peak_sentences(tracks: dict[int, _Track], labels: Labels, told: set[int], region: Region) -> list[Sentence]:
    """Tracks with several peaks: how many, where the strongest is, which TSSs the others are at."""
    several = [t for t in tracks.values() if t.number not in told and t.state is None and t.strongest and not t.single]
    several.sort(key=lambda track: (-len(track.at_tss), track.number))
    sentences: list[Sentence] = []
    for track in sorted(several[:MOST_TRACKS], key=lambda track: track.number):
        told.add(track.number)
        first = not sentences and not any(other.single for other in tracks.values() if other.number in told)
        sentences.append(_several_peaks(track, _in_sample(labels, first) + labels.of([track.number]), region))
    return sentences


def _several_peaks(track: _Track, subject: Text, region: Region) -> Sentence:
    assert track.strongest
    number, best = track.strongest
    ids = [number]
    here = track.genes_at(best)
    ids += [i for i, _ in here]
    where = words.place(_middle(best), region)
    at = _at(gene for _, gene in here) if here else None
    strongest = Text(f"the strongest near {where}" + (f", {at.en}" if at else ""),
                     f"最强峰在 {where} 附近" + (f"，{at.zh}" if at else ""))  # fmt: skip
    rest = {i: str(c.value) for i, c in track.at_tss.items() if i not in ids}
    others = Text("", "")
    if rest:
        listed = _at(rest.values())
        others = Text(f"; {'others lie' if len(rest) > 1 else 'another lies'} {listed.en}", f"；其他峰{listed.zh}")
        ids += list(rest)
    low = Text(" and is low elsewhere", "，其余区域信号低") if track.low else Text("", "")
    ids += [track.low] if track.low else []
    ids += [track.count[0]] if track.count else []
    counted = _count_of(track)
    broad = Text("", "")
    if track.domains:
        raised = _raised(track, region)
        broad = Text(f"; it is raised over {raised.en}", f"；在{raised.zh}内信号升高")
        ids += list(track.domains)
    text = Text(f"{subject.en} has {counted.en}{low.en}, {strongest.en}{others.en}{broad.en}.",
                f"{subject.zh}有{counted.zh}{low.zh}，{strongest.zh}{others.zh}{broad.zh}。")  # fmt: skip
    return _sentence(text, ids)


def _count_of(track: _Track) -> Text:
    if track.count is None:
        return Text("several clear peaks", "多个明显的峰")
    value = track.count[1]
    if isinstance(value, dict):
        return Text(f"at least {number_en(value['min'])} peaks", f"至少 {value['min']} 个峰")
    if value > MANY:
        return Text(f"more than {number_en(MANY)} peaks", f"超过 {MANY} 个峰")
    about = "about " if value > 3 else ""
    return Text(f"{about}{number_en(value)} clear peaks", f"{'约 ' if about else ' '}{value} 个明显的峰")


def _domain_sentences(tracks: dict[int, _Track], labels: Labels, told: set[int], region: Region) -> list[Sentence]:
    sentences: list[Sentence] = []
    for track in [t for t in tracks.values() if t.domains and t.number not in told][:MOST_TRACKS]:
        told.add(track.number)
        subject, raised = labels.of([track.number]), _raised(track, region)
        low = track.low is not None
        text = Text(f"{subject.en} is raised over {raised.en}" + (" and low elsewhere." if low else "."),
                    f"{subject.zh}在{raised.zh}内信号升高" + ("，其余区域信号低。" if low else "。"))  # fmt: skip
        sentences.append(_sentence(text, [*track.domains, *([track.low] if track.low else [])]))
    return sentences


def _raised(track: _Track, region: Region) -> Text:
    """'a broad domain of 35 kb (5.15-5.19 Mb)', or how many domains, and the first three."""
    domains = sorted(track.domains.values(), key=lambda claim: claim.start)
    spans = words.names([words.stretch(claim.start, claim.end, region) for claim in domains[:3]])
    if len(domains) == 1:
        size = words.length(domains[0].end - domains[0].start)
        return Text(f"a broad domain of {size.en} ({spans.en})", f"一个约 {size.zh} 的宽域（{spans.zh}）")
    some = ("including ", "包括 ") if len(domains) > 3 else ("", "")
    return Text(f"{number_en(len(domains))} broad domains ({some[0]}{spans.en})",
                f" {len(domains)} 个宽域（{some[1]}{spans.zh}）")  # fmt: skip


def _meeting_sentences(
    held: dict[int, Claim], tracks: dict[int, _Track], labels: Labels, region: Region
) -> list[Sentence]:
    """Places where peaks of several tracks lie together, unless the sentences on TSSs have said so."""
    groups: list[tuple[set[int], list[int], list[Claim]]] = []
    for number, claim in held.items():
        if claim.kind != "coincide":
            continue
        near = next((g for g in groups if any(c.start < claim.end and claim.start < c.end for c in g[2])), None)
        if near is None:
            near = (set(), [], [])
            groups.append(near)
        near[0].update(claim.tracks)
        near[1].append(number)
        near[2].append(claim)
    groups.sort(key=lambda group: -len(group[0]))
    sentences: list[Sentence] = []
    for members, ids, claims in groups:
        if all(_said_at_tss(tracks.get(number), claims[0]) for number in members):
            continue
        where = words.place(sum(map(_middle, claims)) / len(claims), region)
        listed = labels.of(sorted(members))
        text = Text(f"Peaks of {listed.en} coincide near {where}.", f"{listed.zh} 的峰在 {where} 附近重合。")
        sentences.append(_sentence(text, tuple(ids)))
    return sentences[:2]


def _said_at_tss(track: _Track | None, claim: Claim) -> bool:
    return track is not None and any(c.start < claim.end and claim.start < c.end for c in track.at_tss.values())


def _rest_sentences(tracks: dict[int, _Track], labels: Labels, told: set[int]) -> list[Sentence]:
    """One sentence for all tracks that show no peak: without a clear one, noisy, flat, empty."""
    parts: list[Text] = []
    ids: list[int] = []
    plain = {
        "noisy": ("noisy throughout", "全程噪声较大"),
        "flat": ("flat", "信号平坦"),
        "no_data": ("without data here", "此处无数据"),
    }
    none = [t for t in tracks.values() if t.number not in told and t.state is None and t.count and t.count[1] == 0]
    if none:
        listed = labels.of([track.number for track in none])
        parts.append(
            Text(f"{listed.en} {'show' if len(none) > 1 else 'shows'} no clear peak", f"{listed.zh} 无明显的峰")
        )
        ids += [i for track in none for i in track.ids]
    for state, (en, zh) in plain.items():
        members = [track for track in tracks.values() if track.state == state]
        if members:
            listed = labels.of([track.number for track in members])
            parts.append(Text(f"{listed.en} {'are' if len(members) > 1 else 'is'} {en}", f"{listed.zh} {zh}"))
            ids += [i for track in members for i in track.ids]
    if not parts:
        return []
    return [Sentence(Text("; ".join(p.en for p in parts) + ".", "；".join(p.zh for p in parts) + "。"), tuple(ids))]


def claim_text(claim: Claim, scene: Scene) -> Text:
    """One claim in words, with full labels, for tables."""
    region = scene.region
    by_number = {track.number: track.label for track in scene.tracks}
    labels = [by_number.get(number, f"track {number}") for number in claim.tracks]
    first = labels[0] if labels else "?"
    near = words.place(_middle(claim), region)
    span = words.stretch(claim.start, claim.end, region)
    value = claim.value
    if claim.kind == "gene" and isinstance(value, dict):
        return Text(f"gene {value.get('name')} at {span}", f"基因 {value.get('name')} 位于 {span}")
    if claim.kind == "peak_count":
        shown = f"at least {value['min']}" if isinstance(value, dict) and "min" in value else f"{value}"
        return Text(f"{first}: {shown} clear peaks", f"{first}：{shown.replace('at least', '至少')} 个明显的峰")
    if claim.kind == "flat" and value == "elsewhere":
        return Text(f"{first}: low outside its peaks", f"{first}：峰以外信号低")
    wordings = {
        "no_data": (f"{first}: no data", f"{first}：无数据"),
        "flat": (f"{first}: flat", f"{first}：信号平坦"),
        "noisy": (f"{first}: noisy throughout", f"{first}：全程噪声较大"),
        "peak": (f"{first}: a peak near {near}", f"{first}：{near} 附近有峰"),
        "strongest_peak": (f"{first}: the strongest peak near {near}", f"{first}：最强峰在 {near} 附近"),
        "broad_domain": (f"{first}: a broad domain at {span}", f"{first}：宽域 {span}"),
        "coincide": (
            f"peaks of {words.join_en(labels)} coincide near {near}",
            f"{words.join_zh(labels)} 的峰在 {near} 附近重合",
        ),
        "peak_at_tss": (f"{first}: a peak at the TSS of {value}", f"{first}：{value} 的 TSS 处有峰"),
        "peak_in_gene": (f"{first}: a peak in {value}", f"{first}：{value} 内有峰"),
    }
    return Text(*wordings.get(claim.kind, (f"{claim.kind} ({first})", f"{claim.kind}（{first}）")))
