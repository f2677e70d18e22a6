"""Sentences on peaks. Tracks that are strongest at one place are told together; what else each shows comes after.

Gets profiles of supported claims, so whatever is said here holds; it decides what is worth saying, and how.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vlm.values.claim import Judged
from vlm.words.clauses.clause import (
    AlsoPeak,
    Clause,
    Formed,
    Further,
    NoOther,
    Peaks,
    Scattered,
    Series,
    Single,
    Strongest,
)
from vlm.words.clauses.standing import HighestBase
from vlm.words.parts import Above, Place, They
from vlm.words.places import (
    Rest,
    Sentence,
    Setting,
    at_start,
    count_of,
    ids_of,
    is_antisense,
    places,
    sentence,
    shared_gene,
    where,
)
from vlm.words.profiles import Profile, Spot, Top, supported, tops

TOGETHER_SHARE = 0.02
"""Share of the window within which two strongest peaks away from any start site are one place."""

TWIN = 0.8
"""A peak is about as high as the highest from this share of it on."""

FEW = 3
"""So many peaks of a track are told each; of more only the strongest, for their number is no finding."""

RUN, RUN_SHARE = 2_000, 0.05
"""A transcript of so many bp and this share of the window is no peak, as for `renderer.measure.spans`."""

RANK_GROUP, RANK_SOLE, RANK_TRACK, RANK_REST = 0, 1, 2, 3
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
        tops = tuple(top for spot in self.spots for top in spot.tops)
        internal = all(spot.internal for spot in self.spots)
        known = tops if len(tops) == len(self.spots) else ()
        return replace(first, tss=shared, internal=internal, inside=inside, tops=known)

    def admits(self, profile: Profile, setting: Setting) -> bool:
        """Whether this track's main peak is at the group's place."""
        one, other = self.place, profile.main
        if other is None:
            return False
        if is_antisense(one, self.tracks[0], setting) != is_antisense(other, profile.track, setting):
            return False
        if set(one.tss) & set(other.tss):
            return one.internal == other.internal
        if bool(one.tss) != bool(other.tss) or len(one.tss) == 1 or len(other.tss) == 1:
            return False  # told apart, each keeps its gene; only in a dense cluster is the position worth more
        return abs(one.at - other.at) <= TOGETHER_SHARE * setting.region.span


def tell_peaks(profiles: Sequence[Profile], judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """Sentences on these tracks' peaks, places shared by most tracks first. Of a track whose strongest peak is not so
    by its bases as well, where its highest base is."""
    bases = {track: (top.at, top) for track, top in tops(judged).items() if top.at is not None}
    apart = [one for one in profiles if one.main and not one.agrees and one.track in bases]
    groups: list[_Group] = []
    for profile in (one for one in profiles if one.main and one not in apart):
        home = next((group for group in groups if group.admits(profile, setting)), None)
        if home is None:
            groups.append(_Group((profile,)))
        else:
            groups[groups.index(home)] = _Group((*home.members, profile))
    groups.sort(key=lambda group: (-len(group.members), not group.place.tss))
    told = [one for group in groups for one in _tell_group(group, judged, setting)]
    told += [_tell_highest(profile, *bases[profile.track], setting) for profile in apart]
    return told + [_tell_scattered(one, setting) for one in profiles if one.main is None and one.spots]


def _tell_highest(profile: Profile, at: int, top: Top, setting: Setting) -> Sentence:
    """Where the highest base of a track is; and the second highest peak by its bases, if that is the strongest by the
    rest, or about as high."""
    spots = sorted((one for one in profile.spots.values() if one.tops), key=lambda one: -one.tops[0])
    best = next((one for one in spots if one.at == at), None)
    who, main = setting.labels.of([profile.track]), profile.main
    if best is None:
        place = Place("near", at=at, heights=(top.height,))
        return sentence(HighestBase(who, (place,)), [top.id], RANK_TRACK)
    second = next((one for one in spots[:2] if one is not best), None)
    twin = second is not None and (second is main or second.tops[0] >= TWIN * best.tops[0])
    shown = [best, second] if twin and second else [best]
    shown.sort(key=lambda one: one.summit)
    places = tuple(where(one, setting, [profile.track], position=True) for one in shown)
    return sentence(HighestBase(who, places), [top.id, *ids_of(shown)], RANK_SOLE if len(shown) > 1 else RANK_TRACK)


def _tell_group(group: _Group, judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    if all(profile.sole for profile in group.members):
        return [_tell_sole(group, judged, setting)]
    if len(group.members) == 1:
        return [_tell_track(group.members[0], setting)]
    place = where(group.place, setting, group.tracks, position=True)
    strongest = Strongest(setting.labels.of(group.tracks), place)
    return [sentence(strongest, _main_ids(group, judged), RANK_GROUP), *_tell_rest(group, setting)]


def _tell_sole(group: _Group, judged: Sequence[Judged], setting: Setting) -> Sentence:
    """Tracks with one clear peak each, all at one place."""
    place = where(group.place, setting, group.tracks, position=True)
    sharp = all(spot.is_sharp(setting.region) for spot in group.spots)
    low = all(profile.low_ids for profile in group.members)
    ids = _main_ids(group, judged) + [i for profile in group.members for i in profile.count_ids]
    ids += [i for profile in group.members for i in profile.low_ids if low]
    above, more = above_of(group.members)
    single = Single(setting.labels.of(group.tracks), place, sharp, low, above, _run(group, setting))
    return sentence(single, [*ids, *more], RANK_GROUP if len(group.members) > 1 else RANK_SOLE)


def _run(group: _Group, setting: Setting) -> tuple[int, int] | None:
    """The stretch that one track of transcripts shows instead of a peak; None where it is short."""
    (spot, *others), region = group.spots, setting.region
    long = spot.end - spot.start >= max(RUN, RUN_SHARE * region.span)
    return (spot.start, spot.end) if long and not others and group.tracks[0] in setting.transcripts else None


def above_of(profiles: Sequence[Profile]) -> tuple[Above | None, list[int]]:
    """How far the strongest peak of one track stands over the rest, with the claim; of several nothing is said."""
    if len(profiles) != 1 or profiles[0].above is None:
        return None, []
    fold, number = profiles[0].above
    return Above(fold), [number]


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
    said = set(place.tss[:2]) | set(place.inside[:1]) | set(place.aside[:1] if place.aside else ())
    between = bool(place.flanks)
    return [i for i in spot.gene_ids if between or judged[i - 1].measured.get("gene") in said]


def _tell_track(profile: Profile, setting: Setting) -> Sentence:
    """One track with several peaks; where there is no room for all, its strongest."""
    best, who = profile.main, setting.labels.of([profile.track])
    assert best is not None
    lead = Strongest(who, where(best, setting, [profile.track], position=True))
    short = [sentence(lead, [*best.ids, *best.gene_ids], RANK_TRACK)]
    ids = [*best.ids, *best.gene_ids, *profile.count_ids]
    rest = Rest.of(profile)
    home = _home(profile, rest)
    place = where(best, setting, [profile.track], position=True)
    if home:
        others, more = None, ids_of(rest.spots)
        place = Place("near", at=best.at, heights=best.tops)
    else:
        others, more = places(rest, setting, profile.track)
    if (
        profile.count is None
        or profile.count > FEW
        or (profile.count == 1 and not profile.alone)
        or not profile.highest
    ):
        others = replace(others, whole=False) if others and profile.highest else None
        above, so = above_of([profile])
        strongest = replace(lead, others=others, above=above)
        more = more if others else []
        return sentence(strongest, [*best.ids, *best.gene_ids, *more, *so], RANK_TRACK, parts=short)
    if rest.complete:
        spots = sorted([best, *rest.spots], key=lambda spot: spot.summit)
        placed = tuple(where(replace(spot, anonymous=None), setting, [profile.track], position=True) for spot in spots)
        formed = Formed(who, placed, bool(profile.low_ids))
        return sentence(formed, [*ids, *ids_of(rest.spots), *profile.low_ids], RANK_SOLE, parts=short)
    peaks = Peaks(who, count_of(profile), place, others, home, bool(profile.low_ids))
    return sentence(peaks, [*ids, *more, *profile.low_ids], RANK_TRACK, parts=short)


def _home(profile: Profile, rest: Rest) -> str | None:
    """The gene that holds every peak of the track, if all are known and one does."""
    if not rest.complete or not rest.spots or profile.main is None:
        return None
    return shared_gene([profile.main, *rest.spots])


def _tell_rest(group: _Group, setting: Setting) -> list[Sentence]:
    """What the tracks of a group show besides the place they share, in one sentence."""
    several = [profile for profile in group.members if not profile.sole and (profile.others or profile.count)]
    clauses: list[Clause] = []
    ids: list[int] = []
    shared = _shared_starts(several, setting)
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
    return [sentence(Series(tuple(clauses)), ids, RANK_REST)] if clauses else []


def _shared_starts(profiles: Sequence[Profile], setting: Setting) -> list[str]:
    """Genes at whose start all of these tracks have a further peak, none of the other strand."""
    if len(profiles) < 2:
        return []
    sets = [
        {
            gene
            for spot in profile.others
            if not spot.internal and not is_antisense(spot, profile.track, setting)
            for gene in spot.tss[:1]
        }
        for profile in profiles
    ]
    order = [gene for spot in profiles[0].others for gene in spot.tss[:1]]
    return [gene for gene in dict.fromkeys(order) if all(gene in one for one in sets)][:3]


def _also(several: Sequence[Profile], genes: Sequence[str], group: _Group, setting: Setting) -> AlsoPeak:
    tracks = [profile.track for profile in several]
    who = They(len(several)) if len(several) == len(group.members) else setting.labels.of(tracks)
    return AlsoPeak(who, (at_start(genes, False, setting, tracks),))


def _further(profile: Profile, told: Sequence[Spot], setting: Setting) -> tuple[Clause | None, list[int]]:
    """How many peaks the track has beside those told, and where; nothing if that says no more."""
    who = setting.labels.of([profile.track])
    rest = Rest.of(profile, told)
    if rest.number == 0:
        return (NoOther(who), list(profile.count_ids)) if profile.alone and not told else (None, [])
    others, ids = places(rest, setting, profile.track)
    if rest.number is None:
        return AlsoPeak(who, others.places) if others else None, ids
    few = others is not None and rest.number <= FEW
    return (Further(who, rest.number, others), [*ids, *profile.count_ids]) if few else (None, [])


def _tell_scattered(profile: Profile, setting: Setting) -> Sentence:
    """A track of which no strongest peak is known."""
    rest = Rest(profile.count, tuple(profile.others))
    others, ids = places(rest, setting, profile.track)
    if others and profile.count is None:
        others = replace(others, whole=True)
    scattered = Scattered(setting.labels.of([profile.track]), count_of(profile), others)
    return sentence(scattered, [*ids, *profile.count_ids] or [i for s in profile.others for i in s.ids], RANK_TRACK)
