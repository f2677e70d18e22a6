"""What supported claims say, told by assay and sample: the grounds that `vlm.rules.readings` reads biology from.

A claim becomes an observation if it holds, if the assay of its track is known, and if no control shows the same. A
track whose assay cannot be told, or whose words name two, gives none. Tracks that name no sample are taken to be of
one sample, apart from those that do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from renderer.assays.labels import sample_of, strand_of
from renderer.assays.names import assay_of, is_control, is_inferred
from renderer.assays.table import marks
from renderer.values.evidence import Evidence, Peak, SignalEvidence
from renderer.values.track import Scene, Track
from vlm.claims.kind import Form
from vlm.claims.registry import find
from vlm.rules.heights import is_low_peak
from vlm.values.claim import Judged

BROAD = marks(lambda row: row.broad)
"""Marks whose intervals are domains; those of the others are peaks."""

MANY = 10
"""Of a broad mark with this many clear peaks only the tallest says much of one place ..."""

MAIN_HEIGHT = 0.5
"""... and only peaks drawn at least this high: their tracks are rough, and low bumps lie at promoters by chance."""

ALONG: Mapping[str, frozenset[str]] = {
    "covers_gene": BROAD,
    "follows_exons": marks(lambda row: row.spliced),
    "on_strand": marks(lambda row: row.stranded),
}
"""Of which assays a signal along a gene says something: a domain of RNA may be a neighbour's, or one value a gene."""

_NEED_NO_MARK = frozenset({"link", "domain_boundary"})


@dataclass(frozen=True)
class Seen:
    """One observation. `id` is that of its claim; [start, end) is measured, `point` its summit, start site or middle.

    `gene` is named by starts and bodies; `away` is the distance of a start's peak from the start site; `anchors` are
    those of a link.
    """

    id: int
    form: Form
    mark: str
    sample: str
    track: int
    start: int
    end: int
    point: int
    gene: str | None = None
    named: bool = True
    away: int = 0
    anchors: tuple[tuple[int, int], ...] = ()


def mark_of(track: Track) -> str | None:
    """What rules call the assay of a track; None for one they do not know, for a control, for none, and for two."""
    row = None if is_inferred(track) else assay_of(track)
    return row.mark if row else None


def observe(judged: Sequence[Judged], scene: Scene, evidence: Evidence) -> list[Seen]:
    """The observations of all supported claims. Ids are positions in `judged`, from 1."""
    tracks = {track.number: track for track in scene.tracks}
    controls = [track for track in scene.tracks if is_control(track)]
    found: list[Seen] = []
    for number, one in enumerate(judged, 1):
        track = tracks.get(one.claim.tracks[0]) if one.claim.tracks else None
        if one.verdict != "supported" or track is None or is_control(track):
            continue
        for seen in _seen(number, one, track, evidence):
            if not any(_shows(control, seen, evidence) for control in controls if _may_control(control, track)):
                found.append(seen)
    return found


def _seen(number: int, one: Judged, track: Track, evidence: Evidence) -> Iterator[Seen]:
    kind, facts = one.claim.kind, one.measured
    mark = mark_of(track) or ("" if kind in _NEED_NO_MARK else None)
    if mark is None or not _is_for_captions(one, mark, evidence) or _is_wrong_strand(one, track, evidence):
        return
    if mark not in ALONG.get(kind, {mark}):
        return
    start, end = int(facts.get("start", one.claim.start)), int(facts.get("end", one.claim.end))
    middle = int(facts.get("summit", (start + end) // 2))
    gene, named = str(facts.get("gene", one.claim.value)), bool(facts.get("named", True))
    shared = (sample_of(track), track.number, start, end)
    known = find(kind)
    for form in known.shows if known else ():
        if form == "start":
            yield Seen(number, form, mark, *shared, int(facts["tss"]), gene, named, int(facts["distance"]))
        elif form == "body":
            yield Seen(number, form, mark, *shared, middle, gene, named)
        else:
            is_domain = kind == "interval_at" and mark in BROAD
            yield Seen(number, "domain" if is_domain else form, mark, *shared, middle, anchors=_anchors(one))


def _anchors(one: Judged) -> tuple[tuple[int, int], ...]:
    """The two anchors of a link claim, left one first."""
    value = one.claim.value if one.claim.kind == "link" and isinstance(one.claim.value, dict) else {}
    return tuple(sorted((int(start), int(end)) for start, end in value.get("anchors", ())))


def _is_for_captions(one: Judged, mark: str, evidence: Evidence) -> bool:
    """Whether a claim on a peak or domain is on one that stands out of window and file: what takes a second look
    grounds nothing."""
    signal = evidence.signal(one.claim.tracks[0])
    if signal is None:
        return True
    if "summit" in one.measured:
        met = [peak for peak in signal.salient if peak.summit == one.measured["summit"]]
        return any(is_main(peak, signal) if mark in BROAD else not is_low_peak(signal, peak) for peak in met)
    if one.claim.kind == "broad_domain":
        return any(domain.start == one.measured.get("start") and domain.salient for domain in signal.domains)
    return True


def is_main(peak: Peak, signal: SignalEvidence) -> bool:
    """Whether a peak is a main feature of its track."""
    return peak.height >= MAIN_HEIGHT and (len(signal.salient) < MANY or peak == signal.strongest)


def _is_wrong_strand(one: Judged, track: Track, evidence: Evidence) -> bool:
    """Whether a track of one strand is said to run along a gene of the other."""
    strand = strand_of(track)
    if one.claim.kind not in ("follows_exons", "on_strand") or strand is None:
        return False
    strands = {g.strand for a in evidence.gene_tracks().values() for g in a.genes if g.name == one.claim.value}
    return strand not in strands


def _may_control(control: Track, track: Track) -> bool:
    return sample_of(control) in ("", sample_of(track)) or not sample_of(track)


def _shows(control: Track, seen: Seen, evidence: Evidence) -> bool:
    """Whether the control has a clear peak at a peak, or a domain over half of a domain."""
    signal = evidence.signal(control.number)
    if signal is None or evidence.signal(seen.track) is None:
        return False
    if seen.form in ("peak", "start"):
        return any(meets(peak, seen.start, seen.end) for peak in signal.salient)
    common = sum(max(0, min(d.end, seen.end) - max(d.start, seen.start)) for d in signal.domains)
    return seen.form in ("domain", "body") and 2 * common >= seen.end - seen.start


def meets(peak: Peak, start: int, end: int) -> bool:
    """Whether a peak and the interval [start, end) overlap."""
    return peak.start < end and start < peak.end


def tracks_of(mark: str, sample: str, scene: Scene, evidence: Evidence) -> list[SignalEvidence]:
    """What the signal tracks of one assay and sample show; tracks without data here are left out."""
    found = [
        evidence.signal(track.number) for track in scene.tracks if mark_of(track) == mark and sample_of(track) == sample
    ]
    return [signal for signal in found if signal is not None and signal.state != "no_data"]
