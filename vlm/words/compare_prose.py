"""Sentences that hold tracks against each other or against genes: exons followed, strands, peaks one track lacks, and
which of two tracks on one scale is higher.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from renderer.assays.labels import unstranded
from vlm.values.claim import Judged
from vlm.words import text as words
from vlm.words.peak_prose import RANK_REST, RANK_TRACK
from vlm.words.places import ANONYMOUS_SPAN, Setting, where
from vlm.words.profiles import Over, Profile, supported
from vlm.words.text import EMPTY, Sentence, Text, sentence

NAMED = 3
"""Genes or places named in one list."""

MOST_PAIRS = 1
"""Pairs of tracks of which it is said that one lacks a peak of the other."""


def tell_exons(profiles: Sequence[Profile], setting: Setting) -> list[Sentence]:
    """A sentence for each track that follows exons; tracks that follow those of the same genes are told together."""
    groups: dict[tuple[str, ...], list[Profile]] = {}
    for profile in profiles:
        groups.setdefault(tuple(over.gene for over in _named(profile.exons)), []).append(profile)
    return [_tell_exons(group, setting) for group in groups.values()]


def _named(overs: Sequence[Over]) -> list[Over]:
    """The first few genes, left to right, each once."""
    once = list({over.gene: over for over in reversed(overs)}.values())[::-1]
    return sorted(once[:NAMED], key=lambda over: over.start)


def _tell_exons(group: Sequence[Profile], setting: Setting) -> Sentence:
    genes = words.names([over.gene for over in _named(group[0].exons)])
    labels = setting.labels.of([profile.track for profile in group])
    many = len(group) > 1
    ids = [over.id for profile in group for over in _named(profile.exons)]
    tail, more = (EMPTY, []) if many else _beside_exons(group[0], setting)
    text = Text(
        f"{labels.en} follow{'' if many else 's'} the exons of {genes.en}",
        f"{labels.zh} {'均' if many else ''}沿 {genes.zh} 的外显子分布",
    )
    return sentence(text + tail, [*ids, *more], RANK_TRACK)


def _beside_exons(profile: Profile, setting: Setting) -> tuple[Text, list[int]]:
    """What else the track shows: peaks outside these genes, or that there is nothing."""
    outside = [spot for spot in profile.spots.values() if not any(over.holds(spot) for over in profile.exons)]
    outside.sort(key=lambda spot: -spot.height)
    if not outside:
        low = Text(" and is low elsewhere", "，其余区域信号较低") if profile.low_ids else EMPTY
        return low, list(profile.low_ids)
    first = outside[0]
    place = where(first, setting, [profile.track], position=True)
    verb = "is strongest" if first is profile.main else "also peaks"
    chinese = "最强峰位于" if first is profile.main else "另有峰位于"
    return Text(f" and {verb} {place.en}", f"，{chinese} {place.zh}"), [*first.ids, *first.gene_ids]


def tell_strands(profiles: Sequence[Profile], setting: Setting) -> list[Sentence]:
    """A sentence for each stranded assay: over which genes of its strand the signal runs."""
    assays: dict[str, list[Profile]] = {}
    for profile in (one for one in profiles if one.strand):
        assays.setdefault(unstranded(setting.labels.by_track[profile.track]), []).append(profile)
    return [_tell_strands(label, group) for label, group in assays.items()]


def _tell_strands(label: str, group: Sequence[Profile]) -> Sentence:
    english, chinese, ids = [], [], []
    for profile in sorted(group, key=lambda one: one.strand[0].strand):
        overs = _named(profile.strand)
        listed = words.names([over.gene for over in overs])
        sign = _STRANDS.get(overs[0].strand, EMPTY)
        english.append(f"along {listed.en} on the {sign.en} strand")
        chinese.append(f"在{sign.zh}上沿 {listed.zh} 分布")
        ids += [over.id for over in overs]
    return sentence(
        Text(f"{label} signal runs {' and '.join(english)}", f"{label} 信号{'，'.join(chinese)}"), ids, RANK_TRACK
    )


_STRANDS = {"+": Text("plus", "正链"), "-": Text("minus", "负链")}


def tell_lone(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """'H3K27ac, but not H3K4me3, peaks near 5.494 Mb': the pairs of tracks with most such places."""
    pairs: dict[tuple[int, ...], dict[int, int]] = {}
    for number, one in supported(judged):
        if one.claim.kind == "only_in":
            pairs.setdefault(one.claim.tracks, {}).setdefault(int(one.measured["summit"]), number)
    ranked = sorted(pairs.items(), key=lambda pair: -len(pair[1]))[:MOST_PAIRS]
    return [_tell_lone(tracks, summits, setting) for tracks, summits in ranked]


def _tell_lone(tracks: tuple[int, ...], summits: dict[int, int], setting: Setting) -> Sentence:
    first, second = (setting.labels.of([track]) for track in tracks)
    shown = sorted(list(summits)[:NAMED])
    listed = words.names([words.place(summit, setting.region) for summit in shown])
    text = Text(
        f"{first.en}, but not {second.en}, peaks near {listed.en}",
        f"{first.zh} 在 {listed.zh} 附近有峰，而 {second.zh} 无峰",
    )
    return sentence(text, [summits[summit] for summit in shown], RANK_REST)


def tell_higher(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """One sentence: of the tracks on one scale, which is most above another: along the gene with most signal, over the
    window (first in a wide one), or at a place."""
    found = [(number, one) for number, one in supported(judged) if one.claim.kind == "higher_in"]
    order = ("gene", "mean", "summit") if setting.region.span <= ANONYMOUS_SPAN else ("mean", "gene", "summit")
    for of in order:
        some = [pair for pair in found if pair[1].measured.get("of") == of]
        if some:
            number, one = max(some, key=_level_and_fold if of == "gene" else _fold)
            return [sentence(_tell_higher(one, setting), [number, *_same_pair(found, one)], RANK_TRACK)]
    return []


def _tell_higher(one: Judged, setting: Setting) -> Text:
    first, second = (setting.labels.of([track]) for track in one.claim.tracks)
    fold, where = one.measured.get("fold"), _where_higher(one, setting)
    if fold is None:
        return Text(
            f"On their common scale, {first.en} is higher than {second.en} {where.en}",
            f"在同一尺度上，{first.zh} 的{where.zh}高于 {second.zh}",
        )
    times = f"{fold:.1f}" if fold < 10 else f"{fold:.0f}"
    return Text(
        f"On their common scale, {first.en} is {times} times as high as {second.en} {where.en}",
        f"在同一尺度上，{first.zh} 的{where.zh}为 {second.zh} 的 {times} 倍",
    )


def _where_higher(one: Judged, setting: Setting) -> Text:
    if one.measured["of"] == "gene":
        gene = one.measured["gene"]
        return Text(f"along {gene}", f" {gene} 基因体信号")
    return Text("on average", "平均信号") if one.measured["of"] == "mean" else _at(one, setting)


def _level_and_fold(pair: tuple[int, Judged]) -> tuple[float, float]:
    return float(pair[1].measured[str(pair[1].claim.tracks[0])]), _fold(pair)


def _fold(pair: tuple[int, Judged]) -> float:
    return float(pair[1].measured.get("fold") or 0.0)


def _at(one: Judged, setting: Setting) -> Text:
    near = words.place((one.claim.start + one.claim.end) / 2, setting.region)
    return Text(f"near {near}", f" {near} 附近的信号")


def _same_pair(found: Sequence[tuple[int, Judged]], said: Judged) -> Iterator[int]:
    """Further claims that say just the same."""
    for number, one in found:
        if one.claim.tracks == said.claim.tracks and one.measured == said.measured and one is not said:
            yield number
