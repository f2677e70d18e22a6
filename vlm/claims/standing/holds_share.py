"""holds_share: a gene or a raised stretch holds so much of a track's whole signal in the window."""

from __future__ import annotations

from collections.abc import Iterator

from renderer.assays.names import assay_of
from renderer.values.evidence import SignalEvidence
from renderer.values.levels import Level, Place
from vlm.claims.altered import Altered, scaled
from vlm.claims.checks import Case, Malformed, Outcome, cannot_tell, told, verdict
from vlm.claims.forms import ValueForm
from vlm.claims.ground import is_known
from vlm.claims.kind import Kind
from vlm.claims.places import elsewhere, nowhere, place_of, told_place
from vlm.claims.subject import Subject
from vlm.values.claim import Claim

NAME = "holds_share"

SHARE = 0.05
"""A share that is said may be off by so much of the whole."""

LEAST, LEAST_FOLD = 0.5, 3.0
"""A place is told of that holds this much of the signal, and this many times what the rest of the window has."""

WIDEST = 0.6
"""A place that takes more of the window is no place of its own."""


NEARLY = 0.9
"""Of nested genes the shortest is told of that holds this share of what the fullest holds: not the one around it."""


def check(case: Case) -> Outcome:
    """The mean of the place times its bases, over that of the window, is the share that is said. `fold`: the mean of
    the place over the mean of the rest of the window. Of signals that have a zero only."""
    said = told(case.claim, "share")
    if said is None:
        raise Malformed('the value of a holds_share claim is {"share": number from 0 to 1}')
    found, signal = place_of(case), case.signal()
    if found is None:
        return nowhere()
    measured = _measured(signal, *found, case.region.span)
    if measured is None:
        return cannot_tell("the signal has no zero, or no value here")
    share, fold = measured
    facts = {
        "share": round(share, 4),
        "fold": None if fold is None else float(f"{fold:.4g}"),
        "mean": signal.levels[found[0]].mean if signal.levels[found[0]] else None,  # type: ignore[union-attr]
        **told_place(found[1]),
    }
    return Outcome(verdict(abs(said - share) <= SHARE), facts, {"share": SHARE})


def _measured(signal: SignalEvidence, at: int, place: Place, span: int) -> tuple[float, float | None] | None:
    """The share of the signal that a place holds, and its mean over that of the rest; None without a zero to count
    from, or where nothing is known."""
    level, whole = _level(signal, at), _level(signal, 0)
    if signal.positive or signal.negative or level is None or whole is None or not whole.mean:
        return None
    if level.mean * whole.mean < 0:
        return None
    bases = place.end - place.start
    share = level.mean * bases / (whole.mean * span)
    rest = (whole.mean * span - level.mean * bases) / max(1, span - bases)
    return share, level.mean / rest if rest * level.mean > 0 else None


def _level(signal: SignalEvidence, at: int) -> Level | None:
    return signal.levels[at] if at < len(signal.levels) else None


def stated(subject: Subject) -> Iterator[Claim]:
    """The gene that holds most of the signal, of assays that run along genes; else the raised stretch that does."""
    figure, signal = subject.figure, subject.signal
    if figure is None or figure.evidence is None or signal.state != "signal":
        return
    row = assay_of(subject.track) if subject.track else None
    if row is not None and (row.control or row.signed or not row.counts):
        return
    along = row is not None and (row.broad or row.spliced or row.nascent)
    held: list[tuple[bool, float, Place]] = []
    for at, place in enumerate(figure.evidence.places):
        named = place.kind == "body" and is_known(place.name, place.coding)
        if not (named or place.kind == "span") or place.end - place.start > WIDEST * subject.region.span:
            continue
        measured = _measured(signal, at, place, subject.region.span)
        if measured and measured[0] >= LEAST and (measured[1] is None or measured[1] >= LEAST_FOLD):
            held.append((named == along, measured[0], place))
    if held:
        fits, most, _ = max(held, key=lambda one: one[:2])
        same = [one for one in held if one[0] == fits and one[1] >= NEARLY * most]
        _, share, place = min(same, key=lambda one: one[2].end - one[2].start)
        yield subject.at(NAME, place.start, place.end, {"share": round(share, 3)})


def altered(case: Case) -> Iterator[Altered]:
    """Another share, and a place that holds another."""
    yield from (one for one in scaled(case) if one[1].value["share"] != case.claim.value["share"])
    said = told(case.claim, "share") or 0.0

    def false(at: int, place: Place) -> bool:
        measured = _measured(case.signal(), at, place, case.region.span)
        return measured is not None and abs(measured[0] - said) > 2 * SHARE

    yield from elsewhere(case, false)


KIND = Kind(
    NAME,
    ("signal",),
    check,
    over="the gene or the raised stretch",
    value=ValueForm("the share of the track's signal in it"),
    beside=True,
    stated=stated,
    altered=altered,
    turn=5,
    asked=False,
)
