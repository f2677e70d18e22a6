"""Judged claims -> a caption: three to eight sentences, each a clause tied to the claims it rests on.

Only supported claims are said. The order is a figure legend's: the window and its genes; places where tracks peak,
those several tracks share first; exons and broad domains; comparisons; intervals, links and boundaries in a clause
each; last what shows no peak, is uneven, flat or empty. Claims that are true but not needed stay in the record, not
in the caption.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import get_args

from renderer.assays.names import is_control
from renderer.values.evidence import Gene
from renderer.values.region import Region
from renderer.values.track import Scene
from vlm.claims.ground import is_worth_naming
from vlm.values.claim import Claim, Judged
from vlm.words import languages
from vlm.words.clauses import Clause, Control, Frame, InSample, Lull, Quiet, Series, Statement
from vlm.words.comparisons import tell_exons, tell_higher, tell_lone, tell_strands
from vlm.words.differences import tell_differences, tell_states
from vlm.words.domains import gene_spans, tell_domains
from vlm.words.meanings import observations, reading_entry, tell_readings
from vlm.words.parts import Count, Stranded
from vlm.words.peaks import RANK_TRACK, tell_peaks
from vlm.words.places import Sentence, Setting, sentence
from vlm.words.profiles import Profile, gather, supported
from vlm.words.rows import tell_rows

MOST_SENTENCES = 8
MOST_GENES = 4
"""Genes named in the first sentence; the rest is counted."""


QUIET: tuple[Lull, ...] = get_args(Lull)
"""The order in which tracks with nothing to point at are told."""

WHOLE = 0.9
"""A claim over this share of the window speaks of all of it."""


@dataclass(frozen=True)
class Prose:
    """What a caption says, and each claim by its id. Words are made when a language is named, by its code."""

    region: Region
    sentences: tuple[Sentence, ...]
    claims: dict[int, Clause]

    def told(self, code: str) -> list[str]:
        """The sentences in words. Raises ValueError for a language nobody knows."""
        spoken = languages.named(code)(self.region)
        return [spoken.sentence(one.clause) for one in self.sentences]

    def caption(self, code: str) -> str:
        """All sentences in a row."""
        return languages.named(code)(self.region).join(self.told(code))

    def claim(self, number: int, code: str) -> str:
        """One claim in words."""
        return languages.named(code)(self.region).entry(self.claims[number])


def compose(judged: Sequence[Judged], scene: Scene, genes: Sequence[Gene] = ()) -> Prose:
    """The caption of a scene. Claim ids are positions in `judged`, from 1; `genes` tell which names are worth it."""
    setting = Setting.of(scene)
    everything, judged = judged, observations(judged)
    profiles = list(gather(judged).values())
    worth = {gene.name for gene in genes if is_worth_naming(gene)}
    controls = {track.number for track in scene.tracks if is_control(track)}
    told = [p for p in profiles if p.state is None and p.track not in controls]
    exonic = [p for p in told if p.exons]
    peaky = [p for p in told if not p.domains and not p.exons]
    broad = [p for p in profiles if p.domains and p.track not in controls and not p.exons]
    body = tell_differences(judged)
    body += _after_groups(tell_peaks(peaky, judged, setting), tell_exons(exonic, setting))
    body += tell_domains(broad, gene_spans(judged, worth), setting) + tell_strands(told, setting)
    body += tell_higher(judged, setting) + tell_lone(judged, setting)
    body += tell_states(judged, setting) + tell_rows(judged, setting)
    rest = _tell_quiet(profiles, controls, setting, highest(judged))
    readings = tell_readings(everything, scene, worth)
    body = _fit([*body], MOST_SENTENCES - 1 - len(rest) - len(readings))
    entries: dict[int, Clause] = {n: statement(one.claim, scene) for n, one in enumerate(judged, 1)}
    entries |= {n: reading_entry(one) for n, one in enumerate(everything, 1) if n > len(judged)}
    opening = _opening(judged, scene, worth)
    return Prose(scene.region, (opening, *_in_sample([*body, *rest], setting), *readings), entries)


def statement(claim: Claim, scene: Scene) -> Statement:
    """A claim as it was made, for tables: whether it holds or not, and if it makes no sense as well."""
    by_number = {track.number: track.label for track in scene.tracks}
    labels = tuple(by_number.get(number, f"track {number}") for number in claim.tracks) or ("?",)
    whole = claim.end - claim.start >= WHOLE * scene.region.span
    return Statement(claim.kind, labels, claim.start, claim.end, claim.value, whole)


def _after_groups(peaks: list[Sentence], exons: list[Sentence]) -> list[Sentence]:
    """Transcripts are told after the places that several tracks share, before single tracks."""
    at = next((index for index, one in enumerate(peaks) if one.rank == RANK_TRACK), len(peaks))
    return [*peaks[:at], *exons, *peaks[at:]]


def _fit(sentences: list[Sentence], most: int) -> list[Sentence]:
    """The sentences a caption has room for, in their order."""
    kept = sorted(range(len(sentences)), key=lambda index: (sentences[index].rank, index))[:most]
    return [sentences[index] for index in sorted(kept)]


def _in_sample(sentences: list[Sentence], setting: Setting) -> list[Sentence]:
    """The sample that all labels share, said once with the first sentence on signals."""
    sample = setting.labels.sample
    first = next((one for one in sentences if one.common), None)
    if not sample or not first:
        return sentences
    said = replace(first, clause=InSample(sample, first.clause))
    return [said if one is first else one for one in sentences]


# --- the window and its genes


@dataclass(frozen=True)
class _Named:
    """A gene of which a supported claim tells."""

    id: int
    name: str
    strand: str
    start: int
    end: int


def _opening(judged: Sequence[Judged], scene: Scene, worth: set[str]) -> Sentence:
    counts = [(n, int(one.measured["count"])) for n, one in supported(judged) if one.claim.kind == "gene_count"]
    counted, total = [number for number, _ in counts[:1]], counts[0][1] if counts else None
    genes = _named_genes(judged, worth) if total != 0 else []
    if not genes:
        return sentence(Frame(scene.assembly, total), counted)
    home = _around(genes, scene)
    if home and len(genes) == 1 and total in (None, 1):
        inside = Stranded(home.strand, (home.name,))
        return sentence(Frame(scene.assembly, total, (inside,), inside=True), [home.id, *counted])
    shown = _shown(genes, judged)
    others = (total or len(genes)) - len(shown)
    frame = Frame(scene.assembly, total, _by_strand(shown), others)
    return sentence(frame, [*(gene.id for gene in shown), *(counted if others else ())])


def _named_genes(judged: Sequence[Judged], worth: set[str]) -> list[_Named]:
    """Genes with a symbol, those worth a caption's words if there are any."""
    genes = [
        _Named(number, str(one.measured["name"]), str(one.measured["strand"]), one.claim.start, one.claim.end)
        for number, one in supported(judged)
        if one.claim.kind == "gene" and one.measured.get("named", True)
    ]
    return [gene for gene in genes if gene.name in worth] or genes


