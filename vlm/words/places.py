"""What the clauses of one caption share: what tracks are called, and where a peak is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

from renderer.assays.design import guess_design
from renderer.assays.labels import strand_of, unnumbered, unstranded
from renderer.assays.names import assay_of
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from vlm.words.clauses.clause import Clause
from vlm.words.parts import Count, Others, Place, Strands, Together, Tracks
from vlm.words.profiles import Profile, Spot

NAMED = 3
"""Genes or positions named in one list of places."""

ANONYMOUS_SPAN = 1_000_000
"""In a wider window (bp) a peak is near some start site or other by chance; without a name that says nothing."""


LEAST_OFFSET, LEAST_OFFSET_BOTH = 50, 500
"""A summit is told to be so far (bp) from a start: of a stranded signal, and of one that a nucleosome blurs."""

_FRACTION = re.compile(r"(?<![A-Za-z0-9])(?:G1b?|S[1-4]|G2|early|late)(?![A-Za-z0-9])", re.IGNORECASE)
"""What a label calls one fraction of the cell cycle: high, it is not early as the whole assay is."""


class Role(IntEnum):
    """What a sentence is for, in the order of a caption after its main finding."""

    FINDING, RELATION, EVENT, STATES, CONTRAST, ABSENCE, REST, QUIET = range(8)


@dataclass(frozen=True)
class Sentence:
    """What a sentence says, the ids of the claims it rests on, how gladly it is left out of a caption that is too long
    (the lowest rank leads the caption), and its role in the story. `parts` say some of it, where there is no room."""

    clause: Clause
    claims: tuple[int, ...]
    rank: float = 0
    role: Role = Role.EVENT
    parts: tuple[Sentence, ...] = ()


def sentence(
    clause: Clause, claims: Sequence[int], rank: float = 0, role: Role = Role.EVENT, parts: Sequence[Sentence] = ()
) -> Sentence:
    """A sentence that has each claim once."""
    return Sentence(clause, tuple(dict.fromkeys(claims)), rank, role, tuple(parts))


@dataclass(frozen=True)
class Setting:
    """What every sentence of one caption needs: the window, short track labels, who is said to be at promoters, and
    whose signal is of spliced transcripts: a peak of those within a gene, off its exons, is none of the gene's.
    `transcripts` are the tracks whose long peaks are stretches that are transcribed, `early` those of replication
    timing, high where cells replicate early."""

    region: Region
    labels: Labels
    promoters: frozenset[int]
    spliced: frozenset[int] = frozenset()
    samples: Mapping[int, str] = field(default_factory=dict)
    transcripts: frozenset[int] = frozenset()
    early: frozenset[int] = frozenset()

    @classmethod
    def of(cls, scene: Scene) -> Setting:
        """The setting of a scene."""
        marks = (
            track.number for track in scene.tracks if (row := assay_of(track)) and row.starts and not strand_of(track)
        )
        spliced = (track.number for track in scene.tracks if (row := assay_of(track)) and row.spliced)
        samples = {track.number: track.sample for track in scene.tracks if track.sample}
        along = (track.number for track in scene.tracks if (row := assay_of(track)) and (row.spliced or row.nascent))
        labels = short_labels(scene)
        timed = ((track.number, track.label) for track in scene.tracks if (row := assay_of(track)) and row.timing)
        early = frozenset(number for number, label in timed if not _FRACTION.search(label))
        return cls(scene.region, labels, frozenset(marks), frozenset(spliced), samples, frozenset(along), early)

    def by_sample(self, one: int, other: int) -> tuple[str, str, str]:
        """What two rows are called beside each other: their samples, and what both labels say beside these; where they
        do not differ in the sample alone, their labels, and nothing."""
        labels = [self.labels.by_track[number] for number in (one, other)]
        names = [self.samples.get(number, "") for number in (one, other)]
        bare = {_without(label, name) for label, name in zip(labels, names, strict=True) if name}
        if len(bare) != 1 or not all(names) or names[0] == names[1]:
            return labels[0], labels[1], ""
        return names[0], names[1], bare.pop()


def where(spot: Spot, setting: Setting, tracks: Sequence[int], position: bool = False) -> Place:
    """The place of a peak, named by its genes where it has any; `position` says where that is as well, and how high."""
    place = _where(spot, setting, tracks, position)
    return replace(place, runs=setting.labels.runs(tracks)) if len(place.heights) == len(tracks) else place


def _where(spot: Spot, setting: Setting, tracks: Sequence[int], position: bool) -> Place:
    at, tops = (spot.at, spot.tops) if position else (None, ())
    anonymous = spot.anonymous if setting.region.span <= ANONYMOUS_SPAN else None
    if spot.tss:
        place = replace(at_start(spot.tss[:2], spot.internal, setting, tracks, at), heights=tops)
        return _measured_from(place, spot, setting, tracks) if position else place
    if spot.aside and len(tracks) == 1:
        return Place("beside_tss", spot.aside[:1], at, tops, spot.aside[1])
    if spot.inside and (spot.on_exon or setting.spliced.isdisjoint(tracks)):
        return Place("gene", spot.inside[:1], at, tops)
    if anonymous:
        return Place("some_tss" if anonymous == "tss" else "some_gene", at=at, heights=tops)
    between = spot.intergenic and setting.region.span <= ANONYMOUS_SPAN
    return Place("between" if between else "near", spot.flanks if between else (), spot.at, tops)


def _measured_from(place: Place, spot: Spot, setting: Setting, tracks: Sequence[int]) -> Place:
    """The place with how far it is from the start, of one track at one gene: a stranded signal to the base, another
    where it is no more the start itself; and whether it is the strand of the gene."""
    antisense = all(is_antisense(spot, track, setting) for track in tracks)
    if len(tracks) != 1 or len(spot.tss) != 1:
        return replace(place, antisense=antisense)
    strand = setting.labels.strands.get(tracks[0])
    least = LEAST_OFFSET if strand else LEAST_OFFSET_BOTH
    told = spot.offset is not None and abs(spot.offset) >= least and setting.region.span <= ANONYMOUS_SPAN
    return replace(place, offset=spot.offset if told else None, antisense=antisense)


def is_antisense(spot: Spot, track: int, setting: Setting) -> bool:
    """Whether the peak of a stranded signal is at the start of a gene of the other strand."""
    strand = setting.labels.strands.get(track)
    return strand in ("+", "-") and spot.strand in ("+", "-") and strand != spot.strand


def at_start(
    genes: Sequence[str], internal: bool, setting: Setting, tracks: Sequence[int], at: int | None = None
) -> Place:
    """The start of genes: their promoter, if all the tracks mark promoters."""
    if internal:
        return Place("internal_tss", tuple(genes), at)
    promoter = all(track in setting.promoters for track in tracks)
    return Place("promoter" if promoter else "tss", tuple(genes), at)


def count_of(profile: Profile) -> Count:
    """The number of a track's peaks; where no count holds, whether it is several."""
    return Count(profile.count, len(profile.spots) > 1)


