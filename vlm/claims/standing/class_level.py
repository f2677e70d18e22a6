"""class_level: a signal is so many times as dense in one class of a row (a chromatin state, active domains) as in
another."""

from __future__ import annotations

from collections.abc import Iterator

from renderer.assays.labels import sample_of, twin_of
from renderer.assays.names import assay_of
from renderer.values.evidence import IntervalEvidence
from renderer.values.levels import ClassLevel
from renderer.values.track import Track
from vlm.claims.altered import Altered, scaled
from vlm.claims.checks import Case, Malformed, Outcome, cannot_tell, told
from vlm.claims.folds import FOLD_SHARE, MOST, fold_of, judge, measured_as, said_as
from vlm.claims.forms import ValueForm
from vlm.claims.kind import Kind
from vlm.claims.subject import Subject
from vlm.values.captioner import Figure
from vlm.values.claim import Claim

NAME = "class_level"

LEAST = 3.0
"""Below this the classes are not told apart by the signal."""

LEAST_SHARE = 0.1
"""A class is told of that takes this share of the window."""


def check(case: Case) -> Outcome:
    """The mean of the signal over all bases of the first class, over that of the second, is the fold that is said, at
    least 3; 90 says no more than that the second has next to none."""
    high, low = (_class(case, key) for key in ("high", "low"))
    if high is None or low is None:
        return cannot_tell("the signal was not measured in both classes")
    fold = fold_of(high.mean, low.mean)
    measured = {
        "high": {"name": high.name, "mean": high.mean, "share": high.share},
        "low": {"name": low.name, "mean": low.mean, "share": low.share},
        "fold": measured_as(fold),
    }
    said, tolerance = told(case.claim, "fold"), {"share": FOLD_SHARE, "least": LEAST}
    if not high.mean:
        return Outcome("contradicted", measured, tolerance)
    return Outcome(judge(said, fold, LEAST), measured, tolerance)


def _class(case: Case, key: str) -> ClassLevel | None:
    value = case.claim.value
    name = value.get(key) if isinstance(value, dict) else None
    if not isinstance(name, str):
        raise Malformed('the value of a class_level claim is {"high": name, "low": name, "fold": number}')
    row = case.claim.tracks[1]
    return next((one for one in case.signal().classes if one.row == row and one.name == name), None)


def stated(subject: Subject) -> Iterator[Claim]:
    """Of signals of transcription, the stronger strand, and of marks of whole domains: the class with most against that
    with least, for each row of the same sample (of any, if there is none), of classes that take a tenth of the
    window."""
    figure, track = subject.figure, subject.track
    row = assay_of(track) if track else None
    if figure is None or figure.evidence is None or track is None or row is None or row.control or row.signed:
        return
    if not (row.nascent or row.spliced or row.broad) or subject.signal.state == "no_data" or _weaker(subject, track):
        return
    for number in _rows(figure, track):
        known = [one for one in subject.signal.classes if one.row == number and one.share >= LEAST_SHARE]
        if len(known) < 2:
            continue
        high, low = (pick(known, key=lambda one: abs(one.mean)) for pick in (max, min))
        file = subject.signal.background
        stands = bool(high.mean) and (file is None or abs(high.mean) >= abs(file.mean))
        if stands and abs(high.mean) >= LEAST * abs(low.mean):
            value = {"high": high.name, "low": low.name, "fold": said_as(high.mean, low.mean)}
            yield subject.at(NAME, subject.region.start, subject.region.end, value, beside=number)


def _weaker(subject: Subject, track: Track) -> bool:
    """Whether the other strand of the assay has more signal."""
    assert subject.figure is not None and subject.figure.evidence is not None
    twin = twin_of(track, subject.figure.scene)
    other = subject.figure.evidence.signal(twin.number) if twin else None
    return other is not None and abs(other.mean or 0.0) > abs(subject.signal.mean or 0.0)


def _rows(figure: Figure, track: Track) -> list[int]:
    """The rows that name states, of the track's own sample if there are such."""
    evidence = figure.evidence
    assert evidence is not None
    named = [
        one
        for one in figure.scene.tracks
        if isinstance(found := evidence.tracks.get(one.number), IntervalEvidence) and found.shares
    ]
    own = [one.number for one in named if sample_of(one) and sample_of(one) == sample_of(track)]
    return own or [one.number for one in named]


def altered(case: Case) -> Iterator[Altered]:
    """The other way round; and another fold, where one can be told."""
    value = case.claim.value
    turned = {**value, "high": value["low"], "low": value["high"]}
    yield "reversed", Claim(NAME, case.claim.tracks, case.claim.start, case.claim.end, turned, case.claim.source)
    if value["fold"] < MOST:
        yield from scaled(case)


KIND = Kind(
    NAME,
    ("signal", "intervals"),
    check,
    value=ValueForm("the two classes and how many times the first has the signal of the second"),
    beside=True,
    stated=stated,
    altered=altered,
    turn=5,
    asked=False,
)