def _around(genes: Sequence[_Named], scene: Scene) -> _Named | None:
    region = scene.region
    return next((gene for gene in genes if gene.start <= region.start and gene.end >= region.end), None)


def _shown(genes: Sequence[_Named], judged: Sequence[Judged]) -> list[_Named]:
    """The genes that are named: those with a peak at their start first, then the longest; left to right."""
    started = {one.measured["gene"] for _, one in supported(judged) if one.claim.kind == "peak_at_tss"}
    ranked = sorted(genes, key=lambda gene: (gene.name not in started, gene.start - gene.end))
    once = list({gene.name: gene for gene in reversed(ranked)}.values())[::-1]
    # One more name is shorter than 'and one other gene'.
    most = MOST_GENES + 1 if len(once) == MOST_GENES + 1 else MOST_GENES
    return sorted(once[:most], key=lambda gene: gene.start)


def _by_strand(shown: Sequence[_Named]) -> tuple[Stranded, ...]:
    """Neighbours of one strand together; where strands alternate, all genes of a strand."""
    runs = [(strand, tuple(gene.name for gene in some)) for strand, some in groupby(shown, lambda gene: gene.strand)]
    if len(runs) > 2:
        strands = dict.fromkeys(strand for strand, _ in runs)
        runs = [(strand, tuple(gene.name for gene in shown if gene.strand == strand)) for strand in strands]
    return tuple(Stranded(strand, names) for strand, names in runs)


# --- what shows nothing to point at


def highest(judged: Sequence[Judged]) -> dict[int, tuple[float, int]]:
    """The highest base of each track's window, in file units, with the claim that says so."""
    found = ((number, one) for number, one in supported(judged) if one.claim.kind == "value")
    return {
        one.claim.tracks[0]: (abs(float(one.measured["maximum"])), number)
        for number, one in found
        if one.measured["place"] == "window"
    }


def _tell_quiet(
    profiles: Sequence[Profile], controls: set[int], setting: Setting, most: Mapping[int, tuple[float, int]]
) -> list[Sentence]:
    """One sentence for the tracks without a peak to speak of, and for controls, whose bumps are no finding."""
    clauses: list[Clause] = []
    ids: list[int] = []
    for profile in profiles:
        if profile.track in controls and profile.state is None and (profile.count or profile.domains):
            clauses.append(Control(setting.labels.of([profile.track]), len(profile.domains), Count(profile.count)))
            ids += _quiet_ids(profile)
    for how in QUIET:
        members = [profile for profile in profiles if _how_quiet(profile) == how]
        if members:
            tracks = [profile.track for profile in members]
            known = [most[track] for track in tracks if track in most and how != "no_data"]
            told = tuple(value for value, _ in known) if len(known) == len(tracks) else ()
            clauses.append(Quiet(setting.labels.of(tracks), how, told))
            ids += [i for profile in members for i in _quiet_ids(profile)]
            ids += [number for _, number in known] if told else []
    return [sentence(Series(tuple(clauses)), ids)] if clauses else []


def _how_quiet(profile: Profile) -> str | None:
    """Without a peak, or the state the track is in; None of one with something to point at."""
    none = profile.state is None and profile.count == 0 and not profile.domains
    return "no_peak" if none else profile.state


def _quiet_ids(profile: Profile) -> list[int]:
    counts = profile.count_ids if profile.state is None and not profile.domains else []
    return [*profile.state_ids, *counts, *(i for one in profile.stretches for i in one.ids)]
