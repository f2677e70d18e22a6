"""Sentences that hold tracks against each other or against genes: exons followed, strands, peaks one track lacks, and
which of two tracks on one scale is higher.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from renderer.assays.labels import unstranded
from vlm.values.claim import Judged
from vlm.words.clauses.clause import FollowExons, Higher, Lone, Runs
from vlm.words.clauses.compared import Absent
from vlm.words.parts import Stranded
from vlm.words.places import ANONYMOUS_SPAN, Role, Sentence, Setting, sentence, where
from vlm.words.profiles import Over, Profile, supported
from vlm.words.tellers.peaks import RANK_REST, RANK_TRACK

NAMED = 3
"""Genes or places named in one list."""

ABSENT = 2
"""Genes at whose starts marks are said to be low."""

RANK_ABSENT = 1

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
    who = setting.labels.of([profile.track for profile in group])
    follow = FollowExons(who, tuple(over.gene for over in _named(group[0].exons)))
    ids = [over.id for profile in group for over in _named(profile.exons)]
    if len(group) > 1:
        return sentence(follow, ids, RANK_TRACK)
    named = _named(group[0].exons)
    follow = replace(follow, means=named[0].means if len(named) == 1 else None)
    follow, more = _beside_exons(follow, group[0], setting)
    return sentence(follow, [*ids, *more], RANK_TRACK)


def _beside_exons(follow: FollowExons, profile: Profile, setting: Setting) -> tuple[FollowExons, list[int]]:
    """The clause with what else the track shows: the highest peak outside these genes, or that there is none."""
    outside = [spot for spot in profile.spots.values() if not any(over.holds(spot) for over in profile.exons)]
    if not outside:
        return replace(follow, low=bool(profile.low_ids)), list(profile.low_ids)
    first = max(outside, key=lambda spot: spot.height)
    place = where(first, setting, [profile.track], position=True)
    return replace(follow, peak=place, strongest=first is profile.main), [*first.ids, *first.gene_ids]


def tell_strands(profiles: Sequence[Profile], setting: Setting) -> list[Sentence]:
    """A sentence for each stranded assay: over which genes of its strand the signal runs."""
    assays: dict[str, list[Profile]] = {}
    for profile in (one for one in profiles if one.strand):
        assays.setdefault(unstranded(setting.labels.by_track[profile.track]), []).append(profile)
    return [_tell_strands(label, group) for label, group in assays.items()]


def _tell_strands(label: str, group: Sequence[Profile]) -> Sentence:
    named = [_named(one.strand) for one in sorted(group, key=lambda one: one.strand[0].strand)]
    along = tuple(Stranded(overs[0].strand, tuple(over.gene for over in overs)) for overs in named)
    return sentence(Runs(label, along), [over.id for overs in named for over in overs], RANK_TRACK)


def tell_lone(judged: Sequence[Judged], setting: Setting) -> list[Sentence]:
    """'H3K27ac, but not H3K4me3, peaks near 5.494 Mb': the pairs of tracks with most such places."""
    pairs: dict[tuple[int, ...], dict[int, int]] = {}
    groups = [one for _, one in supported(judged) if one.claim.kind == "only_in_group"]
    for number, one in supported(judged):
        if one.claim.kind == "only_in" and not any(_says_so(group, one) for group in groups):
            pairs.setdefault(one.claim.tracks, {}).setdefault(int(one.measured["summit"]), number)
    ranked = sorted(pairs.items(), key=lambda pair: -len(pair[1]))[:MOST_PAIRS]
    return [_tell_lone(tracks, summits, setting) for tracks, summits in ranked]


def _says_so(group: Judged, one: Judged) -> bool:
    """Whether a claim of groups says the same of all of both conditions that these two tracks are of."""
    homes = [group.measured[side]["tracks"] for side in ("first", "second")]
    among = all(track in home for track, home in zip(one.claim.tracks, homes, strict=True))
    return among and one.claim.start < group.claim.end and group.claim.start < one.claim.end


def _tell_lone(tracks: tuple[int, ...], summits: dict[int, int], setting: Setting) -> Sentence:
    first, second = (setting.labels.of([track]) for track in tracks)
    shown = sorted(list(summits)[:NAMED])
    return sentence(Lone(first, second, tuple(shown)), [summits[summit] for summit in shown], RANK_REST)


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


def _tell_higher(one: Judged, setting: Setting) -> Higher:
    first, second = (setting.labels.of([track]) for track in one.claim.tracks)
    higher = Higher(first, second, one.measured.get("fold"))
    if one.measured["of"] == "gene":
        return replace(higher, gene=str(one.measured["gene"]))
    at = None if one.measured["of"] == "mean" else (one.claim.start + one.claim.end) / 2
    return replace(higher, at=at)


def _level_and_fold(pair: tuple[int, Judged]) -> tuple[float, float]:
    return float(pair[1].measured[str(pair[1].claim.tracks[0])]), _fold(pair)


def _fold(pair: tuple[int, Judged]) -> float:
    return float(pair[1].measured.get("fold") or 0.0)


def _same_pair(found: Sequence[tuple[int, Judged]], said: Judged) -> Iterator[int]:
    """Further claims that say just the same."""
    for number, one in found:
        if one.claim.tracks == said.claim.tracks and one.measured == said.measured and one is not said:
            yield number


def tell_absent(judged: Sequence[Judged], setting: Setting, but: Collection[int] = ()) -> list[Sentence]:
    """The starts of genes at which marks of promoters are low, genes over which transcripts are, and peaks of other
    marks at which the mark of promoters is: the highest bases there of the tracks that are low at all of them. Not of
    the tracks `but`, whose peaks go unsaid: they would be told by where they are low alone."""
    told = [_tell_absent(judged, place, setting, but) for place in ("start", "body")]
    told.append(_tell_absent_at_peaks(judged, setting, but))
    return [one for one in told if one is not None]


def lacks_at_peaks(judged: Sequence[Judged]) -> list[tuple[int, Judged]]:
    """The claims that a mark is low at peaks of another."""
    return [
        (number, one)
        for number, one in supported(judged)
        if one.claim.kind == "value" and one.measured["place"] == "span" and one.measured["of"] == "maximum"
    ]


def _tell_absent_at_peaks(judged: Sequence[Judged], setting: Setting, but: Collection[int]) -> Sentence | None:
    """Peaks of other tracks at which one is low, and the highest it comes there."""
    low = [pair for pair in lacks_at_peaks(judged) if pair[1].claim.tracks[0] not in but]
    first = [(number, one) for number, one in low if one.claim.tracks == low[0][1].claim.tracks][:NAMED]
    if not first:
        return None
    most = max(abs(float(one.measured["maximum"])) for _, one in first)
    who = setting.labels.of([first[0][1].claim.tracks[0]])
    peaks = tuple((one.claim.start + one.claim.end) // 2 for _, one in first)
    clause = Absent((), ((who, most),), peaks=peaks)
    return sentence(clause, [number for number, _ in first], RANK_ABSENT, Role.ABSENCE)


def _tell_absent(judged: Sequence[Judged], place: str, setting: Setting, but: Collection[int]) -> Sentence | None:
    low: dict[int, dict[str, tuple[float, int]]] = {}
    nil = {one.claim.tracks[0] for _, one in supported(judged) if one.claim.kind == "low_in_file" and place == "body"}
    nil |= {*but}
    peaks = {
        (one.claim.tracks[0], one.measured["gene"])
        for _, one in supported(judged)
        if one.claim.kind == "peak_at_tss" and place == "start"
    }
    for number, one in supported(judged):
        known = one.claim.kind == "value" and one.claim.tracks[0] not in nil
        known = known and (one.claim.tracks[0], one.measured["gene"]) not in peaks
        if known and one.measured["place"] == place and one.measured["of"] == "maximum":
            found = low.setdefault(one.claim.tracks[0], {})
            found[str(one.measured["gene"])] = abs(float(one.measured["maximum"])), number
    if not low:
        return None
    first = list(next(iter(low.values())))
    genes = [gene for gene in first if all(gene in found for found in low.values())][:ABSENT] or first[:ABSENT]
    tracks = [track for track, found in low.items() if all(gene in found for gene in genes)]
    most = tuple(
        (setting.labels.of(some), max(low[track][gene][0] for track in some for gene in genes))
        for some in setting.labels.grouped(tracks)
    )
    ids = [low[track][gene][1] for track in tracks for gene in genes]
    return sentence(Absent(tuple(genes), most, place == "start"), ids, RANK_ABSENT, Role.ABSENCE)
