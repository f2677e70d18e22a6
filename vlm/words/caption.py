"""Judged claims -> a caption: three to eight sentences, each a clause tied to the claims it rests on.

Only supported claims are said. The order is a story's: the frame (whose tracks, the window, its genes, what is
compared); the main finding, which has the lowest rank; then what supports it, by role: differences, relations, events
at genes, states; what is alike after what differs; what is absent; rows of boxes and arcs; what shows nothing; last the
careful reading. Claims that are true but not needed stay in the record. Tracks that nothing is said of are named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from renderer.assays.names import is_control
from renderer.values.evidence import Gene
from renderer.values.region import Region
from renderer.values.track import Scene
from vlm.claims.ground import is_worth_naming
from vlm.claims.verify import restated
from vlm.values.claim import Claim, Judged
from vlm.words import languages
from vlm.words.clauses.clause import Clause, Consistent, Control, Frame, Lull, Quiet, Series, Statement
from vlm.words.clauses.compared import NotDescribed
from vlm.words.meanings import bare, observations, reading_entry, tell_readings
from vlm.words.places import Role, Sentence, Setting, sentence
from vlm.words.profiles import Profile, Top, gaps_told, gather, supported, tops
from vlm.words.tellers.comparisons import lacks_at_peaks, tell_absent, tell_exons, tell_higher, tell_lone, tell_strands
from vlm.words.tellers.differences import tell_differences
from vlm.words.tellers.domains import gene_spans, tell_domains
from vlm.words.tellers.frame import brief, tell_frame
from vlm.words.tellers.links import tell_links
from vlm.words.tellers.maps import tell_maps
from vlm.words.tellers.nascent import tell_nascent
from vlm.words.tellers.peaks import RANK_TRACK, tell_peaks
from vlm.words.tellers.rows import counts_as_one, tell_rows
from vlm.words.tellers.signed import signed_tracks, tell_signed
from vlm.words.tellers.standing import tell_gaps, tell_standing
from vlm.words.tellers.states import tell_states
from vlm.words.tellers.transcripts import exons_told, tell_transcripts

MOST_SENTENCES = 8

LENGTHS = ((3, (6, 120)), (6, (MOST_SENTENCES, 220)), (1_000, (MOST_SENTENCES, 240)))
"""Up to so many tracks a caption has so many sentences and words; the last where tracks form a design."""

UNSAID = 2
"""How many ranks it is worth that a sentence speaks of a track that no other does."""

SHORT = 60
"""Words of the short form."""

LONG = 45
"""Words of a reading; a longer one does not say what it rests on, which its claims do."""

QUIET: tuple[Lull, ...] = get_args(Lull)
"""The order in which tracks with nothing to point at are told."""

SPARE = 10
"""Words that are kept of a caption's for each track that nothing speaks of yet."""

RANK_CONTROL = 3
"""How far a track with peaks or domains stands over its control is said if there is room: the peaks say it."""

ROUGH = ("no_peak", "noisy")
"""What no one needs to be told of a signal whose means over exons are."""

PLACING = ("peak", "strongest_peak", "peak_at_tss", "peak_in_gene", "intergenic_peak")
"""Kinds of claims that tell where a peak is."""

WHOLE = 0.9
"""A claim over this share of the window speaks of all of it."""


@dataclass(frozen=True)
class Prose:
    """What a caption says, and each claim by its id. Words are made when a language is named, by its code."""

    region: Region
    sentences: tuple[Sentence, ...]
    claims: dict[int, Clause]
    short: tuple[Sentence, ...] = ()

    def told(self, code: str) -> list[str]:
        """The sentences in words. Raises ValueError for a language nobody knows."""
        spoken = languages.named(code)(self.region)
        return [spoken.sentence(one.clause) for one in self.sentences]

    def caption(self, code: str) -> str:
        """All sentences in a row."""
        return languages.named(code)(self.region).join(self.told(code))

    def brief(self, code: str) -> str:
        """The short form, for galleries and alt text: frame, main finding, reading."""
        spoken = languages.named(code)(self.region)
        return spoken.join(spoken.sentence(one.clause) for one in self.short)

    def claim(self, number: int, code: str) -> str:
        """One claim in words."""
        return languages.named(code)(self.region).entry(self.claims[number])


