"""Sentences on peaks. Tracks that are strongest at one place are told together; what else each shows comes after.

Gets profiles of supported claims, so whatever is said here holds; it decides what is worth saying, and how.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vlm.values.claim import Judged
from vlm.words import text as words
from vlm.words.places import Rest, Setting, at_start, count_of, ids_of, places, shared_gene, where
from vlm.words.profiles import Profile, Spot, supported
from vlm.words.text import EMPTY, Sentence, Text, number_en, sentence

TOGETHER_SHARE = 0.02
"""Share of the window within which two strongest peaks away from any start site are one place."""

RANK_GROUP, RANK_TRACK, RANK_REST = 0, 2, 3
"""What a caption that is too long keeps: places of several tracks, then single tracks, then further peaks."""


@dataclass(frozen=True)
class _Group:
    """Tracks whose main peaks are at one place."""

    members: tuple[Profile, ...]

    @property
    def tracks(self) -> list[int]:
        return [profile.track for profile in self.members]

    @property
    def spots(self) -> list[Spot]:
        return [profile.main for profile in self.members if profile.main]

    @property
    def place(self) -> Spot:
        """The first member's peak, with the genes that all members share."""
        first = self.spots[0]
        shared = tuple(gene for gene in first.tss if all(gene in spot.tss for spot in self.spots))
        inside = tuple(gene for gene in first.inside if all(gene in spot.inside for spot in self.spots))
        return replace(first, tss=shared, internal=all(spot.internal for spot in self.spots), inside=inside)

    def admits(self, profile: Profile, setting: Setting) -> bool:
        """Whether this track's main peak is at the group's place."""
        one, other = self.place, profile.main
        if other is None:
            return False
        if set(one.tss) & set(other.tss):
            return one.internal == other.internal
        if bool(one.tss) != bool(other.tss) or len(one.tss) == 1 or len(other.tss) == 1:
            return False  # told apart, each keeps its gene; only in a dense cluster is the position worth more
        return abs(one.summit - other.summit) <= TOGETHER_SHARE * setting.region.span


