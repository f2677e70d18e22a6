"""value: how high a signal is over a place: its mean, or its highest base, in the units of the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from renderer.assays.labels import strand_of
from renderer.assays.names import assay_of
from renderer.values.evidence import SignalEvidence
from vlm.claims.checks import Case, Malformed, Outcome, cannot_tell, verdict
from vlm.claims.forms import ValueForm, plain
from vlm.claims.ground import is_known
from vlm.claims.kind import Kind
from vlm.claims.places import nowhere, place_of, told_place
from vlm.claims.subject import Subject
from vlm.values.captioner import Figure
from vlm.values.claim import Claim

NAME = "value"

SHARE = 0.15
"""A value that is said may be off by this share of the measured one, as far as one reads it off an axis."""

SILENT = 0.1
"""Nascent RNA of a gene is low if no base of it reaches this share of the highest, and its mean is below LOW times that
of the file."""

LOW, MOST_LOW = 0.35, 3
"""A mark of promoters is low at a start where it stays below this share of its highest base; so many starts are
stated, those of the longest genes."""

PROMOTER_MARK = "H3K4me3"
ENHANCER_MARKS, TALL = ("H3K27ac", "H3K4me1", "p300", "open chromatin"), 0.5
"""That the mark of promoters is low is stated at peaks of these, too, that reach this share of their tallest."""

OF = ("mean", "maximum")


def _read(said: object) -> object:
    if isinstance(said, dict) and len(said) == 1:
        return {str(key): number for key, number in said.items()}
    return plain(said)


FORM = ValueForm(
    '{"mean": n} or {"maximum": n}, n in hundredths of the axis',
    lambda _: {
        "type": "object",
        "properties": {one: {"type": "integer", "minimum": 0, "maximum": 100} for one in OF},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    },
    _read,
    seen="heights",
)


def check(case: Case) -> Outcome:
    """The level that is said is the measured one."""
    of, said = _said(case.claim)
    found = place_of(case)
    if found is None:
        return nowhere()
    at, place = found
    level = case.signal().levels[at] if at < len(case.signal().levels) else None
    if level is None:
        return cannot_tell("the track has no value here")
    measured = {"of": of, "mean": level.mean, "maximum": level.maximum, "summit": level.summit, **told_place(place)}
    exact = abs(level.mean if of == "mean" else level.maximum)
    return Outcome(verdict(abs(abs(said) - exact) <= SHARE * exact), measured, {"share": SHARE})


def _said(claim: Claim) -> tuple[str, float]:
    value = claim.value
    if isinstance(value, dict) and len(value) == 1:
        ((of, said),) = value.items()
        if of in OF and isinstance(said, int | float) and not isinstance(said, bool):
            return of, float(said)
    raise Malformed('the value of a value claim is {"mean": number} or {"maximum": number}')


def stated(subject: Subject) -> Iterator[Claim]:
    """The highest base of the window; and at starts of genes where a mark of promoters is low, over genes where
    transcripts are, at the tallest peaks of enhancer marks where H3K4me3 is."""
    figure = subject.figure
    if figure is None or figure.evidence is None or not isinstance(subject.found, SignalEvidence):
        return
    known = list(zip(figure.evidence.places, subject.found.levels, strict=False))
    whole = next((level for place, level in known if place.kind == "window" and level is not None), None)
    if whole is None:
        return
    yield subject.whole(NAME, {"maximum": whole.maximum})
    row = assay_of(subject.track) if subject.track else None
    strand = strand_of(subject.track) if subject.track else None
    bodies = row and (row.nascent or row.spliced) and not subject.found.along  # of exons, if known, means are told
    silent = _silent(subject.found) if row and row.nascent else None
    kinds = [kind for kind, said in (("start", row and row.starts), ("body", bodies)) if said]
    lengths = {place.name: place.end - place.start for place, _ in known if place.kind == "body"}
    low = [
        (place, level)
        for place, level in known
        if place.kind in kinds
        and place.coding
        and is_known(place.name, place.coding)
        and strand in (None, place.strand)
        and level is not None
        and abs(level.maximum) < (LOW if silent is None else SILENT) * abs(whole.maximum)
        and (silent is None or abs(level.mean) < silent)
    ]
    for place, level in sorted(low, key=lambda one: -lengths.get(one[0].name, 0))[:MOST_LOW]:
        yield subject.at(NAME, place.start, place.end, {"maximum": level.maximum})
    if row and row.mark == PROMOTER_MARK:
        tall = _enhancer_peaks(figure)
        at_peaks = [
            (place, level)
            for place, level in known
            if place.kind == "span" and level is not None and abs(level.maximum) < LOW * abs(whole.maximum)
        ]
        for place, level in at_peaks:
            if any(place.start <= summit < place.end for summit in tall):
                yield subject.at(NAME, place.start, place.end, {"maximum": level.maximum})


def _silent(found: SignalEvidence) -> float:
    """The mean below which a gene shows next to no polymerase: nothing does where what is usual is not known."""
    usual = found.background
    return 0.0 if usual is None or usual.covers_little or found.state != "signal" else LOW * abs(usual.mean)


def _enhancer_peaks(figure: Figure) -> list[int]:
    """Summits of the tallest peaks of marks that enhancers have as well as promoters."""
    assert figure.evidence is not None
    summits: list[int] = []
    for track in figure.scene.tracks:
        row, signal = assay_of(track), figure.evidence.signal(track.number)
        if row and signal and row.mark in ENHANCER_MARKS and signal.strongest:
            least = TALL * abs(signal.strongest.value)
            ranked = sorted(signal.salient, key=lambda peak: -abs(peak.value))
            summits += [peak.summit for peak in ranked[:MOST_LOW] if abs(peak.value) >= least]
    return summits


def numbers(claim: Claim, _all: Sequence[Claim]) -> list[float]:
    """The value that is said."""
    try:
        return [_said(claim)[1]]
    except Malformed:
        return []


KIND = Kind(
    NAME,
    ("signal",),
    check,
    means="how high the row is here",
    over="the place: a gene, its start, a peak, or the window",
    value=FORM,
    numbers=numbers,
    says=frozenset({"low"}),
    beside=True,
    stated=stated,
    turn=4,
)