@dataclass(frozen=True)
class Rest:
    """Peaks beside those already told: how many (None: unknown), and the known ones, tallest first."""

    number: int | None
    spots: tuple[Spot, ...]

    @classmethod
    def of(cls, profile: Profile, told: Sequence[Spot] = ()) -> Rest:
        """The peaks of a track but for those told."""
        spots = tuple(spot for spot in profile.others if spot not in told)
        number = None if profile.count is None else max(0, profile.count - 1 - len(told))
        return cls(number, spots)

    @property
    def complete(self) -> bool:
        """Whether every one of them is known."""
        return self.number == len(self.spots)


def places(rest: Rest, setting: Setting, track: int) -> tuple[Others | None, list[int]]:
    """Where the rest is, with claim ids; None if no short list would do."""
    starts = [spot for spot in rest.spots if spot.tss and not spot.internal]
    if rest.complete and rest.spots and (gene := shared_gene(rest.spots)):
        return Others((Place("gene", (gene,)),), len(rest.spots), True, rest.number), ids_of(rest.spots)
    if starts:
        genes = list(dict.fromkeys(spot.tss[0] for spot in starts))[:NAMED]
        shown = [spot for spot in starts if spot.tss[0] in genes]
        whole = rest.complete and len(shown) == len(rest.spots)
        sides = [[spot for spot in shown if is_antisense(spot, track, setting) == side] for side in (False, True)]
        listed = tuple(
            replace(
                at_start(list(dict.fromkeys(spot.tss[0] for spot in some)), False, setting, [track]), antisense=anti
            )
            for some, anti in zip(sides, (False, True), strict=True)
            if some
        )
        return Others(listed, len(shown), whole, rest.number), ids_of(shown)
    if rest.complete and 0 < len(rest.spots) <= 2:
        ordered = sorted(rest.spots, key=lambda spot: spot.summit)
        listed = tuple(where(replace(spot, anonymous=None), setting, [track]) for spot in ordered)
        return Others(listed, len(ordered), True, rest.number), ids_of(ordered)
    return None, []


def ids_of(spots: Sequence[Spot]) -> list[int]:
    """The claims on these peaks and their genes."""
    return [i for spot in spots for i in (*spot.ids, *spot.gene_ids)]


def shared_gene(spots: Sequence[Spot]) -> str | None:
    """The gene all of these peaks lie in, if they do. An internal start site is inside the gene as well."""
    inside = [{*spot.inside, *(spot.tss if spot.internal else ())} for spot in spots]
    shared = set.intersection(*inside) if inside else set()
    return min(shared) if shared else None