def tell_peaks(profiles: Sequence[Profile], judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """Sentences on these tracks' peaks, places shared by most tracks first."""
    groups: list[_Group] = []
    for profile in (one for one in profiles if one.main):
        home = next((group for group in groups if group.admits(profile, setting)), None)
        if home is None:
            groups.append(_Group((profile,)))
        else:
            groups[groups.index(home)] = _Group((*home.members, profile))
    groups.sort(key=lambda group: (-len(group.members), not group.place.tss))
    told = [one for group in groups for one in _tell_group(group, judged, setting)]
    return told + [_tell_scattered(one, setting) for one in profiles if one.main is None and one.spots]


def _tell_group(group: _Group, judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    if all(profile.sole for profile in group.members):
        return [_tell_sole(group, judged, setting)]
    if len(group.members) == 1:
        return [_tell_track(group.members[0], setting)]
    place = where(group.place, setting, group.tracks, position=True)
    labels = setting.labels.of(group.tracks)
    both = "both" if len(group.members) == 2 and not labels.en.startswith("both ") else "all"
    all_ = "" if labels.en.startswith("both ") and len(group.members) == 2 else f"{both} "
    text = Text(f"{labels.en} are {all_}strongest {place.en}", f"{labels.zh} 的最强峰均位于 {place.zh}")
    main = sentence(text, _main_ids(group, judged), RANK_GROUP)
    rest = _tell_rest(group, setting)
    return [main, *rest]


def _tell_sole(group: _Group, judged: Sequence[Judged], setting: Setting) -> Sentence:
    """Tracks with one clear peak each, all at one place."""
    many = len(group.members) > 1
    labels = setting.labels.of(group.tracks)
    place = where(group.place, setting, group.tracks, position=True)
    sharp = all(spot.is_sharp(setting.region) for spot in group.spots)
    low = all(profile.low_ids for profile in group.members)
    ids = _main_ids(group, judged) + [i for profile in group.members for i in profile.count_ids]
    ids += [i for profile in group.members for i in profile.low_ids if low]
    each = "" if not many else "each " if not labels.en.startswith("both ") else ""
    kind = Text("sharp", "尖锐") if sharp else Text("clear", "明显")
    elsewhere = Text(f" and {'are' if many else 'is'} low elsewhere", "，其余区域信号较低") if low else EMPTY
    text = Text(
        f"{labels.en} {each}{'form' if many else 'forms'} a single {kind.en} peak {place.en}{elsewhere.en}",
        f"{labels.zh} {'均仅' if many else '仅'}在 {place.zh}形成一个{kind.zh}的峰{elsewhere.zh}",
    )
    return sentence(text, ids, RANK_GROUP if many else RANK_TRACK)


def _main_ids(group: _Group, judged: Sequence[Judged]) -> list[int]:
    """Claims on the place of a group: each track's peak, its gene, and that the peaks coincide."""
    ids = [i for spot in group.spots for i in (*spot.ids, *_shared_gene_ids(spot, group.place, judged))]
    summits = {str(profile.track): profile.main.summit for profile in group.members if profile.main}
    for number, one in supported(judged):
        if one.claim.kind == "coincide" and all(
            summits.get(track) == facts.get("summit")
            for track, facts in one.measured.items()
            if isinstance(facts, dict)
        ):
            ids.append(number)
    return ids


def _shared_gene_ids(spot: Spot, place: Spot, judged: Sequence[Judged]) -> list[int]:
    """The claims that put this peak at the genes that are said, not at others it is near to as well."""
    said = set(place.tss[:2]) | set(place.inside[:1])
    return [i for i in spot.gene_ids if judged[i - 1].measured.get("gene") in said]


def _tell_track(profile: Profile, setting: Setting) -> Sentence:
    """One track with several peaks."""
    best, track = profile.main, profile.track
    assert best is not None
    label = setting.labels.of([track])
    ids = [*best.ids, *best.gene_ids, *profile.count_ids]
    rest = Rest.of(profile)
    gene = _home(profile, rest)
    if gene:
        ids += ids_of(rest.spots)
        near = words.place(best.summit, setting.region)
        all_ = "both" if profile.count == 2 else "all"
        tail = Text(f", {all_} within {gene}, the strongest near {near}", f"，最强峰位于 {near} 附近")
    else:
        place = where(best, setting, [track], position=True)
        more, more_ids = _others(rest, setting, track)
        tail = Text(f", the strongest {place.en}", f"，最强峰位于 {place.zh}") + more
        ids += more_ids
        if profile.count is None:
            english = more.en.replace("another lies", "another peak lies").replace("others lie", "other peaks lie")
            text = Text(f"{label.en} is strongest {place.en}{english}", f"{label.zh} 的最强峰位于 {place.zh}{more.zh}")
            return sentence(text, ids, RANK_TRACK)
    count = count_of(profile.count, len(profile.spots))
    chinese = count.zh if not gene else f"{profile.count} 个均位于 {gene} 内的峰"
    if profile.low_ids:
        ids += profile.low_ids
        text = Text(f"{label.en} is low except for {count.en}", f"{label.zh} 除 {chinese}外信号较低")
    else:
        text = Text(f"{label.en} shows {count.en}", f"{label.zh} 有 {chinese}")
    return sentence(text + tail, ids, RANK_TRACK)


def _home(profile: Profile, rest: Rest) -> str | None:
    """The gene that holds every peak of the track, if all are known and one does."""
    if not rest.complete or not rest.spots or profile.main is None:
        return None
    return shared_gene([profile.main, *rest.spots])


def _others(rest: Rest, setting: Setting, track: int) -> tuple[Text, list[int]]:
    """What follows the strongest peak: '; the other lies at the promoter of ERMP1'."""
    listed, ids, whole, shown = places(rest, setting, track)
    if not listed:
        return EMPTY, []
    if whole:
        one = rest.number == 1
        text = Text(
            f"; the other{'' if one else 's'} lie{'s' if one else ''} {listed.en}",
            f"；{'另一个' if one else '其余各峰'}位于 {listed.zh}",
        )
        return text, ids
    some = Text("another lies", "另有一个峰") if shown == 1 else Text("others lie", "另有峰")
    return Text(f"; {some.en} {listed.en}", f"；{some.zh}位于 {listed.zh}"), ids


def _tell_rest(group: _Group, setting: Setting) -> list[Sentence]:
    """What the tracks of a group show besides the place they share, in one sentence."""
    several = [profile for profile in group.members if not profile.sole and (profile.others or profile.count)]
    clauses: list[Text] = []
    ids: list[int] = []
    shared = _shared_starts(several)
    told: dict[int, list[Spot]] = {profile.track: [] for profile in several}
    if shared:
        clauses.append(_also(several, shared, group, setting))
        for profile in several:
            told[profile.track] = [spot for spot in profile.others if set(spot.tss) & set(shared)]
            ids += ids_of(told[profile.track])
    for profile in group.members:
        clause, more = _further(profile, told.get(profile.track, []), setting)
        clauses += [clause] if clause else []
        ids += more
    if not clauses:
        return []
    text = Text("; ".join(clause.en for clause in clauses), "；".join(clause.zh for clause in clauses))
    return [sentence(text, ids, RANK_REST)]


def _shared_starts(profiles: Sequence[Profile]) -> list[str]:
    """Genes at whose start all of these tracks have a further peak."""
    if len(profiles) < 2:
        return []
    sets = [{gene for spot in profile.others if not spot.internal for gene in spot.tss[:1]} for profile in profiles]
    order = [gene for spot in profiles[0].others for gene in spot.tss[:1]]
    return [gene for gene in dict.fromkeys(order) if all(gene in one for one in sets)][:3]


def _also(several: Sequence[Profile], genes: Sequence[str], group: _Group, setting: Setting) -> Text:
    tracks = [profile.track for profile in several]
    place = at_start(genes, False, setting, tracks)
    if len(several) == len(group.members):
        who = Text("both" if len(several) == 2 else "all", "二者" if len(several) == 2 else "它们")
    else:
        who = setting.labels.of(tracks)
    return Text(f"{who.en} also peak {place.en}", f"{who.zh}在 {place.zh}也有峰")


def _further(profile: Profile, told: Sequence[Spot], setting: Setting) -> tuple[Text, list[int]]:
    """'H3K27ac has two further clear peaks, at ...', or that there is none."""
    label = setting.labels.of([profile.track])
    rest = Rest.of(profile, told)
    if rest.number == 0:
        if told:
            return EMPTY, list(profile.count_ids)
        return Text(f"{label.en} has no other clear peak", f"{label.zh} 无其他明显的峰"), list(profile.count_ids)
    listed, ids, whole, shown = places(rest, setting, profile.track)
    if rest.number is None:
        if not listed:
            return EMPTY, []
        return Text(f"{label.en} also peaks {listed.en}", f"{label.zh} 在 {listed.zh}也有峰"), ids
    number = Text(number_en(rest.number), str(rest.number))
    if rest.number > 10:
        number = Text("more than ten", "10 个以上")
    more = Text(
        f"{label.en} has {number.en} further peak{'s' * (rest.number != 1)}",
        f"{label.zh} 另有 {number.zh}{'' if rest.number > 10 else ' 个'}峰",
    )
    if listed:
        among = Text("", "") if whole else Text("one of them " if shown == 1 else "among them ", "其中有峰")
        more += Text(f", {among.en}{listed.en}", f"，{among.zh}位于 {listed.zh}")
    return more, [*ids, *profile.count_ids]


def _tell_scattered(profile: Profile, setting: Setting) -> Sentence:
    """A track of which no strongest peak is known."""
    label = setting.labels.of([profile.track])
    count = count_of(profile.count, len(profile.spots))
    rest = Rest(profile.count, tuple(profile.others))
    listed, ids, whole, shown = places(rest, setting, profile.track)
    text = Text(f"{label.en} shows {count.en}", f"{label.zh} 有 {count.zh}")
    if listed:
        some = Text("one of them " if shown == 1 else "among them ", "其中有峰")
        among = EMPTY if whole or profile.count is None else some
        text += Text(f", {among.en}{listed.en}", f"，{among.zh}位于 {listed.zh}")
    return sentence(text, [*ids, *profile.count_ids] or [i for s in profile.others for i in s.ids], RANK_TRACK)
