"""What positive_over and negative_over share: stretches of a signed signal on one side of 0. No kind of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from renderer.assays.names import assay_of, is_signed
from renderer.values.evidence import SignalEvidence
from renderer.values.spans import SignedStretch
from renderer.values.track import Track
from vlm.claims.altered import Altered
from vlm.claims.checks import OVERLAP, Case, Outcome, overlap
from vlm.claims.kind import Kind
from vlm.claims.subject import Subject
from vlm.values.claim import Claim, Verdict

MOST = 6
"""Stretches of one side that are stated, the longest."""

Side = Callable[[SignalEvidence], Sequence[SignedStretch]]


def kind_of(name: str, side: Side, other: str) -> Kind:
    """The kind of stretches on one side; `other` is that of the other side."""
    return Kind(
        name,
        ("signal",),
        partial(check, side),
        over="the stretch",
        stated=partial(stated, name, side),
        altered=partial(altered, other),
        turn=3,
        asked=False,
        beside=True,
    )


def check(side: Side, case: Case) -> Outcome:
    """A stretch on this side of 0 is about where the claim says. Where most of the claim's interval is on this side and
    no one stretch fits, it cannot be judged."""
    stretches = side(case.signal())
    best = max(stretches, key=lambda one: overlap(case.claim, one.start, one.end), default=None)
    tolerance = {"overlap": OVERLAP}
    if best is None:
        return Outcome("contradicted", {"stretches": 0}, tolerance)
    fit, share = overlap(case.claim, best.start, best.end), _share(case.claim, stretches)
    measured = {
        "start": best.start,
        "end": best.end,
        "mean": float(f"{best.mean:.4g}"),
        "extreme": best.extreme,
        "value": float(f"{best.value:.4g}"),
        "overlap": round(fit, 3),
        "share": round(share, 3),
    }
    judged: Verdict = "supported" if fit >= OVERLAP else "contradicted" if share < OVERLAP else "cannot_tell"
    return Outcome(judged, measured, tolerance)


def _share(claim: Claim, stretches: Sequence[SignedStretch]) -> float:
    """The share of the claim's interval under these."""
    inside = sum(max(0, min(claim.end, one.end) - max(claim.start, one.start)) for one in stretches)
    return inside / max(1, claim.end - claim.start)


def altered(other: str, case: Case) -> Iterator[Altered]:
    """The other side of 0."""
    yield "reversed", replace(case.claim, kind=other)


def stated(name: str, side: Side, subject: Subject) -> Iterator[Claim]:
    """The longest stretches of a track that lies on both sides of 0 for what it is, left to right."""
    if is_told_by_side(subject.track, subject.signal):
        longest = sorted(side(subject.signal), key=lambda one: one.start - one.end)[:MOST]
        for one in sorted(longest, key=lambda one: one.start):
            yield subject.at(name, one.start, one.end)


def is_told_by_side(track: Track | None, found: SignalEvidence) -> bool:
    """Whether the sides of 0 are what there is to tell: of a signed quantity, or of an assay that is not known and lies
    below 0 somewhere; not of the log ratio of a mark, whose domains are told."""
    if track is None or not (found.positive or found.negative):
        return False
    return is_signed(track) or (assay_of(track) is None and bool(found.negative))