# --- track labels


@dataclass(frozen=True)
class Labels:
    """Track labels for a sentence: the sample, if all signal tracks share it, is said once and left out of each."""

    sample: str | None
    by_track: dict[int, str]
    strands: dict[int, str]
    replicates: tuple[tuple[int, ...], ...] = ()

    def of(self, tracks: Sequence[int]) -> Tracks:
        """These tracks as a subject; two strands of one assay become one item, and so do all replicates of one
        condition."""
        items: list[str | Strands | Together] = []
        left = list(tracks)
        while left:
            number = left.pop(0)
            same = next((some for some in self.replicates if number in some and {*some} <= {number, *left}), None)
            if same is not None:
                items.append(Together(unnumbered(self.by_track[number])))
                left = [other for other in left if other not in same]
                continue
            twin = next((other for other in left if self._are_strands(number, other)), None)
            if twin is None:
                items.append(self.by_track[number])
                continue
            left.remove(twin)
            items.append(Strands(unstranded(self.by_track[number])))
        return Tracks(tuple(items), len(tracks))

    def grouped(self, tracks: Sequence[int]) -> list[tuple[int, ...]]:
        """The tracks, those that one item stands for together."""
        homes = {track: next((some for some in self.replicates if track in some), (track,)) for track in tracks}
        whole = (home if {*home} <= {*tracks} else (track,) for track, home in homes.items())
        return list(dict.fromkeys(whole))

    def runs(self, tracks: Sequence[int]) -> tuple[int, ...]:
        """How many of these tracks, one after the other, are all replicates of a condition; none if they are not in
        order."""
        groups = self.grouped(tracks)
        ordered = [track for some in groups for track in some] == list(tracks)
        return tuple(len(some) for some in groups) if ordered and len(groups) < len(tracks) else ()

    def _are_strands(self, one: int, other: int) -> bool:
        stems = {unstranded(self.by_track[number]) for number in (one, other)}
        signs = {self.strands.get(number) for number in (one, other)}
        return signs == {"+", "-"} and len(stems) == 1


def short_labels(scene: Scene) -> Labels:
    """The labels of a scene's tracks, without the sample they share."""
    labels = _short_labels(scene)
    sets = (some.tracks for some in guess_design(scene.tracks).replicates)
    alike = (some for some in sets if len({unnumbered(labels.by_track[track]) for track in some}) == 1)
    return replace(labels, replicates=tuple(alike))


def _short_labels(scene: Scene) -> Labels:
    signal = [track for track in scene.tracks if track.kind == "signal"]
    full = _told_apart(scene.tracks)
    strands = {track.number: strand for track in signal if (strand := strand_of(track))}
    samples = {track.sample for track in signal}
    rows = {track.sample for track in scene.tracks if track.sample and track.kind != "genes"}
    samples |= rows  # beside a row of another sample each name must say whose it is
    sample = samples.pop() if len(samples) == 1 and len(signal) > 1 else None
    if not sample or not all(_has_word(track.label, sample) for track in signal):
        return Labels(None, full, strands)
    short = {number: _without(label, sample) for number, label in full.items()}
    cut = [short[track.number] for track in signal]
    if not all(cut) or len(set(cut)) < len(cut):
        return Labels(None, full, strands)
    return Labels(sample, {number: short[number] or full[number] for number in full}, strands)


AWKWARD = re.compile(r"[,;:]|\(\s|\s\)|\.\s|\bper\b.*\bdocs?\b")
"""What in a label would stumble in a sentence."""

LONG_LABEL = 40


def _told_apart(tracks: Sequence[Track]) -> dict[int, str]:
    """What each track is called in a sentence: its label, with its number where another track of the same strand is
    called the same; in quotes where it would stumble, and by its number alone where it is a sentence itself."""
    full = {track.number: re.sub(r"\s+", " ", track.label).strip() or f"track {track.number}" for track in tracks}
    called = Counter((full[track.number], track.strand) for track in tracks)
    told = {}
    for track in tracks:
        label = full[track.number]
        awkward = AWKWARD.search(label) is not None
        if awkward and len(label) > LONG_LABEL:
            told[track.number] = f"track {track.number}"
        else:
            again = f" ({track.number})" if called[label, track.strand] > 1 else ""
            told[track.number] = (f"“{label}”" if awkward else label) + again
    return told


def _has_word(label: str, word: str) -> bool:
    return bool(re.search(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", label, re.IGNORECASE))


def _without(label: str, word: str) -> str:
    short = re.sub(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", "", label, flags=re.IGNORECASE)
    tidy = re.sub(r"\(\s*\)|\[\s*\]", "", re.sub(r"_{2,}", "_", re.sub(r"\s+", " ", short)))
    return tidy.strip(" _,:;").removeprefix("- ").strip()