def compose(judged: Sequence[Judged], scene: Scene, genes: Sequence[Gene] = ()) -> Prose:
    """The caption of a scene. Claim ids are positions in `judged`, from 1; `genes` tell which names are worth it."""
    setting = Setting.of(scene)
    everything, judged = judged, observations(judged)
    by_sides = signed_tracks(judged)
    profiles = [one for one in gather(judged).values() if one.track not in by_sides]
    worth = {gene.name for gene in genes if is_worth_naming(gene)}
    readings = tell_readings(everything, scene, worth)
    opening = tell_frame(judged, scene, setting, worth)
    room = _Room(scene, scene.region)
    readings = [room.terse(one) for one in readings]
    body = _body(judged, profiles, scene, setting, worth)
    over_exons = exons_told(judged) - _silent(profiles)
    bare = [one for one in profiles if one.track not in over_exons or _how_quiet(one) not in ROUGH]
    quiet = _tell_quiet(bare, _controls(scene, judged), setting, tops(judged))
    shown = _covered(quiet, judged)
    peaked = {one.track for one in profiles if one.spots}
    absent, rest = tell_absent(judged, setting), [*quiet, *tell_gaps(judged, setting)]
    owed = _covered(absent, judged) & peaked
    quiet = _in_one([*absent, *rest])
    room.widen(any(one.role == Role.FINDING for one in body))
    room.reserve([opening, *quiet, *readings])
    rows = [track.number for track in scene.tracks if track.kind != "genes" and track.note is None]
    silent = {*rows} - _covered([opening], judged) - shown
    body, left = _story(body, judged, silent, room, owed)
    if unsaid := owed - _covered(body, judged):
        quiet = _in_one([*tell_absent(judged, setting, unsaid), *rest])
    short = _short(opening, body or quiet, readings, room)
    told = [opening, *body, *quiet, *readings]
    missing = [number for number in rows if number not in _covered(told, everything)]
    free = room.most_words - sum(room.words(one.clause) for one in told)
    body = _with_undescribed([*body, *quiet], left, missing, everything, setting, room, free)
    entries: dict[int, Clause] = {n: statement(restated(one), scene) for n, one in enumerate(judged, 1)}
    entries |= {n: reading_entry(one) for n, one in enumerate(everything, 1) if n > len(judged)}
    return Prose(scene.region, (opening, *body, *readings), entries, short)


def _body(
    judged: Sequence[Judged], profiles: Sequence[Profile], scene: Scene, setting: Setting, worth: set[str]
) -> list[Sentence]:
    """Everything there is to tell between the frame and the readings, in the order of roles."""
    controls = {track.number for track in scene.tracks if is_control(track)}
    silent = _silent(profiles)
    over_exons = exons_told(judged) - silent
    told = [one for one in profiles if one.state is None and one.track not in controls | over_exons]
    differences = tell_differences(judged, setting)
    formed = {one.track for one in told if one.main or one.domains}
    differences = [_behind(one, formed, judged) for one in differences]
    body = differences + tell_nascent(judged, setting) + tell_transcripts(judged, setting, silent)
    body += tell_links(judged, setting) + tell_maps(judged, setting)
    peaky = [one for one in told if not one.domains and not one.exons]
    body += _after_groups(tell_peaks(peaky, judged, setting), tell_exons([one for one in told if one.exons], setting))
    broad = [one for one in profiles if one.domains and one.track not in controls and not one.exons]
    body += tell_domains(broad, gene_spans(judged, worth), setting, gaps_told(judged)) + tell_signed(judged, setting)
    stranded = any(
        one.claim.kind == "level_differs" and one.measured["factor"] == "strand" for _, one in supported(judged)
    )
    body += [] if stranded else tell_strands(told, setting)
    body += [] if differences else tell_higher(judged, setting)
    return (
        body
        + (tell_lone(judged, setting) if not lacks_at_peaks(judged) else [])
        + tell_states(judged, setting)
        + tell_standing(judged, setting)
        + tell_rows(judged, setting)
    )


def _behind(told: Sentence, formed: set[int], judged: Sequence[Judged]) -> Sentence:
    """A sentence on tracks over their control comes behind, where what the tracks form is told anyway."""
    claims = [judged[number - 1] for number in told.claims]
    over = [one for one in claims if one.measured.get("factor") == "control"]
    plain = len(over) == len(claims) and all(one.claim.tracks[0] in formed for one in over)
    return replace(told, rank=RANK_CONTROL) if claims and plain else told


def _silent(profiles: Sequence[Profile]) -> set[int]:
    """Tracks with nothing to tell of; what is uneven for a peak may be exons."""
    return {one.track for one in profiles if one.state in ("no_data", "flat") or one.reach}


def _in_one(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Several sentences as one: what is absent, and what shows nothing."""
    return [replace(_series(sentences), role=Role.QUIET)] if sentences else []


def _controls(scene: Scene, judged: Sequence[Judged]) -> set[int]:
    return {track.number for track in scene.tracks if is_control(track)}


def statement(claim: Claim, scene: Scene) -> Statement:
    """A claim as it stands, for tables: whether it holds or not, and if it makes no sense as well."""
    by_number = {track.number: track.label for track in scene.tracks}
    labels = tuple(by_number.get(number, f"track {number}") for number in claim.tracks) or ("?",)
    whole = claim.end - claim.start >= WHOLE * scene.region.span
    return Statement(claim.kind, labels, claim.start, claim.end, claim.value, whole)


def _after_groups(peaks: list[Sentence], exons: list[Sentence]) -> list[Sentence]:
    """Transcripts are told after the places that several tracks share, before single tracks."""
    at = next((index for index, one in enumerate(peaks) if one.rank == RANK_TRACK), len(peaks))
    return [*peaks[:at], *exons, *peaks[at:]]


def _story(
    sentences: Sequence[Sentence], judged: Sequence[Judged], silent: set[int], room: _Room, owed: set[int]
) -> tuple[list[Sentence], list[Sentence]]:
    """What there is room for: the main finding, which has the lowest rank, then those that say most, where a sentence
    on tracks that are `silent` yet is worth UNSAID ranks, twice that where it is `owed`, and a part of it is said where
    all of it is too long; told by their roles. And those left out."""
    left, kept, words = list(range(len(sentences))), dict[int, Sentence](), room.taken
    places: set[tuple[int, int]] = set()
    while left and len(kept) < room.most_sentences:
        of = {index: _covered([sentences[index]], judged) & silent for index in left}
        fresh = {index: bool(of[index]) + bool(of[index] & owed) for index in left}
        best = min(left, key=lambda index: (sentences[index].rank - UNSAID * fresh[index] * bool(kept), index))
        left.remove(best)
        here = _places(sentences[best], judged)
        again = bool(here) and here <= places and not fresh[best]
        for one in (sentences[best], *(sentences[best].parts if fresh[best] else ())):
            still = silent - _covered([one], judged)
            size = room.words(one.clause)
            if not kept or (not again and words + size <= room.most_words - SPARE * len(still)):
                places, silent, words = places | here, still, words + size
                kept[best] = one
                break
    first, rest = list(kept)[:1], sorted(list(kept)[1:], key=lambda index: (sentences[index].role, index))
    dropped = [one for index, one in enumerate(sentences) if index not in kept]
    return [kept[index] for index in (*first, *rest)], dropped


def _places(told: Sentence, judged: Sequence[Judged]) -> set[tuple[int, int]]:
    """The places (track, summit) that a sentence tells of; empty if it tells more than places."""
    claims = [judged[number - 1] for number in told.claims]
    anchored = {
        (one.claim.tracks[1], int(peak["summit"]))
        for one in claims
        if one.claim.kind == "anchor_at_peak"
        for peak in one.measured["peaks"]
    }
    peaks = [one for one in claims if one.claim.kind in PLACING]
    if len(peaks) < len(claims):
        return anchored
    return {(one.claim.tracks[0], int(one.measured["summit"])) for one in peaks}


class _Room:
    """How long a caption may be: by its tracks (CAPTIONS section 11), longer where they form a design. A sentence is
    as long as it is in the language that makes most of it, of those that every record has."""

    def __init__(self, scene: Scene, region: Region) -> None:
        rows = sum(track.kind != "genes" and track.note is None for track in scene.tracks)
        self.most_sentences, self.most_words = next(size for most, size in LENGTHS if rows <= most)
        self.taken = 0.0
        self._spoken = [languages.named(code)(region) for code in languages.ALWAYS]

    def words(self, clause: Clause) -> float:
        """The words of a clause."""
        return max(spoken.size(spoken.sentence(clause)) for spoken in self._spoken)

    def widen(self, has_design: bool) -> None:
        """Make it as long as that of tracks that form a design, if they do."""
        if has_design:
            self.most_sentences, self.most_words = LENGTHS[-1][1]

    def terse(self, told: Sentence) -> Sentence:
        """A reading, without what it rests on if it is LONG."""
        clause = told.clause
        if isinstance(clause, Consistent) and self.words(clause) > LONG:
            return replace(told, clause=bare(clause))
        return told

    def reserve(self, sentences: Sequence[Sentence]) -> None:
        """Keep room for these, which are said anyway."""
        self.most_sentences -= len(sentences)
        self.taken += sum(self.words(one.clause) for one in sentences)


def _short(
    opening: Sentence, body: Sequence[Sentence], readings: Sequence[Sentence], room: _Room
) -> tuple[Sentence, ...]:
    """Frame, main finding and reading in SHORT words. Of what is too long the unit goes first, then what the reading
    notes, the genes, all but the head of the finding, the reading."""
    assert isinstance(opening.clause, Frame)
    frames = [opening, *(replace(opening, clause=one) for one in brief(opening.clause))]
    main, read = list(body[:1]), list(readings[:1])
    head = [replace(one, clause=_first_of(one.clause)) for one in main]
    terse = [replace(one, clause=bare(one.clause)) for one in read if isinstance(one.clause, Consistent)]
    made = [(frame, some, said) for some in (main, head) for said in (read, terse) for frame in frames]
    made += [(frame, some, []) for some in (main, head) for frame in frames] + [(one, [], read) for one in frames]
    for frame, some, said in made:
        told = (frame, *some, *said)
        if len(told) > 1 and sum(room.words(one.clause) for one in told) <= SHORT:
            return told
    return (frames[-1],)


def _first_of(clause: Clause) -> Clause:
    """The head of a sentence of several clauses."""
    return clause.clauses[0] if isinstance(clause, Series) else clause


def _covered(sentences: Sequence[Sentence], judged: Sequence[Judged]) -> set[int]:
    """The tracks that sentences speak of, replicates and steps of a course among them."""
    claims = [judged[number - 1] for one in sentences for number in one.claims]
    sides = [one.measured.get(key) for one in claims for key in ("first", "second")]
    more = [number for side in sides if isinstance(side, dict) for number in side.get("tracks", ())]
    courses = [number for one in claims for number in one.measured.get("tracks", ())]
    return {*(track for one in claims for track in one.claim.tracks), *more, *courses}


def _with_undescribed(
    body: list[Sentence],
    left: Sequence[Sentence],
    missing: Sequence[int],
    judged: Sequence[Judged],
    setting: Setting,
    room: _Room,
    free: float,
) -> list[Sentence]:
    """The last sentence with clauses on tracks that nothing is said of: short sentences of those `left` out, and the
    names of the tracks that even those say nothing of; in at most so many words as are `free`."""
    open_, more = set(missing), list[Sentence]()
    for one in sorted((part for one in left for part in (one, *one.parts)), key=lambda one: room.words(one.clause)):
        size = room.words(one.clause)
        if _covered([one], judged) & open_ and size <= free:
            free -= size
            more.append(one)
            open_ -= _covered([one], judged)
    if open_:
        unsaid = [number for number in missing if number in open_]
        more.append(sentence(NotDescribed(setting.labels.of(unsaid)), [], role=Role.QUIET))
    if not more:
        return body
    if not body:
        return [_series(more)]
    return [*body[:-1], _series([body[-1], *more])]


def _series(sentences: Sequence[Sentence]) -> Sentence:
    """Several sentences as one, in the place of the first."""
    first = sentences[0]
    ids = [number for one in sentences for number in one.claims]
    return sentence(Series(counts_as_one([one.clause for one in sentences])), ids, first.rank, first.role)


# --- what shows nothing to point at


def _tell_quiet(
    profiles: Sequence[Profile], controls: set[int], setting: Setting, most: Mapping[int, Top]
) -> list[Sentence]:
    """One sentence for the tracks without a peak to speak of, and for controls, whose bumps are no finding."""
    clauses: list[Clause] = []
    ids: list[int] = []
    bumpy = [one for one in profiles if one.track in controls and one.state is None and (one.count or one.domains)]
    if bumpy:
        tracks = [profile.track for profile in bumpy]
        known = [most[track] for track in tracks if track in most]
        told = tuple(top.height for top in known) if len(known) == len(tracks) else ()
        clauses.append(Control(setting.labels.of(tracks), told))
        ids += [top.id for top in known] if told else [i for one in bumpy for i in _quiet_ids(one)]
    for how in QUIET:
        members = [profile for profile in profiles if _how_quiet(profile) == how]
        if members:
            tracks = [profile.track for profile in members]
            known = [most[track] for track in tracks if track in most and how != "no_data"]
            told = tuple(top.height for top in known) if len(known) == len(tracks) else ()
            reach = [profile.reach for profile in members if profile.reach] if how == "low_in_file" else []
            clauses.append(Quiet(setting.labels.of(tracks), how, told, tuple(value for value, _ in reach)))
            ids += [number for _, number in reach]
            ids += [i for profile in members for i in _quiet_ids(profile)]
            ids += [top.id for top in known] if told else []
    return [sentence(Series(tuple(clauses)), ids, role=Role.QUIET)] if clauses else []


def _how_quiet(profile: Profile) -> str | None:
    """Without a peak, or the state the track is in; None of one with something to point at."""
    none = profile.state is None and profile.count == 0 and not profile.domains
    how = "no_peak" if none else profile.state
    return "low_in_file" if profile.reach and how in ("no_peak", "flat", "noisy") else how


def _quiet_ids(profile: Profile) -> list[int]:
    counts = profile.count_ids if profile.state is None and not profile.domains else []
    return [*profile.state_ids, *counts, *(i for one in profile.stretches for i in one.ids)]
